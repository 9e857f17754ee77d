// Draws the style itself by lot, so that a net trained on one deployment or day is lost on another.
#include "mod_smsinteractivo/captcha/style.h"
#include "mod_smsinteractivo/captcha/derive.h"
#include "mod_smsinteractivo/captcha/outline.h"

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

static void faces_choose(struct dice *dice, struct style *style)
{
    unsigned first = dice_below(dice, outline_faces);
    for (unsigned i = 0; i < STYLE_FACES; i++)
        style->face[i] = (first + i) % outline_faces;
}

// Every kind of style must be hard for a net: of two upright bands without a line it read 4.9 % of
// codes, of one level band 2.5 %, with a line or both ways at most a few in a thousand.
static void bands_choose(struct dice *dice, struct style *style)
{
    style->level = dice_is(dice, 0.3f);
    style->upright = style->level ? 1 : 1 + dice_below(dice, 2);
    style->lines = !style->level;
    style->line_width = range_around(dice, 1.8f, 2.4f, 0.4f);
}

// One lot after the other, not in one initializer: the order makes the style.
struct style style_of_day(const struct captcha_secret *secret, unsigned day)
{
    struct dice dice = dice_from(secret, "style", NULL, day);
    struct style style;
    faces_choose(&dice, &style);
    style.hollow = dice_between(&dice, 0.2f, 0.5f);
    style.shaded = dice_between(&dice, 0, 0.3f);
    style.height = range_around(&dice, 42, 46, 9);
    style.stretch = range_around(&dice, 0.95f, 1.1f, 0.18f);
    style.turn = range_around(&dice, -0.1f, 0.1f, 0.38f);
    style.slant = range_around(&dice, -0.15f, 0.15f, 0.28f);
    style.pinch = range_both_ways(&dice, 0.2f, 0.33f);
    style.overlap = range_around(&dice, 1.2f, 2, 1);
    style.wave_length = range_around(&dice, 80, 140, 20);
    style.wave_height = range_around(&dice, 2.5f, 4.5f, 1.5f);
    style.exclusive = dice_is(&dice, 0.5f);
    bands_choose(&dice, &style);
    return style;
}

struct style style_plainer(struct style style)
{
    if (style.lines > 0) {
        style.lines = 0;
    } else if (style.hollow > 0) {
        style.hollow = 0;
        style.shaded = 0;
    } else {
        style.upright = 0;
        style.level = 0;
    }
    return style;
}
