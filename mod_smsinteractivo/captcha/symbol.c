// Bends the outline of a symbol point by point (hand, pinch, slant, turn, waves of the sheet),
// fills it, and then may leave only its border, with stripes inside or without, or turn ink into
// paper with ink around.
#include "mod_smsinteractivo/captcha/symbol.h"
#include "mod_smsinteractivo/captcha/alphabet.h"

#include <string.h>

enum { POINTS_MOST = 512, BORDER = 2, HALO = 3, APART = 2, HANDS_OF_LETTER = 3 };

struct bend {
    float x_scale, y_scale, middle_x, middle_y, width, tall;
    const struct hand *hand;
    float pinch_x, pinch_y, pinch_radius2, pinch;
    float xx, xy, yx, yy;
    const struct wave *waves;
    struct point where;
};

const struct outline *symbol_form(char symbol, const struct style *style, struct dice *dice)
{
    const struct outline *face =
        outlines + style->face[dice_below(dice, STYLE_FACES)] * outline_forms;
    const struct outline *fitting[2] = {NULL, NULL};
    unsigned count = 0;
    for (unsigned i = 0; i < outline_forms && count < 2; i++) {
        char upper = face[i].form >= 'a' ? (char)(face[i].form - 'a' + 'A') : face[i].form;
        if (upper == symbol)
            fitting[count++] = &face[i];
    }
    return count ? fitting[dice_below(dice, count)] : face;
}

static void bend_choose(struct bend *bend, const struct outline *outline, const struct style *style,
                        float height, float stretch, struct dice *dice)
{
    bend->y_scale = height / OUTLINE_CAP_HEIGHT;
    bend->x_scale = bend->y_scale * stretch;
    bend->middle_x = (float)outline->width / 2;
    bend->middle_y = (float)(outline->top + outline->bottom) / 2;
    bend->width = (float)outline->width * bend->x_scale;
    bend->tall = (float)(outline->top - outline->bottom) * bend->y_scale;
    unsigned hand = (unsigned)(outline - outlines) + dice_below(dice, HANDS_OF_LETTER);
    bend->hand = &style->hand[hand % STYLE_HANDS];
    bend->pinch_x = dice_between(dice, -0.4f, 0.4f) * bend->width;
    bend->pinch_y = dice_between(dice, -0.4f, 0.4f) * bend->tall;
    float radius = dice_between(dice, 0.45f, 0.75f) * bend->tall;
    bend->pinch_radius2 = radius * radius;
    bend->pinch = range_lot(dice, style->pinch);
    float turn = range_lot(dice, style->turn);
    bend->xx = bend->yy = 1 - turn * turn / 2; // cosine and sine, near enough at half a radian
    bend->yx = turn;
    bend->xy = range_lot(dice, style->slant) - turn;
}

// As the hand of the day writes it.
static struct point point_written(const struct bend *bend, const int16_t from[2])
{
    static const float level = 0.12f; // so that bowing and sagging move a letter little
    const struct hand *hand = bend->hand;
    float x = ((float)from[0] - bend->middle_x) * bend->x_scale, across = x / bend->width;
    float y = (bend->middle_y - (float)from[1]) * bend->y_scale, down = y / bend->tall;
    x = x * (1 + hand->widen * down) + hand->bow * bend->width * (down * down - level);
    y = y * (1 + hand->grow * across) + hand->sag * bend->tall * (across * across - level);
    return (struct point){x, y};
}

static struct point point_bent(const struct bend *bend, const int16_t from[2])
{
    struct point written = point_written(bend, from);
    float x = written.x, y = written.y;
    float dx = x - bend->pinch_x, dy = y - bend->pinch_y;
    float near = 1 - (dx * dx + dy * dy) / bend->pinch_radius2;
    if (near > 0) {
        float pull = bend->pinch * near * near;
        x -= dx * pull;
        y -= dy * pull;
    }
    struct point bent = {bend->xx * x + bend->xy * y, bend->yx * x + bend->yy * y};
    float wave_x = wave_at(&bend->waves[0], bent.y + bend->where.y);
    float wave_y = wave_at(&bend->waves[1], bent.x + bend->where.x);
    return (struct point){bent.x + wave_x, bent.y + wave_y};
}

// Moves the points to the left upper corner and tells the stamp how much room they take.
static void points_settle(struct point *points, unsigned count, struct stamp *stamp)
{
    struct point least = points[0], most = points[0];
    for (unsigned i = 1; i < count; i++) {
        least.x = points[i].x < least.x ? points[i].x : least.x;
        least.y = points[i].y < least.y ? points[i].y : least.y;
        most.x = points[i].x > most.x ? points[i].x : most.x;
        most.y = points[i].y > most.y ? points[i].y : most.y;
    }
    for (unsigned i = 0; i < count; i++) {
        points[i].x -= least.x - STAMP_MARGIN;
        points[i].y -= least.y - STAMP_MARGIN;
    }
    int width = (int)(most.x - least.x) + 2 + 2 * STAMP_MARGIN;
    int height = (int)(most.y - least.y) + 2 + 2 * STAMP_MARGIN;
    stamp->width = width < STAMP_WIDTH ? width : STAMP_WIDTH;
    stamp->height = height < STAMP_HEIGHT ? height : STAMP_HEIGHT;
}

// Of a small symbol borders and stripes would leave nothing to read.
static void symbol_finish(struct stamp *stamp, const struct style *style, struct dice *dice)
{
    enum { HOLLOW_LEAST = 30, STRIPED_LEAST = 42 };
    float lot = dice_between(dice, 0, 1);
    int period = 4 + (int)dice_below(dice, 2), height = stamp->height - 2 * STAMP_MARGIN;
    bool haloed = lot > 1 - style->haloed;
    stamp_cover(stamp, haloed ? HALO + APART : APART);
    if (haloed)
        stamp_halo(stamp, HALO);
    else if ((lot -= style->hollow) < 0 && height >= HOLLOW_LEAST)
        stamp_hollow(stamp, BORDER);
    else if (lot >= 0 && lot < style->striped && height >= STRIPED_LEAST)
        stamp_stripe(stamp, BORDER, period, style->rising);
}

void symbol_draw(const struct outline *outline, const struct style *style, float height,
                 float stretch, const struct wave waves[2], struct point where, struct dice *dice,
                 struct stamp *stamp)
{
    struct point points[POINTS_MOST];
    unsigned count = outline->points < POINTS_MOST ? outline->points : POINTS_MOST;
    struct bend bend = {.waves = waves, .where = where};
    bend_choose(&bend, outline, style, height, stretch, dice);
    for (unsigned i = 0; i < count; i++)
        points[i] = point_bent(&bend, outline_points[outline->point + i]);
    points_settle(points, count, stamp);
    memset(stamp->ink, 0, sizeof stamp->ink);
    const uint16_t *ends = outline_contour_ends + outline->contour;
    for (unsigned i = 0, begin = 0; i < outline->contours && ends[i] <= count; begin = ends[i++])
        raster_polygon(stamp, points + begin, ends[i] - begin);
    symbol_finish(stamp, style, dice);
}
