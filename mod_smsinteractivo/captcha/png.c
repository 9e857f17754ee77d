// The smallest PNG writer that does: one IDAT, each row as its difference from the row above.
#include "mod_smsinteractivo/captcha/png.h"
#include "mod_smsinteractivo/captcha/deflate.h"

#include <errno.h>
#include <string.h>

enum {
    SIGNATURE = 8,
    CHUNK = 12,
    IHDR = 13,
    PLTE = 6,
    PNG_ROW = 1 + CAPTCHA_WIDTH / 8,
    IDAT_AT = SIGNATURE + 2 * CHUNK + IHDR + PLTE
};

static void number_put(unsigned char *at, unsigned long number)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(number >> (24 - 8 * i));
}

// ISO/IEC 15948, Annex D, four bits at a time: 64 octets of table instead of 1,024.
static uint32_t crc_of(const unsigned char *octets, size_t count)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < count; i++) {
        crc ^= octets[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

// Closes a chunk whose data already stands at at + 8; returns where the next one begins.
static unsigned char *chunk_close(unsigned char *at, const char *type, size_t length)
{
    number_put(at, length);
    memcpy(at + 4, type, 4);
    number_put(at + 8 + length, crc_of(at + 4, length + 4));
    return at + CHUNK + length;
}

// Paper and ink. The same rows serve both palettes, so that light and dark have one length and one
// drawing. No grey: on a picture this wide it shows little and costs half as many octets again.
static const unsigned char palette[2][PLTE] = {
    {255, 255, 255, 0, 0, 0},
    {18, 18, 18, 240, 240, 240},
};

static void row_spell(const uint64_t words[SHEET_SEEN], unsigned char *octets)
{
    for (int i = 0; i < SHEET_SEEN; i++)
        for (int j = 0; j < 8; j++)
            *octets++ = (unsigned char)(words[i] >> (56 - 8 * j));
}

static void rows_fill(const struct sheet *sheet, unsigned char rows[][PNG_ROW])
{
    enum { UP = 2, OCTETS = PNG_ROW - 1 };
    unsigned char here[OCTETS], above[OCTETS] = {0};
    for (int y = 0; y < CAPTCHA_HEIGHT; y++) {
        row_spell(sheet->ink[y], here);
        rows[y][0] = UP;
        for (int i = 0; i < OCTETS; i++)
            rows[y][1 + i] = (unsigned char)(here[i] - above[i]);
        memcpy(above, here, sizeof above);
    }
}

int png_write(const struct sheet *sheet, bool dark, unsigned char *out, size_t room)
{
    static const unsigned char signature[SIGNATURE] = "\x89PNG\r\n\x1a\n";
    static const unsigned char format[5] = {1, 3, 0, 0, 0}; // 1 bit, palette, no interlace
    if (room < IDAT_AT + 2 * CHUNK)
        return -ENOBUFS;
    unsigned char rows[CAPTCHA_HEIGHT][PNG_ROW];
    rows_fill(sheet, rows);
    int length = deflate_write(rows[0], sizeof rows, out + IDAT_AT + 8, room - IDAT_AT - 2 * CHUNK);
    if (length < 0)
        return length;
    memcpy(out, signature, SIGNATURE);
    unsigned char *at = out + SIGNATURE;
    number_put(at + 8, CAPTCHA_WIDTH);
    number_put(at + 12, CAPTCHA_HEIGHT);
    memcpy(at + 16, format, sizeof format);
    at = chunk_close(at, "IHDR", IHDR);
    memcpy(at + 8, palette[dark], PLTE);
    at = chunk_close(at, "PLTE", PLTE);
    at = chunk_close(at, "IDAT", (size_t)length);
    at = chunk_close(at, "IEND", 0);
    return (int)(at - out);
}
