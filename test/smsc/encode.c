// The thumbs: UTF-8 into the octets of an SMS, and where a long one may be cut.
#include "test/smsc/text.h"

#include <string.h>

// The tables are searched through what shows them, so that only one copy of them exists.
static size_t gsm7_encode(uint32_t point, bool spanish, uint8_t *room)
{
    for (uint8_t septet = 0; septet < 128; septet++)
        if (septet != 0x1B && gsm7_point(septet) == point) {
            room[0] = septet;
            return 1;
        }
    for (uint8_t septet = 0; septet < 128; septet++)
        if (gsm7_shifted_point(septet, spanish) == point) {
            room[0] = 0x1B;
            room[1] = septet;
            return 2;
        }
    return 0;
}

static size_t ucs2_encode(uint32_t point, uint8_t *room)
{
    uint32_t unit = point;

    if (point >= 0x10000) {
        unit = 0xD800 + ((point - 0x10000) >> 10);
        uint32_t low = 0xDC00 + ((point - 0x10000) & 0x3FF);
        room[2] = (uint8_t)(low >> 8);
        room[3] = (uint8_t)low;
    }
    room[0] = (uint8_t)(unit >> 8);
    room[1] = (uint8_t)unit;
    return point >= 0x10000 ? 4 : 2;
}

static size_t point_encode(uint32_t point, enum alphabet alphabet, bool spanish, uint8_t *room)
{
    if (alphabet == GSM7)
        return gsm7_encode(point, spanish, room);
    if (alphabet == UCS2)
        return ucs2_encode(point, room);
    if (alphabet == BINARY || point > 0xFF)
        return 0;
    room[0] = (uint8_t)point;
    return 1;
}

size_t text_encode(const char *text, enum alphabet alphabet, bool spanish, uint8_t *room,
                   size_t size, bool *missing)
{
    size_t length = 0;

    *missing = false;
    for (uint32_t point; (point = utf8_take(&text));) {
        uint8_t unit[4];
        size_t octets = point_encode(point, alphabet, spanish, unit);
        if (!octets || octets > size - length) {
            *missing = !octets;
            break;
        }
        memcpy(room + length, unit, octets);
        length += octets;
    }
    return length;
}

static bool gsm7_cuts_pair(const uint8_t *octets, size_t at)
{
    size_t escapes = 0;

    while (escapes < at && octets[at - 1 - escapes] == 0x1B)
        escapes++;
    return escapes % 2; // an even run is whole pairs
}

size_t text_cut(const uint8_t *octets, size_t length, size_t most, enum alphabet alphabet)
{
    if (length <= most)
        return length;
    if (alphabet == GSM7 && gsm7_cuts_pair(octets, most))
        return most - 1;
    if (alphabet == UCS2) {
        most &= ~(size_t)1;
        if (most >= 2 && (octets[most - 2] & 0xFC) == 0xD8)
            return most - 2;
    }
    return most;
}
