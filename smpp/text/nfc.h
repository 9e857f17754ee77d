/* Unicode Normalization Form C (Unicode Standard Annex #15), complete. */
#ifndef SMPP_TEXT_NFC_H
#define SMPP_TEXT_NFC_H

#include <stddef.h>
#include <stdint.h>

#define NFC_GROWTH 4u /* code points that one may become at most */

struct nfc_pair {
    uint32_t cp, first, second;
};

struct nfc_class {
    uint32_t first, last;
    uint8_t class;
};

extern const struct nfc_pair nfc_pairs[];
extern const size_t nfc_pairs_count;
extern const uint16_t nfc_compose[];
extern const size_t nfc_compose_count;
extern const struct nfc_class nfc_classes[];
extern const size_t nfc_classes_count;
/* CJK compatibility ideographs from U+F900 and U+2F800 on: each is another ideograph, or 0. */
extern const uint16_t nfc_ideograph[512];
extern const uint32_t nfc_ideograph2[544];
extern const uint32_t nfc_ideograph_far[][2];
extern const size_t nfc_ideograph_far_count;

/* Writes the canonical decomposition of `cp` to `out`: 1 to NFC_GROWTH code points. */
size_t nfc_decompose(uint32_t out[NFC_GROWTH], uint32_t cp);

/* Brings decomposed code points into canonical order and composes them in place; how
 * many remain. */
size_t nfc_finish(uint32_t *cps, size_t count);

#endif
