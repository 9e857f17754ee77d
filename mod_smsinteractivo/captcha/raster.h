// Fills polygons with anti-aliasing: the share of each pixel that a shape covers.
#ifndef CAPTCHA_RASTER_H
#define CAPTCHA_RASTER_H

#include <stdint.h>

enum { STAMP_WIDTH = 76, STAMP_HEIGHT = 80 };

struct point {
    float x, y; // pixels, y downwards
};

// Where edges are summed up; all zero before the first edge and after raster_take.
struct raster {
    float cover[STAMP_HEIGHT][STAMP_WIDTH + 2];
};

// One shape in ink: 0 none, 255 full.
struct stamp {
    int width, height; // the part used
    uint8_t ink[STAMP_HEIGHT][STAMP_WIDTH];
};

// Adds the closed polygon; points outside of the stamp are moved to its border.
// Holes are polygons that turn the other way.
void raster_polygon(struct raster *raster, const struct point *points, unsigned count);

// Writes what the polygons cover to stamp->ink in width x height (set by the caller), empties
// raster.
void raster_take(struct raster *raster, struct stamp *stamp);

#endif
