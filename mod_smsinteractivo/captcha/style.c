// Draws the style itself by lot, so that a net trained on one deployment or day is lost on another.
#include "mod_smsinteractivo/captcha/style.h"
#include "mod_smsinteractivo/captcha/outline.h"

enum { FACES_MOST = 32 };

float range_lot(struct dice *dice, struct range range)
{
    return dice_between(dice, range.low, range.high);
}

// A range of its own inside of what all styles may have: `spread` to both sides of its middle.
static struct range range_around(struct dice *dice, float low, float high, float spread)
{
    float middle = dice_between(dice, low, high);
    return (struct range){middle - spread, middle + spread};
}

static struct range range_both_ways(struct dice *dice, float low, float high)
{
    float below = dice_between(dice, low, high), above = dice_between(dice, low, high);
    return (struct range){-below, above};
}

// The first faces of a shuffled list, no face twice.
static void faces_choose(struct dice *dice, struct style *style)
{
    unsigned face[FACES_MOST], faces = outline_faces < FACES_MOST ? outline_faces : FACES_MOST;
    for (unsigned i = 0; i < faces; i++)
        face[i] = i;
    for (unsigned i = 0; i < STYLE_FACES; i++) {
        unsigned other = i + dice_below(dice, faces - i), chosen = face[other];
        face[other] = face[i];
        style->face[i] = chosen;
    }
}

// Many sizes, faces and ways to draw one symbol cost a reader little. Two ways prevail each day:
// more of all would not fit into the octets of a picture.
static void ways_choose(struct dice *dice, struct style *style)
{
    float *const share[] = {&style->hollow, &style->striped, &style->haloed};
    for (unsigned i = 0; i < 3; i++)
        *share[i] = dice_between(dice, 0, 0.06f);
    unsigned first = dice_below(dice, 3), second = (first + 1 + dice_below(dice, 2)) % 3;
    *share[first] += dice_between(dice, 0.3f, 0.42f);
    *share[second] += dice_between(dice, 0.22f, 0.34f);
    style->rising = (int)dice_below(dice, 3) - 1;
}

static void hands_choose(struct dice *dice, struct style *style)
{
    for (unsigned i = 0; i < STYLE_HANDS; i++) {
        style->hand[i].bow = dice_between(dice, -0.24f, 0.24f);
        style->hand[i].widen = dice_between(dice, -0.27f, 0.27f);
        style->hand[i].sag = dice_between(dice, -0.21f, 0.21f);
        style->hand[i].grow = dice_between(dice, -0.21f, 0.21f);
    }
}

// One horizon at most: two would cut every symbol of the row into three pieces.
static void grounds_choose(struct dice *dice, struct style *style)
{
    static const enum ground pairs[][2] = {
        {GROUND_BAND, GROUND_HORIZON}, {GROUND_LENS, GROUND_BAND}, {GROUND_LENS, GROUND_HORIZON}};
    const enum ground *pair = pairs[dice_below(dice, sizeof pairs / sizeof *pairs)];
    style->grounded = true;
    style->ground[0] = pair[0];
    style->ground[1] = pair[1];
    style->ground[2] = dice_is(dice, 0.5f) ? GROUND_BAND : GROUND_LENS;
    style->lean = range_around(dice, -0.9f, 0.9f, 0.15f);
}

// One lot after the other, not in one initializer: the order makes the style.
struct style style_of_day(const struct captcha_secret *secret, unsigned day)
{
    struct dice dice = dice_from(secret, "style", NULL, day);
    struct style style;
    faces_choose(&dice, &style);
    hands_choose(&dice, &style);
    ways_choose(&dice, &style);
    grounds_choose(&dice, &style);
    style.height = range_around(&dice, 41, 44, 9);
    style.stretch = range_around(&dice, 0.95f, 1.15f, 0.3f);
    style.turn = range_around(&dice, -0.1f, 0.1f, 0.34f);
    style.slant = range_around(&dice, -0.12f, 0.12f, 0.28f);
    style.pinch = range_both_ways(&dice, 0.2f, 0.33f);
    style.overlap = range_around(&dice, -0.05f, -0.03f, 0.04f);
    style.wave_length = range_around(&dice, 107, 187, 27);
    style.wave_height = range_around(&dice, 3.3f, 6, 2);
    return style;
}

struct style style_plainer(struct style style)
{
    if (style.striped > 0) {
        style.striped = 0;
    } else if (style.hollow > 0) {
        style.hollow = 0;
        style.haloed = 0;
    } else {
        style.grounded = false;
    }
    return style;
}
