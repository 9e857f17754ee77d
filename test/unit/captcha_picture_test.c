// The picture of a security code: repeatable, bounded, a PNG, different by deployment and day.
#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/outline.h"
#include "mod_smsinteractivo/captcha/style.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <zlib.h>

enum { ROW = 1 + CAPTCHA_WIDTH / 8, RAW = ROW * CAPTCHA_HEIGHT };

static const struct captcha_secret secret = {"one deployment"}, other = {"another deployment"};

static const char *id_of(unsigned number)
{
    static char id[CAPTCHA_ID_LENGTH + 1];
    snprintf(id, sizeof id, "%032x", number);
    return id;
}

static uint32_t number_at(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// Undoes what a row's filter did, in place (ISO/IEC 15948, 9.2: none, and up).
static void row_unfilter(unsigned char *row, const unsigned char *above)
{
    assert_true(row[0] == 0 || row[0] == 2);
    for (unsigned i = 1; i < ROW && row[0] == 2; i++)
        row[i] = (unsigned char)(row[i] + (above ? above[i] : 0));
}

// Reads a PNG as its standard says, chunk by chunk with their checks, into rows of bits.
static void png_read(const unsigned char *png, size_t length, unsigned char raw[RAW])
{
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(number_at(png + 16), CAPTCHA_WIDTH);
    assert_int_equal(number_at(png + 20), CAPTCHA_HEIGHT);
    assert_memory_equal(png + 24, "\1\3\0\0\0", 5);
    size_t at = 8, chunks = 0;
    while (at < length) {
        uint32_t size = number_at(png + at);
        assert_true(at + 12 + size <= length);
        assert_int_equal(number_at(png + at + 8 + size), crc32(0, png + at + 4, size + 4));
        if (memcmp(png + at + 4, "IDAT", 4) == 0) {
            uLongf room = RAW;
            assert_int_equal(uncompress(raw, &room, png + at + 8, size), Z_OK);
            assert_int_equal(room, RAW);
        }
        at += 12 + size;
        chunks++;
    }
    assert_int_equal(chunks, 4);
    assert_int_equal(at, length);
    assert_memory_equal(png + length - 8, "IEND", 4);
    for (unsigned y = 0; y < CAPTCHA_HEIGHT; y++)
        row_unfilter(raw + y * ROW, y > 0 ? raw + (y - 1) * ROW : NULL);
}

static void one_id_gives_the_same_bytes_every_time(void **state)
{
    (void)state;
    unsigned char a[CAPTCHA_PICTURE_ROOM], b[CAPTCHA_PICTURE_ROOM];
    for (unsigned i = 0; i < 200; i++) {
        int length = captcha_picture(&secret, id_of(i), 20000, false, a, sizeof a);
        assert_true(length > 0);
        captcha_picture(&other, id_of(i + 7), 20001, true, b, sizeof b);
        assert_int_equal(captcha_picture(&secret, id_of(i), 20000, false, b, sizeof b), length);
        assert_memory_equal(a, b, (size_t)length);
    }
}

static void every_picture_is_a_png_of_at_most_1600_octets(void **state)
{
    (void)state;
    unsigned char png[4 * CAPTCHA_PICTURE_ROOM], raw[RAW];
    for (unsigned i = 0; i < 10000; i++) {
        int length = captcha_picture(&secret, id_of(i), 20000 + i % 50, i % 2, png, sizeof png);
        assert_in_range(length, 100, 1600);
        png_read(png, (size_t)length, raw);
    }
}

static void a_picture_holds_both_paper_and_ink_in_measure(void **state)
{
    (void)state;
    unsigned char png[CAPTCHA_PICTURE_ROOM], raw[RAW];
    for (unsigned i = 0; i < 500; i++) {
        int length = captcha_picture(&secret, id_of(i), 20000 + i, false, png, sizeof png);
        png_read(png, (size_t)length, raw);
        unsigned black = 0;
        for (unsigned at = 0; at < RAW; at++)
            black += at % ROW ? (unsigned)__builtin_popcount(raw[at]) : 0;
        assert_in_range(black, CAPTCHA_WIDTH * CAPTCHA_HEIGHT / 10,
                        CAPTCHA_WIDTH * CAPTCHA_HEIGHT * 9 / 10);
    }
}

static void the_dark_picture_differs_in_its_palette_alone(void **state)
{
    (void)state;
    enum { PALETTE = 8 + 25, PALETTE_SIZE = 12 + 6 };
    unsigned char light[CAPTCHA_PICTURE_ROOM], dark[CAPTCHA_PICTURE_ROOM];
    for (unsigned i = 0; i < 100; i++) {
        int length = captcha_picture(&secret, id_of(i), 20000, false, light, sizeof light);
        assert_int_equal(captcha_picture(&secret, id_of(i), 20000, true, dark, sizeof dark),
                         length);
        assert_memory_not_equal(light, dark, PALETTE + PALETTE_SIZE);
        memcpy(dark + PALETTE, light + PALETTE, PALETTE_SIZE);
        assert_memory_equal(light, dark, (size_t)length);
    }
}

static void ink_stands_out_from_paper_in_both_palettes(void **state)
{
    (void)state;
    enum { PAPER = 8 + 25 + 8, INK = PAPER + 3 };
    unsigned char png[CAPTCHA_PICTURE_ROOM];
    for (int dark = 0; dark < 2; dark++) {
        captcha_picture(&secret, id_of(1), 20000, dark, png, sizeof png);
        for (int colour = 0; colour < 3; colour++) {
            int paper = png[PAPER + colour], ink = png[INK + colour];
            assert_in_range(dark ? ink - paper : paper - ink, 200, 255);
        }
    }
}

static void another_id_deployment_or_day_gives_another_picture_and_code(void **state)
{
    (void)state;
    const struct captcha_secret *secrets[] = {&secret, &other, &secret, &secret};
    const unsigned numbers[] = {1, 1, 2, 1}, days[] = {20000, 20000, 20000, 20001};
    unsigned char png[4][CAPTCHA_PICTURE_ROOM] = {{0}};
    char code[4][CAPTCHA_CODE_ROOM];
    for (int i = 0; i < 4; i++) {
        captcha_picture(secrets[i], id_of(numbers[i]), days[i], false, png[i], sizeof png[i]);
        captcha_code(secrets[i], id_of(numbers[i]), days[i], code[i]);
        for (int j = 0; j < i; j++) {
            assert_memory_not_equal(png[i], png[j], CAPTCHA_PICTURE_ROOM);
            assert_string_not_equal(code[i], code[j]);
        }
    }
}

static void too_little_room_is_an_error_and_nothing_is_written_behind_it(void **state)
{
    (void)state;
    unsigned char png[CAPTCHA_PICTURE_ROOM];
    for (size_t room = 0; room < CAPTCHA_PICTURE_ROOM; room += 7) {
        memset(png, 0xa5, sizeof png);
        assert_int_equal(captcha_picture(&secret, id_of(1), 1, false, png, room), -ENOBUFS);
        for (size_t at = room; at < sizeof png; at++)
            assert_int_equal(png[at], 0xa5);
    }
}

static unsigned faces_shared(const struct style *a, const struct style *b)
{
    unsigned shared = 0;
    for (unsigned i = 0; i < STYLE_FACES; i++)
        for (unsigned j = 0; j < STYLE_FACES; j++)
            shared += a->face[i] == b->face[j];
    return shared;
}

static void each_day_has_a_style_of_its_own(void **state)
{
    (void)state;
    enum { DAYS = 200 };
    unsigned shared = 0, grounds = 0;
    struct style before = style_of_day(&secret, 0);
    for (unsigned day = 1; day <= DAYS; day++) {
        struct style style = style_of_day(&secret, day);
        shared += faces_shared(&before, &style);
        assert_int_equal(faces_shared(&style, &style), STYLE_FACES); // no face twice
        assert_true(style.hollow + style.striped + style.haloed < 0.9f);
        assert_true(style.height.low != before.height.low && style.turn.low != before.turn.low);
        assert_memory_not_equal(style.hand, before.hand, sizeof style.hand);
        grounds |= 1u << (9 * style.ground[0] + 3 * style.ground[1] + style.ground[2]);
        before = style;
    }
    assert_in_range(shared, DAYS * 3 / 2, DAYS * 3); // of six
    assert_int_equal(__builtin_popcount(grounds), 6);
}

static void every_face_is_drawn_as_often(void **state)
{
    (void)state;
    enum { DAYS = 2000 };
    unsigned drawn[64] = {0}, fair = DAYS * STYLE_FACES / outline_faces;
    for (unsigned day = 0; day < DAYS; day++) {
        struct style style = style_of_day(&secret, day);
        for (unsigned i = 0; i < STYLE_FACES; i++)
            drawn[style.face[i]]++;
    }
    for (unsigned i = 0; i < outline_faces; i++)
        assert_in_range(drawn[i], fair * 9 / 10, fair * 11 / 10);
}

static long spent_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

// zlib, asked to pack the same rows as it does by default, is the measure, for microseconds differ
// between machines. Each has its best of many turns, so that neighbours do not count.
static void a_picture_costs_less_than_zlib_takes_to_pack_its_rows(void **state)
{
    (void)state;
    enum { TURNS = 40, EACH = 16 };
    unsigned char png[CAPTCHA_PICTURE_ROOM], raw[EACH][RAW], packed[2 * RAW];
    for (unsigned i = 0; i < EACH; i++) {
        int length = captcha_picture(&secret, id_of(i), 20000, false, png, sizeof png);
        png_read(png, (size_t)length, raw[i]);
    }
    long drawn = LONG_MAX, measure = LONG_MAX;
    for (int turn = 0; turn < TURNS; turn++) {
        long begin = spent_ns();
        for (unsigned i = 0; i < EACH; i++)
            captcha_picture(&secret, id_of(i), 20000, false, png, sizeof png);
        long between = spent_ns();
        for (unsigned i = 0; i < EACH; i++) {
            uLongf room = sizeof packed;
            assert_int_equal(compress(packed, &room, raw[i], RAW), Z_OK);
        }
        long end = spent_ns();
        drawn = between - begin < drawn ? between - begin : drawn;
        measure = end - between < measure ? end - between : measure;
    }
    assert_in_range(drawn, 1, measure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_id_gives_the_same_bytes_every_time),
        cmocka_unit_test(every_picture_is_a_png_of_at_most_1600_octets),
        cmocka_unit_test(a_picture_holds_both_paper_and_ink_in_measure),
        cmocka_unit_test(the_dark_picture_differs_in_its_palette_alone),
        cmocka_unit_test(ink_stands_out_from_paper_in_both_palettes),
        cmocka_unit_test(another_id_deployment_or_day_gives_another_picture_and_code),
        cmocka_unit_test(too_little_room_is_an_error_and_nothing_is_written_behind_it),
        cmocka_unit_test(each_day_has_a_style_of_its_own),
        cmocka_unit_test(every_face_is_drawn_as_often),
        cmocka_unit_test(a_picture_costs_less_than_zlib_takes_to_pack_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
