// Mixes stamps and shapes, 64 pixels at a time. Exchanging ink and paper keeps both shapes visible
// to a reader, who sees on which side the ink changes, and costs a net one more thing to learn.
#include "mod_smsinteractivo/captcha/sheet.h"

_Static_assert(CAPTCHA_WIDTH % 64 == 0, "a row of the sheet is whole words");

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

// A row of a stamp moved to the right by less than a word.
struct moved {
    uint64_t word[3];
};

static struct moved row_moved(struct row row, unsigned by)
{
    if (by == 0)
        return (struct moved){{row.left, row.right, 0}};
    return (struct moved){
        {row.left >> by, row.left << (64 - by) | row.right >> by, row.right << (64 - by)}};
}

void sheet_stamp(struct sheet *sheet, const struct stamp *stamp, int left, int top)
{
    int room = CAPTCHA_HEIGHT - top, end = stamp->height < room ? stamp->height : room;
    for (int y = 0; y < end; y++) {
        struct moved ink = row_moved(stamp->ink[y], (unsigned)left % 64);
        struct moved cover = row_moved(stamp->cover[y], (unsigned)left % 64);
        uint64_t *under = &sheet->ink[top + y][left / 64];
        for (int i = 0; i < 3; i++)
            under[i] = (under[i] & ~cover.word[i]) | ink.word[i];
    }
}

static void row_exchange_from(uint64_t *row, float x)
{
    int from = x <= 0 ? 0 : x >= CAPTCHA_WIDTH ? CAPTCHA_WIDTH : (int)(x + 0.5f);
    row[from / 64] ^= ~UINT64_C(0) >> from % 64;
    for (int i = from / 64 + 1; i < SHEET_SEEN; i++)
        row[i] ^= ~UINT64_C(0);
}

// Exchanges ink and paper of one row from `left` to `right`.
static void row_exchange(uint64_t *row, float left, float right)
{
    if (right > left) {
        row_exchange_from(row, left);
        row_exchange_from(row, right);
    }
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
    uint64_t ends[CAPTCHA_HEIGHT][SHEET_SEEN] = {{0}}, above[SHEET_SEEN];
    for (int x = 0; x < CAPTCHA_WIDTH; x++)
        ends[(int)wave_at(wave, (float)x)][x / 64] |= UINT64_C(1) << (63 - x % 64);
    for (int i = 0; i < SHEET_SEEN; i++)
        above[i] = ~UINT64_C(0);
    for (int y = 0; y < CAPTCHA_HEIGHT; y++) {
        for (int i = 0; i < SHEET_SEEN; i++) {
            above[i] &= ~ends[y][i];
            sheet->ink[y][i] ^= above[i];
        }
    }
}
