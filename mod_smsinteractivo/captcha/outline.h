// The outlines of the symbols, taken from a free font when the module is built (outlines.c).
#ifndef CAPTCHA_OUTLINE_H
#define CAPTCHA_OUTLINE_H

#include <stdint.h>

enum { OUTLINE_CAP_HEIGHT = 1000 }; // the height of an H in every face

// A contour is a closed polygon; long edges are cut short, so that bending the points bends them.
// x grows to the right from the glyph's left edge, y grows upwards from the base line.
struct outline {
    char form;                  // the character drawn
    uint16_t point, points;     // into outline_points
    uint16_t contour, contours; // into outline_contour_ends
    int16_t width, bottom, top;
};

extern const unsigned outline_faces, outline_forms;
extern const struct outline outlines[];       // [face * outline_forms + form]
extern const int16_t outline_points[][2];     // x, y
extern const uint16_t outline_contour_ends[]; // points of the contours so far, in this outline

#endif
