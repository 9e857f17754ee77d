// One block with a Huffman code of its own and no repetitions (RFC 1951, 3.2.7): of rows written as
// differences repetitions save nothing, and to look for them is what zlib spends its time on. Nor
// can another version of zlib change the octets of a picture.
#include "mod_smsinteractivo/captcha/deflate.h"
#include "mod_smsinteractivo/captcha/huffman.h"

#include <errno.h>
#include <stdbool.h>

// The symbols of the block: octets and its end. How lengths of codes are told: the lengths 0 to 15,
// the last one again (3 to 6 times), zeros (3 to 10, 11 to 138).
enum { END = 256, KINDS = 19, KIND_LONGEST = 7, AGAIN = 16, FEW_ZEROS = 17, MANY_ZEROS = 18 };

struct bits {
    unsigned char *at, *end; // at may pass end: nothing is written then
    uint64_t held;
    unsigned count;
};

static void bits_put(struct bits *bits, unsigned value, unsigned count)
{
    bits->held |= (uint64_t)value << bits->count;
    bits->count += count;
    for (; bits->count >= 8; bits->count -= 8, bits->held >>= 8, bits->at++) {
        if (bits->at < bits->end)
            *bits->at = (unsigned char)bits->held;
    }
}

static void symbol_put(struct bits *bits, const struct huffman *huffman, unsigned symbol)
{
    bits_put(bits, huffman->code[symbol], huffman->length[symbol]);
}

struct run {
    uint8_t kind, times;
};

// How the lengths at `length` go on: one of them, or several at once.
static struct run run_next(const uint8_t *length, unsigned left, bool first)
{
    unsigned times = 1;
    while (times < left && times < 138 && length[times] == length[0])
        times++;
    if (length[0] == 0 && times >= 3)
        return (struct run){times > 10 ? MANY_ZEROS : FEW_ZEROS, (uint8_t)times};
    if (!first && length[0] == length[-1] && times >= 3)
        return (struct run){AGAIN, (uint8_t)(times > 6 ? 6 : times)};
    return (struct run){length[0], 1};
}

static void run_put(struct bits *bits, const struct huffman *huffman, struct run run)
{
    symbol_put(bits, huffman, run.kind);
    if (run.kind == AGAIN)
        bits_put(bits, run.times - 3u, 2);
    else if (run.kind == FEW_ZEROS)
        bits_put(bits, run.times - 3u, 3);
    else if (run.kind == MANY_ZEROS)
        bits_put(bits, run.times - 11u, 7);
}

// The lengths of the codes of all octets, of the end and of one distance that never occurs.
static void lengths_put(struct bits *bits, const struct huffman *octets)
{
    static const uint8_t order[KINDS] = {AGAIN, FEW_ZEROS, MANY_ZEROS, 0, 8,  7, 9,  6, 10, 5,
                                         11,    4,         12,         3, 13, 2, 14, 1, 15};
    enum { LENGTHS = END + 2 };
    uint8_t length[LENGTHS] = {0};
    for (unsigned i = 0; i <= END; i++)
        length[i] = octets->length[i];
    struct run run[LENGTHS];
    unsigned runs = 0;
    uint16_t count[KINDS] = {0};
    for (unsigned i = 0; i < LENGTHS; i += run[runs++].times) {
        run[runs] = run_next(length + i, LENGTHS - i, i == 0);
        count[run[runs].kind]++;
    }
    struct huffman kinds;
    huffman_make(&kinds, count, KINDS, KIND_LONGEST);
    bits_put(bits, KINDS - 4, 4);
    for (unsigned i = 0; i < KINDS; i++)
        bits_put(bits, kinds.length[order[i]], 3);
    for (unsigned i = 0; i < runs; i++)
        run_put(bits, &kinds, run[i]);
}

static void block_put(struct bits *bits, const unsigned char *octets, size_t octet_count)
{
    enum { LAST = 1, OWN_CODE = 2 };
    uint16_t count[HUFFMAN_SYMBOLS] = {[END] = 1};
    for (size_t i = 0; i < octet_count; i++)
        count[octets[i]]++;
    struct huffman huffman;
    huffman_make(&huffman, count, HUFFMAN_SYMBOLS, HUFFMAN_LONGEST);
    bits_put(bits, LAST | OWN_CODE << 1, 3);
    bits_put(bits, 0, 5 + 5); // no lengths of repetitions, one distance
    lengths_put(bits, &huffman);
    for (size_t i = 0; i < octet_count; i++)
        symbol_put(bits, &huffman, octets[i]);
    symbol_put(bits, &huffman, END);
    bits_put(bits, 0, (8 - bits->count) % 8);
}

// RFC 1950, 8.2.
static void adler_put(struct bits *bits, const unsigned char *octets, size_t count)
{
    enum { ADLER_BASE = 65521, BEFORE_OVERFLOW = 5552 };
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < count;) {
        size_t end = count - i < BEFORE_OVERFLOW ? count : i + BEFORE_OVERFLOW;
        for (; i < end; i++) {
            a += octets[i];
            b += a;
        }
        a %= ADLER_BASE;
        b %= ADLER_BASE;
    }
    const uint32_t four[] = {b >> 8, b & 255, a >> 8, a & 255};
    for (int i = 0; i < 4; i++)
        bits_put(bits, four[i], 8);
}

int deflate_write(const unsigned char *octets, size_t count, unsigned char *out, size_t room)
{
    struct bits bits = {.at = out, .end = out + room};
    bits_put(&bits, 0x18, 8); // a window of 512 octets, the smallest that may be said
    bits_put(&bits, 0x19, 8); // and what makes both a multiple of 31
    block_put(&bits, octets, count);
    adler_put(&bits, octets, count);
    return bits.at > bits.end ? -ENOBUFS : (int)(bits.at - out);
}
