// Shapes in bits: filled where a polygon lies, left as a border, striped, surrounded, stamped.
#include "mod_smsinteractivo/captcha/raster.h"
#include "mod_smsinteractivo/captcha/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// A square across the border between the two words of a row.
enum { LEFT = 40, TOP = 20, SIDE = 50, RIGHT = LEFT + SIDE, BOTTOM = TOP + SIDE };

static struct stamp stamp;

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
    return x >= LEFT - around && x < RIGHT + around && y >= TOP - around && y < BOTTOM + around;
}

static void square_add(int inside, bool turned)
{
    float left = (float)(LEFT + inside), right = (float)(RIGHT - inside);
    float top = (float)(TOP + inside), bottom = (float)(BOTTOM - inside);
    struct point corner[2][4] = {{{left, top}, {right, top}, {right, bottom}, {left, bottom}},
                                 {{left, top}, {left, bottom}, {right, bottom}, {right, top}}};
    raster_polygon(&stamp, corner[turned], 4);
}

static void stamp_begin(void)
{
    memset(&stamp, 0, sizeof stamp);
    stamp.width = STAMP_WIDTH;
    stamp.height = STAMP_HEIGHT;
    square_add(0, false);
}

static void a_pixel_is_ink_where_its_middle_lies_inside(void **state)
{
    (void)state;
    stamp_begin();
    for (int y = 0; y < STAMP_HEIGHT; y++)
        for (int x = 0; x < STAMP_WIDTH; x++)
            assert_int_equal(row_has(stamp.ink[y], x), is_within(x, y, 0));
}

static void a_polygon_inside_another_is_a_hole_whichever_way_it_turns(void **state)
{
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        stamp_begin();
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
        stamp_begin();
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
            stamp_begin();
            stamp_stripe(&stamp, 2, period, rising);
            for (int y = TOP + 2; y < BOTTOM - 2; y++) {
                int ink = 0;
                for (int x = LEFT + 2; x < LEFT + 2 + 8 * period; x++)
                    ink += row_has(stamp.ink[y], x);
                assert_int_equal(ink, 8);
                if (y < BOTTOM - 3)
                    assert_int_equal(row_has(stamp.ink[y], 64),
                                     row_has(stamp.ink[y + 1], 64 + rising));
            }
            assert_true(row_has(stamp.ink[TOP], LEFT) && row_has(stamp.ink[BOTTOM - 1], RIGHT - 1));
        }
    }
}

static void a_halo_is_paper_with_ink_around(void **state)
{
    (void)state;
    stamp_begin();
    stamp_halo(&stamp, 3);
    for (int x = LEFT; x < RIGHT; x++)
        for (int y = 0; y < STAMP_HEIGHT; y++)
            assert_int_equal(row_has(stamp.ink[y], x), is_within(x, y, 3) && !is_within(x, y, 0));
}

static void a_stamp_hides_what_it_covers_and_leaves_the_rest(void **state)
{
    (void)state;
    static struct sheet sheet;
    for (int left = 0; left < CAPTCHA_WIDTH - 1; left += 31) {
        memset(&sheet, 0xff, sizeof sheet);
        stamp_begin();
        stamp_cover(&stamp, 2);
        stamp_hollow(&stamp, 1);
        sheet_stamp(&sheet, &stamp, left, 7);
        for (int x = LEFT; x < RIGHT && x + left < CAPTCHA_WIDTH; x++)
            for (int y = 0; y < CAPTCHA_HEIGHT - 7; y++)
                assert_int_equal(sheet_has(&sheet, x + left, y + 7),
                                 !is_within(x, y, 2) || row_has(stamp.ink[y], x));
    }
}

static void a_shape_drawn_twice_leaves_the_sheet_as_it_was(void **state)
{
    (void)state;
    static struct sheet sheet;
    const struct wave wave = {.middle = 60, .height = 9, .length = 140, .phase = 0.3f};
    for (int times = 1; times <= 2; times++) {
        unsigned ink = 0;
        sheet_band(&sheet, &wave, 100, -0.7f);
        sheet_horizon(&sheet, &wave);
        sheet_lens(&sheet, (struct point){300, 10}, (struct point){90, 80});
        for (int y = 0; y < CAPTCHA_HEIGHT; y++)
            for (int x = 0; x < CAPTCHA_WIDTH; x++)
                ink += sheet_has(&sheet, x, y);
        assert_in_range(ink, times == 1 ? CAPTCHA_WIDTH * CAPTCHA_HEIGHT / 4 : 0,
                        times == 1 ? CAPTCHA_WIDTH * CAPTCHA_HEIGHT * 3 / 4 : 0);
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
        cmocka_unit_test(a_halo_is_paper_with_ink_around),
        cmocka_unit_test(a_stamp_hides_what_it_covers_and_leaves_the_rest),
        cmocka_unit_test(a_shape_drawn_twice_leaves_the_sheet_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
