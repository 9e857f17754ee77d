// How the pictures of one deployment look on one day.
#ifndef CAPTCHA_STYLE_H
#define CAPTCHA_STYLE_H

#include "mod_smsinteractivo/captcha/derive.h"

enum { STYLE_FACES = 6, STYLE_HANDS = 8, STYLE_GROUNDS = 3 };

struct range {
    float low, high;
};

float range_lot(struct dice *dice, struct range range);

// How the letters of one hand are bent, in parts of their width and height: upright strokes bow,
// the letter widens downwards, level strokes sag, the letter grows to the right.
struct hand {
    float bow, widen, sag, grow;
};

// The shapes in which ink and paper are exchanged; some of them cross in a picture.
enum ground { GROUND_BAND, GROUND_HORIZON, GROUND_LENS };

struct style {
    unsigned face[STYLE_FACES];
    struct hand hand[STYLE_HANDS];
    // Shares of the symbols drawn as a border; with stripes inside; as paper with ink around. The
    // rest is solid.
    float hollow, striped, haloed;
    struct range height;                   // of a capital, pixels
    struct range stretch;                  // width against the face's own
    struct range turn;                     // radians
    struct range slant;                    // x shift per y
    struct range pinch;                    // < 0 swells, > 0 pinches, around a point of the symbol
    struct range overlap;                  // of neighbours, in parts of the narrower one's width
    struct range wave_length, wave_height; // of the sheet all stand on, pixels
    int rising;                            // of stripes, pixels to the right per row
    struct range lean;                     // of bands, x shift per y
    enum ground ground[STYLE_GROUNDS];
    bool grounded; // not on plain paper
};

struct style style_of_day(const struct captcha_secret *secret, unsigned day);

// The same with less in it, for a picture that came out too long.
struct style style_plainer(struct style style);

#endif
