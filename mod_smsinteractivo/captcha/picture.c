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
    struct stamp stamp[SYMBOLS_MOST];
    int left[SYMBOLS_MOST], top[SYMBOLS_MOST];
    unsigned symbols;
};

static struct wave wave_choose(const struct style *style, struct dice *dice)
{
    struct wave wave = {.middle = 0};
    wave.height = range_lot(dice, style->wave_height);
    wave.length = range_lot(dice, style->wave_length);
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
        height[i] = range_lot(dice, style->height);
        stretch[i] = range_lot(dice, style->stretch);
        width += (float)outline[i]->width / OUTLINE_CAP_HEIGHT * height[i] * stretch[i];
    }
    float room = CAPTCHA_WIDTH - 2 * MARGIN;
    float fit = width > room ? room / width : 1;
    for (unsigned i = 0; i < easel->symbols; i++) {
        struct point where = {(float)i * room / (float)easel->symbols, CAPTCHA_HEIGHT / 2};
        symbol_draw(outline[i], style, height[i], stretch[i] * fit, waves, where, dice,
                    &easel->stamp[i]);
    }
}

static int row_begin(struct row row)
{
    return row.left ? __builtin_clzll(row.left) : row.right ? 64 + __builtin_clzll(row.right) : -1;
}

static int row_end(struct row row)
{
    return row.right  ? 128 - __builtin_ctzll(row.right)
           : row.left ? 64 - __builtin_ctzll(row.left)
                      : -1;
}

// The least distance between the ink of two neighbours, row by row, if both began at column 0.
static int neighbour_distance(const struct stamp *a, int top_a, const struct stamp *b, int top_b)
{
    int least = STAMP_WIDTH;
    for (int y = 0; y < b->height; y++) {
        int other = y + top_b - top_a;
        if (other < 0 || other >= a->height)
            continue;
        int right = row_end(a->ink[other]), left = row_begin(b->ink[y]);
        if (right >= 0 && left >= 0 && left - right < least)
            least = left - right;
    }
    return least == STAMP_WIDTH ? 2 * STAMP_MARGIN - a->width : least;
}

// How far the second of two neighbours is moved on: they touch or share a part of the narrower
// one's width, and nobody moves in under a T.
static int neighbour_step(const struct easel *easel, unsigned second, float overlap)
{
    const struct stamp *a = &easel->stamp[second - 1], *b = &easel->stamp[second];
    int width_a = a->width - 2 * STAMP_MARGIN, width_b = b->width - 2 * STAMP_MARGIN;
    int narrow = width_a < width_b ? width_a : width_b;
    int distance = neighbour_distance(a, easel->top[second - 1], b, easel->top[second]);
    int step = -distance - (int)(overlap * (float)narrow), least = width_a - narrow / 8;
    return step > least ? step : least;
}

static void symbols_place(struct easel *easel, const struct style *style, struct dice *dice)
{
    int end = 0;
    for (unsigned i = 0; i < easel->symbols; i++) {
        const struct stamp *stamp = &easel->stamp[i];
        easel->top[i] = (int)dice_below(dice, (uint32_t)(CAPTCHA_HEIGHT - stamp->height) + 1);
        easel->left[i] = 0;
        if (i > 0)
            easel->left[i] =
                easel->left[i - 1] + neighbour_step(easel, i, range_lot(dice, style->overlap));
        if (easel->left[i] + stamp->width > end)
            end = easel->left[i] + stamp->width;
    }
    int spare = CAPTCHA_WIDTH - end, gaps = (int)easel->symbols - 1;
    int start = spare > 0 ? (int)dice_below(dice, (uint32_t)spare + 1) : 0;
    for (unsigned i = 0; i < easel->symbols; i++) { // a row too long moves together
        int left = easel->left[i] + start + (spare < 0 ? spare * (int)i / gaps : 0);
        easel->left[i] = left > 0 ? left : 0;
    }
}

// The larger first: of two neighbours the smaller lies above, which has less to lose.
static void symbols_stamp(struct easel *easel)
{
    bool stamped[SYMBOLS_MOST] = {false};
    for (unsigned times = 0; times < easel->symbols; times++) {
        unsigned next = 0;
        int largest = 0;
        for (unsigned i = 0; i < easel->symbols; i++) {
            int size = easel->stamp[i].width * easel->stamp[i].height;
            if (!stamped[i] && size > largest) {
                largest = size;
                next = i;
            }
        }
        stamped[next] = true;
        sheet_stamp(&easel->sheet, &easel->stamp[next], easel->left[next], easel->top[next]);
    }
}

static struct wave edge_choose(const struct style *style, float middle, struct dice *dice)
{
    struct wave wave = wave_choose(style, dice);
    wave.length *= 1.3f;
    wave.middle = middle;
    wave.height = dice_between(dice, 4, 16);
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
        sheet_band(&easel->sheet, &edge, width, range_lot(dice, style->lean));
        break;
    case GROUND_HORIZON:
        sheet_horizon(&easel->sheet, &edge);
        break;
    case GROUND_LENS:
        sheet_lens(&easel->sheet, (struct point){x, dice_between(dice, 10, 94)},
                   (struct point){width * 0.65f, dice_between(dice, 58, 98)});
        break;
    }
}

static void picture_draw(struct easel *easel, const char *code, const struct style *style,
                         struct dice dice)
{
    memset(&easel->sheet, 0, sizeof easel->sheet);
    symbols_draw(easel, code, style, &dice);
    symbols_place(easel, style, &dice);
    symbols_stamp(easel);
    for (int i = 0; style->grounded && i < STYLE_GROUNDS; i++)
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
        length = png_write(&easel->sheet, dark, out, CAPTCHA_PICTURE_ROOM);
        style = style_plainer(style);
    }
    free(easel);
    return length;
}
