// The sheet a picture is drawn on: symbols are stamped, bands are drawn across.
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

// Draws an upright band of that width along the wave: what lies under it has ink and paper
// exchanged. width: two pixels at least; the wave within the sheet.
void sheet_band(struct sheet *sheet, const struct wave *wave, float width);

// Exchanges ink and paper above the wave, which runs from left to right within the sheet.
void sheet_horizon(struct sheet *sheet, const struct wave *wave);

#endif
