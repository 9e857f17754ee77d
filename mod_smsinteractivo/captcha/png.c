// The smallest PNG writer that does: one IDAT, rows unfiltered (two-bit greys compress best so),
// and zlib with a small window in memory given, so that a picture costs no allocation of zlib's
// own.
#include "mod_smsinteractivo/captcha/png.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    SIGNATURE = 8,
    CHUNK = 12,
    IHDR = 13,
    PLTE = 9,
    IDAT_AT = SIGNATURE + 2 * CHUNK + IHDR + PLTE
};
enum { WINDOW_BITS = 9, MEMORY_LEVEL = 5, EFFORT = 6 };

static void *desk_alloc(void *opaque, unsigned items, unsigned size)
{
    struct png_desk *desk = opaque;
    size_t wanted = ((size_t)items * size + 15) & ~(size_t)15;
    if (wanted > PNG_DESK - desk->used)
        return malloc(wanted); // another zlib that wants more than ours does
    void *memory = desk->memory + desk->used;
    desk->used += wanted;
    return memory;
}

static void desk_free(void *opaque, void *memory)
{
    struct png_desk *desk = opaque;
    uintptr_t at = (uintptr_t)memory, begin = (uintptr_t)desk->memory;
    if (at < begin || at >= begin + PNG_DESK)
        free(memory);
}

static void number_put(unsigned char *at, unsigned long number)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(number >> (24 - 8 * i));
}

// Closes a chunk whose data already stands at at + 8; returns where the next one begins.
static unsigned char *chunk_close(unsigned char *at, const char *type, size_t length)
{
    number_put(at, length);
    memcpy(at + 4, type, 4);
    number_put(at + 8 + length, crc32(0, at + 4, (unsigned)length + 4));
    return at + CHUNK + length;
}

// Paper, a grey for borders and shades, ink: a fourth level costs a fifth more octets and shows
// nothing. The same rows serve both palettes, so that light and dark have one length and one
// drawing.
static const unsigned char palette[2][PLTE] = {
    {255, 255, 255, 160, 160, 160, 0, 0, 0},
    {18, 18, 18, 110, 110, 110, 240, 240, 240},
};

static inline uint8_t ink_level(uint8_t ink)
{
    return (uint8_t)((ink >= 100) + (ink >= 156));
}

static void rows_fill(const struct sheet *sheet, struct png_desk *desk)
{
    for (int y = 0; y < CAPTCHA_HEIGHT; y++) {
        uint8_t level[CAPTCHA_WIDTH];
        unsigned char *row = desk->rows[y];
        *row++ = 0; // filter type: none
        for (int x = 0; x < CAPTCHA_WIDTH; x++)
            level[x] = ink_level(sheet->ink[y][x]);
        for (const uint8_t *four = level; four < level + CAPTCHA_WIDTH; four += 4)
            *row++ = (unsigned char)(four[0] << 6 | four[1] << 4 | four[2] << 2 | four[3]);
    }
}

// Returns the length of the compressed rows, or -ENOBUFS.
static int rows_deflate(struct png_desk *desk, unsigned char *out, size_t room)
{
    desk->used = 0;
    z_stream stream = {.zalloc = desk_alloc, .zfree = desk_free, .opaque = desk};
    if (deflateInit2(&stream, EFFORT, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return -ENOMEM;
    deflateTune(&stream, 16, 32, 60, 40); // chains of 40: a fifth faster than 128, 10 octets more
    stream.next_in = desk->rows[0];
    stream.avail_in = sizeof desk->rows;
    stream.next_out = out;
    stream.avail_out = (unsigned)room;
    int result = deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    return result == Z_STREAM_END ? (int)stream.total_out : -ENOBUFS;
}

int png_write(const struct sheet *sheet, bool dark, struct png_desk *desk, unsigned char *out,
              size_t room)
{
    static const unsigned char signature[SIGNATURE] = "\x89PNG\r\n\x1a\n";
    static const unsigned char format[5] = {2, 3, 0, 0, 0}; // 2 bits, palette, no interlace
    if (room < IDAT_AT + 2 * CHUNK)
        return -ENOBUFS;
    rows_fill(sheet, desk);
    int length = rows_deflate(desk, out + IDAT_AT + 8, room - IDAT_AT - 2 * CHUNK);
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
