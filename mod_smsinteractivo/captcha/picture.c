// The picture of a code: symbols in a row, near enough to touch, on a waving sheet with shapes
// across.
#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/png.h"
#include "mod_smsinteractivo/captcha/symbol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS_MOST = 6, MARGIN = 9, TRIES = 4 };

// All a picture needs: one allocation, small enough that malloc asks the kernel for nothing.
struct easel {
    struct sheet sheet;
    struct raster raster;
    struct stamp stamp[SYMBOLS_MOST];
    int left[SYMBOLS_MOST], top[SYMBOLS_MOST];
    unsigned symbols;
    struct png_desk desk;
};

static float in_range(struct dice *dice, struct range range)
{
    return dice_between(dice, range.low, range.high);
}

static struct wave wave_choose(const struct style *style, struct dice *dice)
{
    struct wave wave = {.middle = 0};
    wave.height = in_range(dice, style->wave_height);
    wave.length = in_range(dice, style->wave_length);
    wave.phase = dice_between(dice, 0, 1);
    return wave;
}

static void symbols_draw(struct easel *easel, const char *code, const struct style *style,
                         struct dice *dice)
{
    const struct outline *outline[SYMBOLS_MOST];
    struct wave waves[2] = {wave_choose(style, dice)};
    waves[1] = wave_choose(style, dice);
    float height[SYMBOLS_MOST], stretch[SYMBOLS_MOST], width = 0;
    easel->symbols = (unsigned)strlen(code);
    for (unsigned i = 0; i < easel->symbols; i++) {
        outline[i] = symbol_form(code[i], style, dice);
        height[i] = in_range(dice, style->height);
        stretch[i] = in_range(dice, style->stretch);
        width += (float)outline[i]->width / OUTLINE_CAP_HEIGHT * height[i] * stretch[i];
    }
    float room = CAPTCHA_WIDTH - 2 * MARGIN;
    float fit = width > room ? room / width : 1;
    for (unsigned i = 0; i < easel->symbols; i++) {
        struct point where = {(float)i * room / (float)easel->symbols, CAPTCHA_HEIGHT / 2};
        symbol_draw(outline[i], style, height[i], stretch[i] * fit, waves, where, dice,
                    &easel->raster, &easel->stamp[i]);
    }
}

// The least distance between the ink of two neighbours, row by row, if both began at column 0.
static int neighbour_distance(const struct stamp *a, int top_a, const struct stamp *b, int top_b)
{
    int least = STAMP_WIDTH;
    for (int y = 0; y < b->height; y++) {
        int other = y + top_b - top_a;
        if (other < 0 || other >= a->height)
            continue;
        int right = a->width, left = 0;
        while (right > 0 && a->ink[other][right - 1] < 128)
            right--;
        while (left < b->width && b->ink[y][left] < 128)
            left++;
        if (right > 0 && left < b->width && left - right < least)
            least = left - right;
    }
    return least == STAMP_WIDTH ? -a->width : least;
}

static void symbols_place(struct easel *easel, const struct style *style, struct dice *dice)
{
    int end = 0;
    for (unsigned i = 0; i < easel->symbols; i++) {
        struct stamp *stamp = &easel->stamp[i];
        int play = CAPTCHA_HEIGHT - stamp->height;
        int swing = play > 40 ? 40 : play;
        easel->top[i] = (play - swing) / 2 + (int)dice_below(dice, (uint32_t)swing + 1);
        easel->left[i] = 0;
        if (i > 0) {
            int gap = neighbour_distance(stamp - 1, easel->top[i - 1], stamp, easel->top[i]);
            int step = -gap - (int)in_range(dice, style->overlap);
            int least = stamp[-1].width * 3 / 4; // nobody moves in under a T
            easel->left[i] = easel->left[i - 1] + (step > least ? step : least);
        }
        if (easel->left[i] + stamp->width > end)
            end = easel->left[i] + stamp->width;
    }
    int spare = CAPTCHA_WIDTH - end, gaps = (int)easel->symbols - 1;
    int start = spare > 0 ? (int)dice_below(dice, (uint32_t)spare + 1) : 0;
    for (unsigned i = 0; i < easel->symbols; i++) // a row too long moves together
        easel->left[i] += start + (spare < 0 ? spare * (int)i / gaps : 0);
}

static struct wave edge_choose(const struct style *style, float middle, struct dice *dice)
{
    struct wave wave = wave_choose(style, dice);
    wave.length *= 1.3f;
    wave.middle = middle;
    wave.height = dice_between(dice, 3, 12);
    return wave;
}

static void ground_draw(struct easel *easel, const struct style *style, enum ground ground,
                        struct dice *dice)
{
    float x = dice_between(dice, 0.2f, 0.8f) * CAPTCHA_WIDTH;
    float y = dice_between(dice, 0.35f, 0.65f) * CAPTCHA_HEIGHT;
    float width = dice_between(dice, 0.3f, 0.55f) * CAPTCHA_WIDTH;
    struct wave edge = edge_choose(style, ground == GROUND_HORIZON ? y : x, dice);
    switch (ground) {
    case GROUND_BAND:
        sheet_band(&easel->sheet, &edge, width, in_range(dice, style->lean));
        break;
    case GROUND_HORIZON:
        sheet_horizon(&easel->sheet, &edge);
        break;
    case GROUND_LENS:
        sheet_lens(&easel->sheet, (struct point){x, dice_between(dice, 8, 72)},
                   (struct point){width * 0.65f, dice_between(dice, 45, 75)});
        break;
    }
}

static void picture_draw(struct easel *easel, const char *code, const struct style *style,
                         struct dice dice)
{
    memset(easel, 0, offsetof(struct easel, stamp));
    symbols_draw(easel, code, style, &dice);
    symbols_place(easel, style, &dice);
    for (unsigned i = 0; i < easel->symbols; i++)
        sheet_stamp(&easel->sheet, &easel->stamp[i], easel->left[i], easel->top[i],
                    style->exclusive);
    for (int i = 0; style->grounded && i < 2; i++)
        ground_draw(easel, style, style->ground[i], &dice);
}

int captcha_picture(const struct captcha_secret *secret, const char *id, unsigned day, bool dark,
                    unsigned char *out, size_t room)
{
    struct easel *easel = room < CAPTCHA_PICTURE_ROOM ? NULL : malloc(sizeof *easel);
    if (!easel)
        return room < CAPTCHA_PICTURE_ROOM ? -ENOBUFS : -ENOMEM;
    char code[CAPTCHA_CODE_ROOM];
    captcha_code(secret, id, day, code);
    struct style style = style_of_day(secret, day);
    struct dice dice = dice_from(secret, "picture", id, day);
    int length = -ENOBUFS;
    for (int tries = 0; tries < TRIES && length == -ENOBUFS; tries++) {
        picture_draw(easel, code, &style, dice);
        length = png_write(&easel->sheet, dark, &easel->desk, out, CAPTCHA_PICTURE_ROOM);
        style = style_plainer(style);
    }
    free(easel);
    return length;
}
