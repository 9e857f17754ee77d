// The sheet a picture is drawn on, in bits: symbols are stamped, shapes are drawn across.
#ifndef CAPTCHA_SHEET_H
#define CAPTCHA_SHEET_H

#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/raster.h"

// SHEET_WORDS: of 64 pixels; the last two only take what a stamp leaves beyond the right border.
enum { SHEET_SEEN = CAPTCHA_WIDTH / 64, SHEET_WORDS = SHEET_SEEN + 2 };

struct sheet {
    uint64_t ink[CAPTCHA_HEIGHT][SHEET_WORDS]; // the leftmost pixel is the highest bit
};

// y = middle + height * sine((x / length + phase) turns), in pixels.
struct wave {
    float middle, height, length, phase;
};

float wave_at(const struct wave *wave, float x);

// Puts the stamp with its left upper corner at (left, top); what falls outside is lost. left, top:
// not negative, left less than CAPTCHA_WIDTH.
void sheet_stamp(struct sheet *sheet, const struct stamp *stamp, int left, int top);

// Each of these exchanges ink and paper inside of a shape; what falls outside of the sheet is lost.

// A band of that width along the wave, from top to bottom. lean: x shift per y.
void sheet_band(struct sheet *sheet, const struct wave *wave, float width, float lean);

// All that is above the wave, which runs from left to right within the sheet.
void sheet_horizon(struct sheet *sheet, const struct wave *wave);

// A lens that stands upright around `middle`: two parabolas. radius: half its width and height.
void sheet_lens(struct sheet *sheet, struct point middle, struct point radius);

#endif
