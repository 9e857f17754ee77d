// GSM-7 with its extension and the Spanish shift, Latin-1 and UCS-2 (3GPP TS 23.038, 6).
#include "test/smsc/text.h"

#include <stdlib.h>
#include <string.h>

enum { ESCAPE = 0x1B, UNKNOWN = 0xFFFD };

static const uint16_t basic[128] = {
    '@',    0xA3,   '$',    0xA5,   0xE8,   0xE9,   0xF9,   0xEC,   // 00
    0xF2,   0xC7,   '\n',   0xD8,   0xF8,   '\r',   0xC5,   0xE5,   // 08
    0x0394, '_',    0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, // 10
    0x03A3, 0x0398, 0x039E, 0xA0,   0xC6,   0xE6,   0xDF,   0xC9,   // 18
    ' ',    '!',    '"',    '#',    0xA4,   '%',    '&',    '\'',   // 20
    '(',    ')',    '*',    '+',    ',',    '-',    '.',    '/',    // 28
    '0',    '1',    '2',    '3',    '4',    '5',    '6',    '7',    // 30
    '8',    '9',    ':',    ';',    '<',    '=',    '>',    '?',    // 38
    0xA1,   'A',    'B',    'C',    'D',    'E',    'F',    'G',    // 40
    'H',    'I',    'J',    'K',    'L',    'M',    'N',    'O',    // 48
    'P',    'Q',    'R',    'S',    'T',    'U',    'V',    'W',    // 50
    'X',    'Y',    'Z',    0xC4,   0xD6,   0xD1,   0xDC,   0xA7,   // 58
    0xBF,   'a',    'b',    'c',    'd',    'e',    'f',    'g',    // 60
    'h',    'i',    'j',    'k',    'l',    'm',    'n',    'o',    // 68
    'p',    'q',    'r',    's',    't',    'u',    'v',    'w',    // 70
    'x',    'y',    'z',    0xE4,   0xF6,   0xF1,   0xFC,   0xE0,   // 78
};

struct escaped {
    uint8_t septet;
    uint16_t point;
};

static const struct escaped extension[] = {
    {0x0A, '\f'}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2F, '\\'},
    {0x3C, '['},  {0x3D, '~'}, {0x3E, ']'}, {0x40, '|'}, {0x65, 0x20AC},
};

// What the Spanish table has beyond the extension (3GPP TS 23.038, A.2.2).
static const struct escaped spanish_only[] = {
    {0x09, 0xE7}, {0x41, 0xC1}, {0x49, 0xCD}, {0x4F, 0xD3}, {0x55, 0xDA},
    {0x61, 0xE1}, {0x69, 0xED}, {0x6F, 0xF3}, {0x75, 0xFA},
};

enum alphabet alphabet_of(uint8_t data_coding, enum alphabet standard)
{
    if (data_coding == 0)
        return standard;
    if (data_coding < 0x10)
        return data_coding == 1   ? LATIN1 // ASCII is its lower half
               : data_coding == 3 ? LATIN1
               : data_coding == 8 ? UCS2
                                  : BINARY;
    if (data_coding >= 0xF0)
        return data_coding & 4 ? BINARY : GSM7;
    return (data_coding & 0x0C) == 8 ? UCS2 : (data_coding & 0x0C) == 4 ? BINARY : GSM7;
}

const char *alphabet_name(enum alphabet alphabet)
{
    static const char *const names[] = {
        [GSM7] = "gsm7", [LATIN1] = "latin1", [UCS2] = "ucs2", [BINARY] = "binary"};

    return names[alphabet];
}

size_t utf8_put(char *room, uint32_t c)
{
    if (c < 0x80) {
        room[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        room[0] = (char)(0xC0 | c >> 6);
        room[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        room[0] = (char)(0xE0 | c >> 12);
        room[1] = (char)(0x80 | (c >> 6 & 0x3F));
        room[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    room[0] = (char)(0xF0 | c >> 18);
    room[1] = (char)(0x80 | (c >> 12 & 0x3F));
    room[2] = (char)(0x80 | (c >> 6 & 0x3F));
    room[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

uint32_t utf8_take(const char **at)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *p = (const uint8_t *)*at;
    unsigned length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t c = p[0];

    if (length > 1)
        c &= 0xFFu >> (length + 1);
    for (unsigned i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            length = 0;
            break;
        }
        c = c << 6 | (p[i] & 0x3Fu);
    }
    if (length == 0 || c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) {
        *at += 1;
        return UNKNOWN;
    }
    *at += c ? length : 0;
    return c;
}

uint32_t gsm7_point(uint8_t septet)
{
    return septet < 128 ? basic[septet] : UNKNOWN;
}

uint32_t gsm7_shifted_point(uint8_t septet, bool spanish)
{
    for (size_t i = 0; i < sizeof extension / sizeof *extension; i++)
        if (extension[i].septet == septet)
            return extension[i].point;
    for (size_t i = 0; spanish && i < sizeof spanish_only / sizeof *spanish_only; i++)
        if (spanish_only[i].septet == septet)
            return spanish_only[i].point;
    return 0;
}

// 3GPP TS 23.038, 6.2.1.1: without a symbol there, show the basic table's; two escapes a space.
static uint32_t escaped_point(uint8_t septet, bool spanish)
{
    uint32_t point = gsm7_shifted_point(septet, spanish);

    return point ? point : septet == ESCAPE ? ' ' : gsm7_point(septet);
}

static char *gsm7_decode(char *out, const uint8_t *p, const uint8_t *end, bool spanish)
{
    for (; p < end; p++) {
        uint32_t point = gsm7_point(*p);
        if (*p == ESCAPE)
            point = p + 1 < end ? escaped_point(*++p, spanish) : ' ';
        out += utf8_put(out, point);
    }
    return out;
}

static char *ucs2_decode(char *out, const uint8_t *p, const uint8_t *end)
{
    while (p < end) {
        uint32_t unit = UNKNOWN;
        if (end - p >= 2)
            unit = (uint32_t)p[0] << 8 | p[1];
        p += end - p >= 2 ? 2 : 1;
        if (unit >= 0xD800 && unit < 0xDC00 && end - p >= 2 && (p[0] & 0xFC) == 0xDC) {
            unit = 0x10000 + ((unit & 0x3FF) << 10) + ((uint32_t)(p[0] & 3) << 8 | p[1]);
            p += 2;
        } else if (unit >= 0xD800 && unit < 0xE000) {
            unit = UNKNOWN;
        }
        out += utf8_put(out, unit ? unit : UNKNOWN); // NUL would end the string
    }
    return out;
}

static char *latin1_decode(char *out, const uint8_t *p, const uint8_t *end)
{
    for (; p < end; p++)
        out += utf8_put(out, *p ? *p : UNKNOWN);
    return out;
}

static char *hex_decode(char *out, const uint8_t *p, const uint8_t *end)
{
    for (; p < end; p++) {
        *out++ = "0123456789abcdef"[*p >> 4];
        *out++ = "0123456789abcdef"[*p & 15];
    }
    return out;
}

char *text_decode(const uint8_t *p, size_t length, enum alphabet alphabet, bool spanish)
{
    char *text = malloc(length * 3 + 1); // an octet becomes 3 at most, two become 4
    char *out = text;

    if (!text)
        return NULL;
    switch (alphabet) {
    case GSM7:
        out = gsm7_decode(out, p, p + length, spanish);
        break;
    case LATIN1:
        out = latin1_decode(out, p, p + length);
        break;
    case UCS2:
        out = ucs2_decode(out, p, p + length);
        break;
    case BINARY:
        out = hex_decode(out, p, p + length);
        break;
    }
    *out = 0;
    return text;
}
