/* UTF-8, one code point at a time. What is ill-formed is read as U+FFFD, one for each maximal
 * part that could have begun a letter (Unicode 14, 3.9, table 3-8), as browsers do. */
#ifndef SMPP_TEXT_UTF8_H
#define SMPP_TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu

/* Reads a letter of two octets and more, or an ill-formed part; `*at` < `end`. */
uint32_t utf8_take_long(const unsigned char **at, const unsigned char *end);

/* Reads the code point at `*at`, which must be before `end`, and moves `*at` past it. */
static inline uint32_t utf8_take(const unsigned char **at, const unsigned char *end)
{
    return **at < 0x80 ? *(*at)++ : utf8_take_long(at, end);
}

/* Writes 1 to 4 octets, without a NUL; `cp` is a scalar value. */
static inline size_t utf8_put(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t more = cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[more] | cp >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (cp >> 6 * (more - i) & 0x3F));
    return more + 1;
}

/* Octets utf8_put() needs. */
static inline size_t utf8_size(uint32_t cp)
{
    return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

#endif
