// How the pictures of one deployment look on one day.
#ifndef CAPTCHA_STYLE_H
#define CAPTCHA_STYLE_H

#include "mod_smsinteractivo/captcha/captcha.h"

enum { STYLE_FACES = 6 };

struct range {
    float low, high;
};

struct style {
    unsigned face[STYLE_FACES];
    // Shares of the symbols drawn as a border; with grey inside; with stripes inside; as paper with
    // ink around. The rest is solid.
    float hollow, shaded, striped, haloed;
    struct range height;                   // of a capital, pixels
    struct range stretch;                  // width against the face's own
    struct range turn;                     // radians
    struct range slant;                    // x shift per y
    struct range pinch;                    // < 0 swells, > 0 pinches, around a point of the symbol
    struct range overlap;                  // pixels neighbours share
    struct range wave_length, wave_height; // of the sheet all stand on, pixels
    bool exclusive;                        // where neighbours overlap, ink on ink is paper
    bool bands;                            // in which ink and paper are exchanged
};

struct style style_of_day(const struct captcha_secret *secret, unsigned day);

// The same with less in it, for a picture that came out too long.
struct style style_plainer(struct style style);

#endif
