// Fills polygons with bits: a pixel is ink where its middle lies inside.
#ifndef CAPTCHA_RASTER_H
#define CAPTCHA_RASTER_H

#include "mod_smsinteractivo/captcha/stamp.h"

struct point {
    float x, y; // pixels, y downwards
};

// Exchanges ink and paper inside of the closed polygon, so that a hole is a polygon inside of
// another; points outside of the stamp are moved to its border.
void raster_polygon(struct stamp *stamp, const struct point *points, unsigned count);

#endif
