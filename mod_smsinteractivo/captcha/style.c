// Draws the style itself by lot, so that a net trained on one deployment or day is lost on another.
#include "mod_smsinteractivo/captcha/style.h"
#include "mod_smsinteractivo/captcha/derive.h"
#include "mod_smsinteractivo/captcha/outline.h"

enum { FACES_MOST = 32 };

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

// Many sizes, faces and ways to draw one symbol cost a reader little. They do not stop a net that
// searches for its columns: see test/captcha/README.md.
static void ways_choose(struct dice *dice, struct style *style)
{
    style->hollow = dice_between(dice, 0.1f, 0.25f);
    style->shaded = dice_between(dice, 0, 0.2f);
    style->striped = dice_between(dice, 0.05f, 0.15f);
    style->haloed = dice_between(dice, 0.15f, 0.3f);
}

// One lot after the other, not in one initializer: the order makes the style.
struct style style_of_day(const struct captcha_secret *secret, unsigned day)
{
    struct dice dice = dice_from(secret, "style", NULL, day);
    struct style style;
    faces_choose(&dice, &style);
    ways_choose(&dice, &style);
    style.height = range_around(&dice, 44, 48, 11);
    style.stretch = range_around(&dice, 0.95f, 1.15f, 0.3f);
    style.turn = range_around(&dice, -0.1f, 0.1f, 0.42f);
    style.slant = range_around(&dice, -0.15f, 0.15f, 0.35f);
    style.pinch = range_both_ways(&dice, 0.2f, 0.33f);
    style.overlap = range_around(&dice, 1.2f, 2, 1);
    style.wave_length = range_around(&dice, 80, 140, 20);
    style.wave_height = range_around(&dice, 2.5f, 4.5f, 1.5f);
    style.exclusive = dice_is(&dice, 0.5f);
    style.bands = true;
    return style;
}

struct style style_plainer(struct style style)
{
    if (style.striped > 0) {
        style.striped = 0;
    } else if (style.hollow > 0) {
        style.hollow = 0;
        style.shaded = 0;
        style.haloed = 0;
    } else {
        style.bands = false;
    }
    return style;
}
