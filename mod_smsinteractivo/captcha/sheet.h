// The sheet a picture is drawn on: symbols are stamped, shapes are drawn across.
#ifndef CAPTCHA_SHEET_H
#define CAPTCHA_SHEET_H

#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/raster.h"

struct sheet {
    uint8_t ink[CAPTCHA_HEIGHT][CAPTCHA_WIDTH]; // 0 paper, 255 ink
};

// y = middle + height * sine((x / length + phase) turns), in pixels.
struct wave {
    float middle, height, length, phase;
};

float wave_at(const struct wave *wave, float x);

// Puts the stamp with its left upper corner at (left, top); what falls outside is lost. left, top:
// not negative. exclusive: ink on ink gives paper; else it stays ink.
void sheet_stamp(struct sheet *sheet, const struct stamp *stamp, int left, int top, bool exclusive);

// Each of these exchanges ink and paper inside of a shape; what falls outside of the sheet is lost.

// A band of that width along the wave, from top to bottom. lean: x shift per y.
void sheet_band(struct sheet *sheet, const struct wave *wave, float width, float lean);

// All that is above the wave, which runs from left to right within the sheet.
void sheet_horizon(struct sheet *sheet, const struct wave *wave);

// A lens that stands upright around `middle`: two parabolas. radius: half its width and height.
void sheet_lens(struct sheet *sheet, struct point middle, struct point radius);

#endif
