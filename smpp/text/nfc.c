/* Decomposing, ordering and composing: Hangul by arithmetic, all else by the tables. */
#include "smpp/text/nfc.h"

enum {
    S_BASE = 0xAC00,
    L_BASE = 0x1100,
    V_BASE = 0x1161,
    T_BASE = 0x11A7,
    V_COUNT = 21,
    T_COUNT = 28,
    S_COUNT = 11172
};

static const struct nfc_pair *pair_of(uint32_t cp)
{
    size_t low = 0, high = nfc_pairs_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (nfc_pairs[middle].cp == cp)
            return &nfc_pairs[middle];
        if (cp < nfc_pairs[middle].cp)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static uint32_t ideograph_of(uint32_t cp)
{
    if (cp >= 0x2F800 && cp < 0x2F800 + sizeof nfc_ideograph2 / sizeof *nfc_ideograph2)
        return nfc_ideograph2[cp - 0x2F800];
    if (cp < 0xF900 || cp > 0xFAFF)
        return 0;
    for (size_t i = 0; i < nfc_ideograph_far_count; i++)
        if (nfc_ideograph_far[i][0] == cp)
            return nfc_ideograph_far[i][1];
    return nfc_ideograph[cp - 0xF900];
}

static size_t hangul_decompose(uint32_t out[NFC_GROWTH], uint32_t syllable)
{
    out[0] = L_BASE + syllable / (V_COUNT * T_COUNT);
    out[1] = V_BASE + syllable / T_COUNT % V_COUNT;
    out[2] = T_BASE + syllable % T_COUNT;
    return syllable % T_COUNT ? 3 : 2;
}

size_t nfc_decompose(uint32_t out[NFC_GROWTH], uint32_t cp)
{
    size_t count = 1;
    out[0] = cp;
    if (cp < 0xC0)
        return count;
    if (cp >= S_BASE && cp < S_BASE + S_COUNT)
        return hangul_decompose(out, cp - S_BASE);
    /* Only the first of a pair decomposes further, so the rest is moved up behind it. */
    for (const struct nfc_pair *pair; (pair = pair_of(out[0]));) {
        out[0] = pair->first;
        if (!pair->second)
            continue;
        for (size_t i = count++; i > 1; i--)
            out[i] = out[i - 1];
        out[1] = pair->second;
    }
    uint32_t ideograph = ideograph_of(out[0]);
    if (ideograph)
        out[0] = ideograph;
    return count;
}

static uint8_t class_of(uint32_t cp)
{
    if (cp < 0x300)
        return 0;
    size_t low = 0, high = nfc_classes_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cp < nfc_classes[middle].first)
            high = middle;
        else if (cp > nfc_classes[middle].last)
            low = middle + 1;
        else
            return nfc_classes[middle].class;
    }
    return 0;
}

/* Sorts each run of marks by class, equal ones left in their order. The class stands in the upper
 * octet meanwhile: a hostile text may be one long run, and then looking up classes
 * would cost most. */
static void marks_order(uint32_t *cps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t class = class_of(cps[i]);
        uint32_t mark = cps[i] | (uint32_t) class << 24;
        size_t at = i;
        for (; class && at > 0 && cps[at - 1] >> 24 > class; at--)
            cps[at] = cps[at - 1];
        cps[at] = mark;
    }
}

static uint32_t composed(uint32_t first, uint32_t second)
{
    if (first >= L_BASE && first < L_BASE + 19 && second >= V_BASE && second < V_BASE + V_COUNT)
        return S_BASE + ((first - L_BASE) * V_COUNT + (second - V_BASE)) * T_COUNT;
    if (first >= S_BASE && first < S_BASE + S_COUNT && (first - S_BASE) % T_COUNT == 0 &&
        second > T_BASE && second < T_BASE + T_COUNT)
        return first + (second - T_BASE);
    size_t low = 0, high = nfc_compose_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct nfc_pair *pair = &nfc_pairs[nfc_compose[middle]];
        if (pair->first == first && pair->second == second)
            return pair->cp;
        if (first < pair->first || (first == pair->first && second < pair->second))
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

size_t nfc_finish(uint32_t *cps, size_t count)
{
    marks_order(cps, count);
    size_t kept = 0, starter = SIZE_MAX;
    uint32_t before = 0; /* class of the last mark kept behind the starter: it hides equal ones */
    for (size_t i = 0; i < count; i++) {
        uint32_t class = cps[i] >> 24, cp = cps[i] & 0xFFFFFF;
        uint32_t whole = 0;
        if (starter != SIZE_MAX && (kept == starter + 1 || before < class))
            whole = composed(cps[starter], cp);
        if (whole) {
            cps[starter] = whole;
            continue;
        }
        if (!class)
            starter = kept;
        before = class;
        cps[kept++] = cp;
    }
    return kept;
}
