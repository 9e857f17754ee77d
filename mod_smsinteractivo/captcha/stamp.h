// One symbol in bits, and the ways to draw it: as a border only, striped, as paper in ink.
#ifndef CAPTCHA_STAMP_H
#define CAPTCHA_STAMP_H

#include <stdint.h>

// STAMP_MARGIN: pixels around the symbol that are paper, so that it may grow.
enum { STAMP_WIDTH = 128, STAMP_HEIGHT = 104, STAMP_MARGIN = 6 };

// The leftmost pixel is the highest bit of `left`.
struct row {
    uint64_t left, right;
};

// All pixels from column x on. x: 0 to STAMP_WIDTH.
static inline struct row row_from(int x)
{
    return x < 64 ? (struct row){~UINT64_C(0) >> x, ~UINT64_C(0)}
                  : (struct row){0, x < 128 ? ~UINT64_C(0) >> (x - 64) : 0};
}

struct stamp {
    int width, height; // the part used, with its margin
    struct row ink[STAMP_HEIGHT];
    struct row cover[STAMP_HEIGHT]; // hides what lies beneath, ink or paper
};

// What is solid becomes a border of so many pixels.
void stamp_hollow(struct stamp *stamp, int border);

// The same with one pixel in `period` of each row left as ink, `rising` pixels further right each
// row.
void stamp_stripe(struct stamp *stamp, int border, int period, int rising);

// Paper with so many pixels of ink around it.
void stamp_halo(struct stamp *stamp, int border);

// Covers the solid symbol and so many pixels around it.
void stamp_cover(struct stamp *stamp, int around);

#endif
