// Mixes stamps and shapes in 8-bit ink. Mixing by "exclusive or" keeps both shapes visible to a
// reader, who sees on which side the ink changes, and costs a net one more thing to learn.
#include "mod_smsinteractivo/captcha/sheet.h"

// A sine of turns by two parabolas: libm's last bits differ between machines, pictures must not.
static float sine(float turns)
{
    float t = turns - (float)(int)turns;
    t = t < 0 ? t + 1 : t;
    float u = t < 0.5f ? t : t - 0.5f;
    float half = 16 * u * (0.5f - u);
    return t < 0.5f ? half : -half;
}

float wave_at(const struct wave *wave, float x)
{
    return wave->middle + wave->height * sine(x / wave->length + wave->phase);
}

static inline uint8_t ink_either(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

// a (1 - b) + b (1 - a); one part in a hundred off at most, which no grey of a picture shows.
static inline uint8_t ink_exclusive(unsigned a, unsigned b)
{
    return (uint8_t)(a + b - (a * b >> 7));
}

void sheet_stamp(struct sheet *sheet, const struct stamp *stamp, int left, int top, bool exclusive)
{
    int room_x = CAPTCHA_WIDTH - left, room_y = CAPTCHA_HEIGHT - top;
    int end_x = stamp->width < room_x ? stamp->width : room_x;
    int end_y = stamp->height < room_y ? stamp->height : room_y;
    for (int y = 0; y < end_y; y++) {
        const uint8_t *ink = stamp->ink[y];
        uint8_t *under = &sheet->ink[top + y][left];
        for (int x = 0; exclusive && x < end_x; x++)
            under[x] = ink_exclusive(under[x], ink[x]);
        for (int x = 0; !exclusive && x < end_x; x++)
            under[x] = ink_either(under[x], ink[x]);
    }
}

static unsigned ink_of_share(float share)
{
    return share <= 0 ? 0 : share >= 1 ? 255 : (unsigned)(share * 255);
}

// Exchanges ink and paper of one row from `left` to `right`.
static void row_exchange(uint8_t *row, float left, float right)
{
    left = left < 0 ? 0 : left;
    right = right > CAPTCHA_WIDTH ? CAPTCHA_WIDTH : right;
    if (right - left < 2)
        return;
    int first = (int)left, last = right >= CAPTCHA_WIDTH ? CAPTCHA_WIDTH - 1 : (int)right;
    row[first] = ink_exclusive(row[first], ink_of_share((float)first + 1 - left));
    for (int x = first + 1; x < last; x++)
        row[x] = ink_exclusive(row[x], 255);
    row[last] = ink_exclusive(row[last], ink_of_share(right - (float)last));
}

void sheet_band(struct sheet *sheet, const struct wave *wave, float width, float lean)
{
    for (int y = 0; y < CAPTCHA_HEIGHT; y++) {
        float shift = lean * (float)(y - CAPTCHA_HEIGHT / 2);
        float left = wave_at(wave, (float)y) - width / 2 + shift;
        row_exchange(sheet->ink[y], left, left + width);
    }
}

void sheet_lens(struct sheet *sheet, struct point middle, struct point radius)
{
    for (int y = 0; y < CAPTCHA_HEIGHT; y++) {
        float away = ((float)y + 0.5f - middle.y) / radius.y;
        float half = radius.x * (1 - away * away);
        row_exchange(sheet->ink[y], middle.x - half, middle.x + half);
    }
}

void sheet_horizon(struct sheet *sheet, const struct wave *wave)
{
    for (int x = 0; x < CAPTCHA_WIDTH; x++) {
        float edge = wave_at(wave, (float)x);
        int whole = (int)edge;
        for (int y = 0; y < whole; y++)
            sheet->ink[y][x] = ink_exclusive(sheet->ink[y][x], 255);
        uint8_t *under = &sheet->ink[whole][x];
        *under = ink_exclusive(*under, ink_of_share(edge - (float)whole));
    }
}
