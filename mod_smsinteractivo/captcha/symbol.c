// Bends the outline of a symbol point by point (hand, pinch, slant, turn, waves of the sheet),
// fills it, and then may leave only its border, fill that with grey or stripes, or turn ink into
// paper with a border around.
#include "mod_smsinteractivo/captcha/symbol.h"
#include "mod_smsinteractivo/captcha/alphabet.h"

#include <string.h>

enum { POINTS_MOST = 512, BORDER = 2, SHADE = 127, STRIPED_LEAST = 40, HANDS_OF_LETTER = 3 };

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

static float in_range(struct dice *dice, struct range range)
{
    return dice_between(dice, range.low, range.high);
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
    bend->pinch = in_range(dice, style->pinch);
    float turn = in_range(dice, style->turn);
    bend->xx = bend->yy = 1 - turn * turn / 2; // cosine and sine, near enough at half a radian
    bend->yx = turn;
    bend->xy = in_range(dice, style->slant) - turn;
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
        points[i].x -= least.x - BORDER;
        points[i].y -= least.y - BORDER;
    }
    int width = (int)(most.x - least.x) + 2 + 2 * BORDER;
    int height = (int)(most.y - least.y) + 2 + 2 * BORDER;
    stamp->width = width < STAMP_WIDTH ? width : STAMP_WIDTH;
    stamp->height = height < STAMP_HEIGHT ? height : STAMP_HEIGHT;
}

// Keeps the border of the shape in full ink and fills what it encloses with `inside`.
static void stamp_hollow(struct stamp *stamp, uint8_t inside)
{
    uint8_t least[STAMP_HEIGHT][STAMP_WIDTH], most[STAMP_HEIGHT][STAMP_WIDTH];
    int width = stamp->width, height = stamp->height;
    for (int y = 0; y < height; y++) { // the outermost pixels are paper, see points_settle
        for (int x = 1; x < width - 1; x++) {
            const uint8_t *ink = &stamp->ink[y][x];
            uint8_t low = ink[-1] < ink[1] ? ink[-1] : ink[1];
            uint8_t high = ink[-1] > ink[1] ? ink[-1] : ink[1];
            least[y][x] = low < *ink ? low : *ink;
            most[y][x] = high > *ink ? high : *ink;
        }
    }
    for (int y = 1; y < height - 1; y++) {
        for (int x = 1; x < width - 1; x++) {
            uint8_t low = least[y - 1][x] < least[y + 1][x] ? least[y - 1][x] : least[y + 1][x];
            uint8_t high = most[y - 1][x] > most[y + 1][x] ? most[y - 1][x] : most[y + 1][x];
            low = low < least[y][x] ? low : least[y][x];
            high = high > most[y][x] ? high : most[y][x];
            uint8_t fill = low < inside ? low : inside;
            uint8_t border = (uint8_t)(high - low);
            stamp->ink[y][x] = border > fill ? border : fill;
        }
    }
}

// Keeps the border and fills what it encloses with stripes.
static void stamp_stripe(struct stamp *stamp, int period, int rising)
{
    uint8_t full[STAMP_HEIGHT][STAMP_WIDTH];
    memcpy(full, stamp->ink, sizeof full);
    stamp_hollow(stamp, 0);
    for (int y = 0; y < stamp->height; y++)
        for (int x = 0; x < stamp->width; x++)
            if ((y + rising * x + period * STAMP_WIDTH) % period < 2 &&
                full[y][x] > stamp->ink[y][x])
                stamp->ink[y][x] = full[y][x];
}

static void row_join(uint8_t *row, const uint8_t *other, int width)
{
    for (int x = 0; x < width; x++)
        row[x] = other[x] > row[x] ? other[x] : row[x];
}

// Paper with a wide border of ink around it.
static void stamp_halo(struct stamp *stamp)
{
    enum { HALO = 3, REACH = 2 * HALO + 1 };
    uint8_t wide[STAMP_HEIGHT][STAMP_WIDTH] = {{0}}, all[STAMP_HEIGHT][STAMP_WIDTH] = {{0}};
    int width = stamp->width + 2 * HALO, height = stamp->height + 2 * HALO;
    if (width > STAMP_WIDTH || height > STAMP_HEIGHT) {
        stamp_hollow(stamp, 0);
        return;
    }
    for (int y = 0; y < stamp->height; y++)
        for (int i = 0; i < REACH; i++)
            row_join(&wide[y][i], stamp->ink[y], stamp->width);
    for (int y = 0; y < stamp->height; y++)
        for (int i = 0; i < REACH; i++)
            row_join(all[y + i], wide[y], width);
    for (int y = 0; y < stamp->height; y++)
        for (int x = 0; x < stamp->width; x++)
            all[y + HALO][x + HALO] = (uint8_t)(all[y + HALO][x + HALO] - stamp->ink[y][x]);
    memcpy(stamp->ink, all, sizeof all);
    stamp->width = width;
    stamp->height = height;
}

static void stamp_finish(struct stamp *stamp, const struct style *style, struct dice *dice)
{
    float lot = dice_between(dice, 0, 1);
    int period = 4 + (int)dice_below(dice, 2);
    if ((lot -= style->hollow) < 0)
        stamp_hollow(stamp, 0);
    else if ((lot -= style->shaded) < 0)
        stamp_hollow(stamp, SHADE);
    else if ((lot -= style->striped) < 0) // of a small symbol stripes leave nothing to read
        stamp->height < STRIPED_LEAST ? stamp_hollow(stamp, 0)
                                      : stamp_stripe(stamp, period, style->rising);
    else if (lot < style->haloed)
        stamp_halo(stamp);
}

void symbol_draw(const struct outline *outline, const struct style *style, float height,
                 float stretch, const struct wave waves[2], struct point where, struct dice *dice,
                 struct raster *raster, struct stamp *stamp)
{
    struct point points[POINTS_MOST];
    unsigned count = outline->points < POINTS_MOST ? outline->points : POINTS_MOST;
    struct bend bend = {.waves = waves, .where = where};
    bend_choose(&bend, outline, style, height, stretch, dice);
    for (unsigned i = 0; i < count; i++)
        points[i] = point_bent(&bend, outline_points[outline->point + i]);
    points_settle(points, count, stamp);
    const uint16_t *ends = outline_contour_ends + outline->contour;
    for (unsigned i = 0, begin = 0; i < outline->contours && ends[i] <= count; begin = ends[i++])
        raster_polygon(raster, points + begin, ends[i] - begin);
    raster_take(raster, stamp);
    stamp_finish(stamp, style, dice);
}
