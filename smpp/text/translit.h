/* What a letter becomes that has no septet, made from translit.txt and NFKD by tables.pl. */
#ifndef SMPP_TEXT_TRANSLIT_H
#define SMPP_TEXT_TRANSLIT_H

#include <stddef.h>
#include <stdint.h>

#define TRANSLIT_ROOM 8u /* septets of the longest replacement */

struct translit_run {
    uint32_t first;
    uint16_t count, at; /* letters from `first` on, their septets in translit_letters */
};

struct translit_word {
    uint32_t cp;
    char septets[TRANSLIT_ROOM + 1]; /* '@' (septet 0) is in no word */
};

extern const uint8_t translit_letters[];
extern const struct translit_run translit_runs[];
extern const size_t translit_runs_count;
extern const struct translit_word translit_words[];
extern const size_t translit_words_count;

/* Writes the septets that stand for `cp`, escapes included, to `out`. Their number (0 for what
 * only decorates the letter before it), or -ENOENT where there is no replacement. */
int translit_put(unsigned char out[TRANSLIT_ROOM], uint32_t cp);

#endif
