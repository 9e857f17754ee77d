// Two digits an octet.
#include "test/smsc/hex.h"

#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

static int digit_of(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

    return at ? (int)(at - digits) : -1;
}

long hex_read(const char *hex, uint8_t *room, size_t size)
{
    size_t digits = 0;

    for (; *hex; hex++) {
        int digit = digit_of(*hex);
        if (*hex == ' ')
            continue;
        if (digit < 0 || digits / 2 >= size)
            return -1;
        room[digits / 2] = (uint8_t)(digits % 2 ? room[digits / 2] | digit : digit << 4);
        digits++;
    }
    return digits % 2 ? -1 : (long)(digits / 2);
}

void hex_write(struct evbuffer *out, const uint8_t *octets, size_t length)
{
    char chunk[512];
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        chunk[used++] = "0123456789abcdef"[octets[i] >> 4];
        chunk[used++] = "0123456789abcdef"[octets[i] & 15];
        if (used == sizeof chunk || i + 1 == length) {
            evbuffer_add(out, chunk, used);
            used = 0;
        }
    }
}
