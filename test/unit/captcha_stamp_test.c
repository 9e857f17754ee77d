// Shapes in bits: filled where a polygon lies, left as a border, striped, surrounded, stamped.
#include "mod_smsinteractivo/captcha/raster.h"
#include "mod_smsinteractivo/captcha/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// A square that ends, crosses or begins where a row's second word does.
enum { TOP = 20, SIDE = 50, BOTTOM = TOP + SIDE, LEFT_FIRST = 14, LEFT_STEP = 25, LEFT_LAST = 64 };

static struct stamp stamp;
static int left;

static bool row_has(struct row row, int x)
{
    return (x < 64 ? row.left >> (63 - x) : row.right >> (127 - x)) & 1;
}

static bool sheet_has(const struct sheet *sheet, int x, int y)
{
    return sheet->ink[y][x / 64] >> (63 - x % 64) & 1;
}

static bool is_within(int x, int y, int around)
{
    return x >= left - around && x < left + SIDE + around && y >= TOP - around &&
           y < BOTTOM + around;
}

static void square_add(int inside, bool turned)
{
    float from = (float)(left + inside), to = (float)(left + SIDE - inside);
    float top = (float)(TOP + inside), bottom = (float)(BOTTOM - inside);
    struct point corner[2][4] = {{{from, top}, {to, top}, {to, bottom}, {from, bottom}},
                                 {{from, top}, {from, bottom}, {to, bottom}, {to, top}}};
    raster_polygon(&stamp, corner[turned], 4);
}

static void stamp_begin(int square_left)
{
    left = square_left;
    memset(&stamp, 0, sizeof stamp);
    stamp.width = STAMP_WIDTH;
    stamp.height = STAMP_HEIGHT;
    square_add(0, false);
}

static void a_pixel_is_ink_where_its_middle_lies_inside(void **state)
{
    (void)state;
    for (int at = LEFT_FIRST; at <= LEFT_LAST; at++) {
        stamp_begin(at);
        for (int y = 0; y < STAMP_HEIGHT; y++)
            for (int x = 0; x < STAMP_WIDTH; x++)
                assert_int_equal(row_has(stamp.ink[y], x), is_within(x, y, 0));
    }
}

static void a_polygon_inside_another_is_a_hole_whichever_way_it_turns(void **state)
{
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        stamp_begin(40);
        square_add(10, turned);
        for (int y = 0; y < STAMP_HEIGHT; y++)
            for (int x = 0; x < STAMP_WIDTH; x++)
                assert_int_equal(row_has(stamp.ink[y], x),
                                 is_within(x, y, 0) && !is_within(x, y, -10));
    }
}

static void points_outside_are_moved_to_the_border(void **state)
{
    (void)state;
    static const struct point corner[] = {{-9, -9}, {500, -9}, {500, 500}, {-9, 500}};
    memset(&stamp, 0, sizeof stamp);
    raster_polygon(&stamp, corner, 4);
    for (int y = 0; y < STAMP_HEIGHT; y++) {
        assert_true(stamp.ink[y].left == UINT64_MAX);
        assert_true(stamp.ink[y].right == UINT64_MAX);
    }
}

static void a_hollow_shape_keeps_a_border_of_that_width(void **state)
{
    (void)state;
    for (int border = 1; border <= 4; border++) {
        stamp_begin(LEFT_FIRST + border % 3 * LEFT_STEP);
        stamp_hollow(&stamp, border);
        for (int y = 0; y < STAMP_HEIGHT; y++)
            for (int x = 0; x < STAMP_WIDTH; x++)
                assert_int_equal(row_has(stamp.ink[y], x),
                                 is_within(x, y, 0) && !is_within(x, y, -border));
    }
}

static void a_striped_shape_keeps_its_border_and_one_pixel_in_each_period(void **state)
{
    (void)state;
    for (int period = 4; period <= 5; period++) {
        for (int rising = -1; rising <= 1; rising++) {
            stamp_begin(40);
            stamp_stripe(&stamp, 2, period, rising);
            for (int y = TOP + 2; y < BOTTOM - 2; y++) {
                int ink = 0;
                for (int x = left + 2; x < left + 2 + 8 * period; x++)
                    ink += row_has(stamp.ink[y], x);
                assert_int_equal(ink, 8);
                if (y < BOTTOM - 3)
                    assert_int_equal(row_has(stamp.ink[y], 64),
                                     row_has(stamp.ink[y + 1], 64 + rising));
            }
            assert_true(row_has(stamp.ink[TOP], left) &&
                        row_has(stamp.ink[BOTTOM - 1], left + SIDE - 1));
        }
    }
}

static void a_halo_is_paper_with_ink_around_and_cut_corners(void **state)
{
    (void)state;
    for (int at = LEFT_FIRST; at <= LEFT_LAST; at += LEFT_STEP) {
        stamp_begin(at);
        stamp_halo(&stamp, 3);
        for (int i = 0; i < SIDE; i++) {
            for (int away = -8; away < 0; away++) {
                assert_int_equal(row_has(stamp.ink[TOP + away], left + i), away >= -3);
                assert_int_equal(row_has(stamp.ink[BOTTOM - 1 - away], left + i), away >= -3);
                assert_int_equal(row_has(stamp.ink[TOP + i], left + away), away >= -3);
                assert_int_equal(row_has(stamp.ink[TOP + i], left + SIDE - 1 - away), away >= -3);
            }
            assert_false(row_has(stamp.ink[TOP + i], left + i));
        }
        assert_true(row_has(stamp.ink[TOP - 2], left - 2));
        assert_false(row_has(stamp.ink[TOP - 3], left - 3));
    }
}

static void a_stamp_hides_what_it_covers_and_leaves_the_rest(void **state)
{
    (void)state;
    static struct sheet sheet;
    for (int sheet_left = 0; sheet_left < CAPTCHA_WIDTH - 1; sheet_left += 31) {
        memset(&sheet, 0xff, sizeof sheet);
        stamp_begin(40);
        stamp_cover(&stamp, 2);
        stamp_hollow(&stamp, 1);
        sheet_stamp(&sheet, &stamp, sheet_left, 7);
        for (int x = left; x < left + SIDE && x + sheet_left < CAPTCHA_WIDTH; x++)
            for (int y = 0; y < CAPTCHA_HEIGHT - 7; y++)
                assert_int_equal(sheet_has(&sheet, x + sheet_left, y + 7),
                                 !is_within(x, y, 2) || row_has(stamp.ink[y], x));
    }
}

static unsigned sheet_ink(const struct sheet *sheet)
{
    unsigned ink = 0;
    for (int y = 0; y < CAPTCHA_HEIGHT; y++)
        for (int x = 0; x < CAPTCHA_WIDTH; x++)
            ink += sheet_has(sheet, x, y);
    return ink;
}

static void band_draw(struct sheet *sheet)
{
    const struct wave wave = {.middle = 160, .height = 9, .length = 140, .phase = 0.3f};
    sheet_band(sheet, &wave, 100, -0.7f);
}

static void horizon_draw(struct sheet *sheet)
{
    const struct wave wave = {.middle = 60, .height = 9, .length = 160};
    sheet_horizon(sheet, &wave);
}

static void lens_draw(struct sheet *sheet)
{
    sheet_lens(sheet, (struct point){300, 10}, (struct point){90, 80});
}

static void each_shape_drawn_again_leaves_the_sheet_as_it_was(void **state)
{
    (void)state;
    static const struct {
        void (*draw)(struct sheet *sheet);
        unsigned least, most;
    } shape[] = {{band_draw, 99 * CAPTCHA_HEIGHT, 101 * CAPTCHA_HEIGHT},
                 {horizon_draw, 59 * CAPTCHA_WIDTH, 61 * CAPTCHA_WIDTH},
                 {lens_draw, 4000, 14000}};
    for (int i = 0; i < 3; i++) {
        static struct sheet sheet;
        shape[i].draw(&sheet);
        assert_in_range(sheet_ink(&sheet), shape[i].least, shape[i].most);
        shape[i].draw(&sheet);
        assert_int_equal(sheet_ink(&sheet), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pixel_is_ink_where_its_middle_lies_inside),
        cmocka_unit_test(a_polygon_inside_another_is_a_hole_whichever_way_it_turns),
        cmocka_unit_test(points_outside_are_moved_to_the_border),
        cmocka_unit_test(a_hollow_shape_keeps_a_border_of_that_width),
        cmocka_unit_test(a_striped_shape_keeps_its_border_and_one_pixel_in_each_period),
        cmocka_unit_test(a_halo_is_paper_with_ink_around_and_cut_corners),
        cmocka_unit_test(a_stamp_hides_what_it_covers_and_leaves_the_rest),
        cmocka_unit_test(each_shape_drawn_again_leaves_the_sheet_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
