// Mixes stamps and bands in 8-bit ink. Mixing by "exclusive or" keeps both shapes visible to a
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

void sheet_band(struct sheet *sheet, const struct wave *wave, float width, bool upright)
{
    int along = upright ? CAPTCHA_HEIGHT : CAPTCHA_WIDTH;
    int across = upright ? CAPTCHA_WIDTH : CAPTCHA_HEIGHT;
    for (int i = 0; i < along; i++) {
        float low = wave_at(wave, (float)i) - width / 2, high = low + width;
        int first = low < 0 ? 0 : (int)low;
        int last = high >= (float)across ? across - 1 : (int)high;
        for (int j = first; j <= last; j++) {
            float begin = low > (float)j ? low : (float)j;
            float end = high < (float)(j + 1) ? high : (float)(j + 1);
            uint8_t *under = upright ? &sheet->ink[i][j] : &sheet->ink[j][i];
            *under = ink_exclusive(*under, ink_of_share(end - begin));
        }
    }
}
