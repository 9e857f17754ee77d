/* Grapheme clusters: what a reader takes for one letter, and a segment must not cut. */
#ifndef SMPP_TEXT_CLUSTER_H
#define SMPP_TEXT_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Classes after Unicode Standard Annex #29, table 2. EXTEND is every mark, so Extend, SpacingMark
 * and ZWJ: a few marks that the annex lets stand alone are kept with their base too, and a vowel or
 * final behind any Hangul syllable. text.js has the same rules. */
enum cluster_class { OTHER, EXTEND, PICTURE, REGIONAL, PREPEND, L, V, T, SYLLABLE };

struct cluster_range {
    uint32_t first, last;
    enum cluster_class class;
};

extern const struct cluster_range cluster_ranges[];
extern const size_t cluster_ranges_count;

/* What is known of the cluster so far: all zero but for `emoji_part` before the first letter. */
struct cluster {
    /* Set by the caller: cut joined emoji at their joiners and before skin tones. */
    bool emoji_part;
    enum cluster_class last;
    bool picture;  /* an emoji, perhaps extended: a joiner may tie the next one to it */
    bool joiner;   /* ... and there was one just now */
    bool regional; /* the first half of a flag */
};

/* Letters below the marks, and common punctuation: among themselves each is a
 * cluster of its own. */
static inline bool cluster_is_alone(uint32_t cp)
{
    return cp < 0x300 || (cp >= 0x2010 && cp < 0x20D0);
}

/* Adds the next code point of the text; true if a new cluster begins with it. */
bool cluster_begins(struct cluster *cluster, uint32_t cp);

#endif
