// One symbol of a code, bent as the style wants it.
#ifndef CAPTCHA_SYMBOL_H
#define CAPTCHA_SYMBOL_H

#include "mod_smsinteractivo/captcha/derive.h"
#include "mod_smsinteractivo/captcha/outline.h"
#include "mod_smsinteractivo/captcha/raster.h"
#include "mod_smsinteractivo/captcha/sheet.h"
#include "mod_smsinteractivo/captcha/style.h"

// A form of `symbol` in a face of the style, chosen by lot.
const struct outline *symbol_form(char symbol, const struct style *style, struct dice *dice);

// Draws it into stamp. height: of a capital, pixels; stretch: width against the face's own.
// waves: two waves of the sheet (x moved along y, y moved along x), at `where` on the sheet.
void symbol_draw(const struct outline *outline, const struct style *style, float height,
                 float stretch, const struct wave waves[2], struct point where, struct dice *dice,
                 struct stamp *stamp);

#endif
