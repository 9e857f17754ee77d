/* Finding the replacement of one letter: runs of letters that become one septet, then words. */
#include "smpp/text/translit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Marks that fall away where they stand alone: accents, the joiners and variation selectors of
 * emoji. tables.pl and text.js have the same ranges. */
static bool is_decoration(uint32_t cp)
{
    static const uint32_t ranges[][2] = {
        {0x300, 0x36F},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200C, 0x200D},
        {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (cp >= ranges[i][0] && cp <= ranges[i][1])
            return true;
    return false;
}

static uint8_t letter_of(uint32_t cp)
{
    size_t low = 0, high = translit_runs_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct translit_run *run = &translit_runs[middle];
        if (cp < run->first)
            high = middle;
        else if (cp >= run->first + run->count)
            low = middle + 1;
        else
            return translit_letters[run->at + (cp - run->first)];
    }
    return 0xFF;
}

static const char *word_of(uint32_t cp)
{
    size_t low = 0, high = translit_words_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (translit_words[middle].cp == cp)
            return translit_words[middle].septets;
        if (cp < translit_words[middle].cp)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

int translit_put(unsigned char out[TRANSLIT_ROOM], uint32_t cp)
{
    uint8_t letter = letter_of(cp);
    if (letter != 0xFF) {
        out[0] = letter;
        return 1;
    }
    const char *word = word_of(cp);
    if (word) {
        size_t len = strlen(word);
        memcpy(out, word, len);
        return (int)len;
    }
    return is_decoration(cp) ? 0 : -ENOENT;
}
