/*
 * What a text says to the eye, in ASCII: so that a word can be recognised behind accents,
 * look-alike letters, invisible characters and odd spacing. Knows nothing of httpd.
 */
#ifndef SMSI_FOLD_H
#define SMSI_FOLD_H

#include <stddef.h>
#include <stdint.h>

/* `count` code points from `first`: all stand for `letter` (step 0), or for it and the letters
 * after it (step 1). */
struct fold_run {
    uint32_t first;
    uint8_t count;
    char letter;
    uint8_t step;
};
extern const struct fold_run fold_runs[];
extern const unsigned fold_run_count;

/*
 * Writes `utf8` with letters as a-z, digits as 0-9, other ASCII as it is, dots of any script as
 * '.', and anything else that is seen as ' '. What is not seen leaves nothing. Length; what does
 * not fit is cut off. `room` of strlen(utf8) + 1 always suffices.
 */
size_t fold_plain(char *out, size_t room, const char *utf8);

/*
 * As fold_plain, and then characters that are taken for one another become one (0 and o; 1, i and
 * l; 5 and s; @ and a; ...), and all that is neither letter nor digit a single ' ' between words.
 */
size_t fold_skeleton(char *out, size_t room, const char *utf8);

/* Whether `utf8` can name somebody: a letter or digit, or anything seen above ASCII; not spaces,
 * blank letters, or marks on nothing. */
int fold_has_letter(const char *utf8);

#endif
