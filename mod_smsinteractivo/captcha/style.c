// Draws the style itself by lot, so that a net trained on one deployment or day is lost on another.
#include "mod_smsinteractivo/captcha/style.h"
#include "mod_smsinteractivo/captcha/derive.h"
#include "mod_smsinteractivo/captcha/outline.h"

static struct range range_around(struct dice *dice, float low, float high, float spread)
{
    float middle = dice_between(dice, low, high);
    return (struct range){middle - spread, middle + spread};
}

static void faces_choose(struct dice *dice, struct style *style)
{
    unsigned first = dice_below(dice, outline_faces);
    for (unsigned i = 0; i < STYLE_FACES; i++)
        style->face[i] = (first + i) % outline_faces;
}

struct style style_of_day(const struct captcha_secret *secret, unsigned day)
{
    struct dice dice = dice_from(secret, "style", NULL, day);
    struct style style = {
        .hollow = dice_between(&dice, 0.2f, 0.5f),
        .shaded = dice_between(&dice, 0, 0.3f),
        .height = range_around(&dice, 42, 46, 9),
        .stretch = range_around(&dice, 0.95f, 1.1f, 0.18f),
        .turn = range_around(&dice, -0.1f, 0.1f, 0.4f),
        .slant = range_around(&dice, -0.15f, 0.15f, 0.3f),
        .pinch = {dice_between(&dice, -0.5f, -0.3f), dice_between(&dice, 0.3f, 0.5f)},
        .overlap = range_around(&dice, 1.5f, 2.5f, 1.5f),
        .wave_length = range_around(&dice, 80, 140, 20),
        .wave_height = range_around(&dice, 2.5f, 4.5f, 1.5f),
        .exclusive = dice_is(&dice, 0.5f),
        .flips = 1 + dice_below(&dice, 2),
        .flips_upright = dice_is(&dice, 0.7f),
        .line_width = range_around(&dice, 1.8f, 2.4f, 0.4f),
    };
    style.lines = style.flips_upright && (style.flips == 1 || dice_is(&dice, 0.5f));
    faces_choose(&dice, &style);
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
        style.flips = 0;
    }
    return style;
}
