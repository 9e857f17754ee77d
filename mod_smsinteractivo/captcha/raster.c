// Each edge adds, in every row it passes, the change of coverage it causes in the pixels it
// crosses; summing a row from left to right then gives the coverage itself. Exact, and one pass
// over the area.
#include "mod_smsinteractivo/captcha/raster.h"

static float within(float value, float limit)
{
    return value < 0 ? 0 : value > limit ? limit : value;
}

// The part of an edge inside one row: from x0 to x1 while it descends by `fall` (0..1, signed).
static void row_add(float *row, float x0, float x1, float fall)
{
    float left = x0 < x1 ? x0 : x1, right = x0 < x1 ? x1 : x0;
    int column = (int)left;
    float slope = right > left ? fall / (right - left) : 0;
    while (right > (float)(column + 1)) {
        float border = (float)(column + 1), part = slope * (border - left);
        float beyond = (left + border) / 2 - (float)column;
        row[column] += part * (1 - beyond);
        row[column + 1] += part * beyond;
        fall -= part;
        left = border;
        column++;
    }
    float beyond = (left + right) / 2 - (float)column;
    row[column] += fall * (1 - beyond);
    row[column + 1] += fall * beyond;
}

static void edge_add(struct raster *raster, struct point a, struct point b)
{
    float sign = 1;
    if (a.y > b.y) {
        struct point swapped = a;
        a = b;
        b = swapped;
        sign = -1;
    }
    float y = a.y, x = a.x;
    float slope = b.y > a.y ? (b.x - a.x) / (b.y - a.y) : 0;
    while (y < b.y) {
        int row = (int)y;
        float next = b.y < (float)(row + 1) ? b.y : (float)(row + 1);
        float next_x = within(a.x + slope * (next - a.y), STAMP_WIDTH);
        row_add(raster->cover[row], x, next_x, sign * (next - y));
        y = next;
        x = next_x;
    }
}

void raster_polygon(struct raster *raster, const struct point *points, unsigned count)
{
    struct point from = {0, 0};
    for (unsigned i = 0; i <= count; i++) {
        struct point to = points[i % count];
        to.x = within(to.x, STAMP_WIDTH);
        to.y = within(to.y, STAMP_HEIGHT);
        if (i > 0)
            edge_add(raster, from, to);
        from = to;
    }
}

void raster_take(struct raster *raster, struct stamp *stamp)
{
    for (int y = 0; y < stamp->height; y++) {
        float *row = raster->cover[y];
        float sum = 0;
        for (int x = 0; x < stamp->width; x++) {
            sum += row[x];
            row[x] = 0;
            float covered = sum < 0 ? -sum : sum;
            stamp->ink[y][x] = covered > 1 ? 255 : (uint8_t)(covered * 255 + 0.5f);
        }
        row[stamp->width] = row[stamp->width + 1] = 0;
    }
}
