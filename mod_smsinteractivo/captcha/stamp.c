// Changes all pixels of a row at once. Growing by a cross and by a square in turn makes corners
// nearly round.
#include "mod_smsinteractivo/captcha/stamp.h"

#include <string.h>

static inline struct row row_either(struct row a, struct row b)
{
    return (struct row){a.left | b.left, a.right | b.right};
}

static inline struct row row_without(struct row a, struct row b)
{
    return (struct row){a.left & ~b.left, a.right & ~b.right};
}

// Each pixel and its neighbours to both sides.
static inline struct row row_wide(struct row a)
{
    return (struct row){a.left | a.left << 1 | a.left >> 1 | a.right >> 63,
                        a.right | a.right << 1 | a.right >> 1 | a.left << 63};
}

static void rows_grow(struct row *row, int height, int pixels)
{
    for (int step = 0; step < pixels; step++) {
        struct row above = {0, 0};
        for (int y = 0; y < height; y++) {
            struct row here = row[y], wide = row_wide(here);
            struct row below = y + 1 < height ? row[y + 1] : (struct row){0, 0};
            struct row beside = row_either(above, below);
            row[y] = row_either(wide, step % 2 ? row_wide(beside) : beside);
            above = here;
        }
    }
}

// The paper around a symbol and in its holes, grown into it.
static void border_of(const struct stamp *stamp, int pixels, struct row border[STAMP_HEIGHT])
{
    for (int y = 0; y < stamp->height; y++)
        border[y] = (struct row){~stamp->ink[y].left, ~stamp->ink[y].right};
    rows_grow(border, stamp->height, pixels);
}

void stamp_hollow(struct stamp *stamp, int border)
{
    struct row edge[STAMP_HEIGHT];
    border_of(stamp, border, edge);
    for (int y = 0; y < stamp->height; y++) {
        stamp->ink[y].left &= edge[y].left;
        stamp->ink[y].right &= edge[y].right;
    }
}

void stamp_stripe(struct stamp *stamp, int border, int period, int rising)
{
    struct row edge[STAMP_HEIGHT];
    border_of(stamp, border, edge);
    struct row stripe[8];
    for (int shift = 0; shift < period; shift++) {
        stripe[shift] = (struct row){0, 0};
        for (int x = shift; x < STAMP_WIDTH; x += period)
            *(x < 64 ? &stripe[shift].left : &stripe[shift].right) |= UINT64_C(1) << (63 - x % 64);
    }
    for (int y = 0; y < stamp->height; y++) {
        struct row kept = row_either(edge[y], stripe[(y * (period + rising)) % period]);
        stamp->ink[y].left &= kept.left;
        stamp->ink[y].right &= kept.right;
    }
}

void stamp_halo(struct stamp *stamp, int border)
{
    struct row solid[STAMP_HEIGHT];
    memcpy(solid, stamp->ink, sizeof solid);
    rows_grow(stamp->ink, stamp->height, border);
    for (int y = 0; y < stamp->height; y++)
        stamp->ink[y] = row_without(stamp->ink[y], solid[y]);
}

void stamp_cover(struct stamp *stamp, int around)
{
    memcpy(stamp->cover, stamp->ink, sizeof stamp->cover);
    rows_grow(stamp->cover, stamp->height, around);
}
