// Each edge exchanges, in every row whose middle it passes, all pixels to its right; what lies
// between two edges is exchanged once, what lies behind both twice and so not at all.
#include "mod_smsinteractivo/captcha/raster.h"

static float within(float value, float limit)
{
    return value < 0 ? 0 : value > limit ? limit : value;
}

static void edge_add(struct stamp *stamp, struct point a, struct point b)
{
    if (a.y > b.y) {
        struct point swapped = a;
        a = b;
        b = swapped;
    }
    int first = (int)(a.y + 0.5f), end = (int)(b.y + 0.5f);
    float slope = first < end ? (b.x - a.x) / (b.y - a.y) : 0;
    float x = a.x + slope * ((float)first + 0.5f - a.y) + 0.5f;
    for (int y = first; y < end; y++, x += slope) {
        struct row right = row_from((int)within(x, STAMP_WIDTH));
        stamp->ink[y].left ^= right.left;
        stamp->ink[y].right ^= right.right;
    }
}

void raster_polygon(struct stamp *stamp, const struct point *points, unsigned count)
{
    struct point from = {0, 0};
    for (unsigned i = 0; i <= count; i++) {
        struct point to = points[i % count];
        to.x = within(to.x, STAMP_WIDTH);
        to.y = within(to.y, STAMP_HEIGHT);
        if (i > 0)
            edge_add(stamp, from, to);
        from = to;
    }
}
