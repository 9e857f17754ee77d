/*
 * Lists of words that a name may not claim or a text may not hold, one a line in a
 * file, `#` begins a comment, `!` a word that may pass though it holds another. Compared by what
 * they look like (fold.h). Needs APR for memory only.
 */
#ifndef SMSI_WORDS_H
#define SMSI_WORDS_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <stdbool.h>

struct word {
    const char *written;  /* as in the file */
    const char *skeleton; /* folded, spaces out; of a long word, one of each run of a letter */
    size_t len;           /* of the skeleton */
    bool is_long;         /* five letters or more */
    bool passes;
};

/* Reads FILE into an array of struct word. NULL with a sentence in `error`. */
apr_array_header_t *words_read(apr_pool_t *pool, const char *file, const char **error);

/* Adds one word. False where nothing of it remains after folding. */
int words_add(apr_array_header_t *words, const char *written);

/*
 * The first word of the list that `utf8` holds, or NULL. A word is found where whole words of the
 * text, run together, make it ("cla ro", "b.a.n.c.o"), and, from five letters on, inside of one
 * ("miclaro"), with letters doubled ("claaro") or drawn by marks ("(laro"); but not across the
 * words of an innocent text ("Marc La Rosa").
 */
const struct word *words_find(const apr_array_header_t *words, const char *utf8);

#endif
