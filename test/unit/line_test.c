/* Facts about one line of the text protocol: smpp/wire/line.h and the grammar
 * of smpp/PROTOCOL.md. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/wire/line.h"

static char text[2 * LINE_MAX_OCTETS];

static int parse(struct line *line, const char *written)
{
    size_t len = strlen(written);
    memcpy(text, written, len + 1);
    return line_parse(line, text, len);
}

static void a_line_has_a_verb_a_tag_and_fields(void **state)
{
    (void)state;
    struct line line;
    assert_int_equal(parse(&line, "send 7a mobile=8095551234 text=Hola%20mundo\n"), 0);
    assert_string_equal(line.verb, "send");
    assert_string_equal(line.tag, "7a");
    assert_int_equal(line.fields, 2);
    assert_string_equal(line_get(&line, "mobile"), "8095551234");
    assert_string_equal(line_get(&line, "text"), "Hola mundo");
    assert_null(line_get(&line, "name"));
}

static void news_carry_no_tag(void **state)
{
    (void)state;
    struct line line;
    assert_int_equal(parse(&line, "news session=ab last=3"), 0);
    assert_string_equal(line.tag, "");
    assert_int_equal(line_number(&line, "last", -1), 3);
}

static void a_value_may_be_empty_and_hold_an_equals_sign(void **state)
{
    (void)state;
    struct line line;
    assert_int_equal(parse(&line, "v 1 a= b=x=y"), 0);
    assert_string_equal(line_get(&line, "a"), "");
    assert_string_equal(line_get(&line, "b"), "x=y");
}

static void hex_digits_may_be_of_either_case(void **state)
{
    (void)state;
    struct line line;
    assert_int_equal(parse(&line, "v 1 a=%c3%A1%0A%7f"), 0);
    assert_string_equal(line_get(&line, "a"), "\xc3\xa1\n\x7f");
}

static void every_break_of_the_grammar_is_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "",
        "\n",
        " v 1",
        "v  1",
        "v 1 ",
        "V 1",
        "v! 1",
        "v 1 a",
        "v 1 =x",
        "v 1 A=x",
        "v 1 a_b=x",
        "v 1 a=%",
        "v 1 a=%4",
        "v 1 a=%4g",
        "v 1 a=%g4",
        "v 1 a=%00",
        "v 1 a=x a=y",
        "v 1 2",
        "v 12345678901234567", /* a tag has at most 16 */
        "v t\xc3\xa1g",
        "v 1 a=x\ty",
        "v 1 a=x\ry",
        "v 1 a=\x7f",
        "v 1 a=x\ny=z",
        "abcdefghijklmnopqrstuvwxyz1234567 1", /* a verb has at most 32 */
        "v 1 abcdefghijklmnopqrstuvwxyz1234567=x",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct line line;
        if (parse(&line, broken[i]) != -EINVAL)
            fail_msg("accepted: %s", broken[i]);
    }
}

static void a_nul_inside_a_line_is_refused(void **state)
{
    (void)state;
    struct line line;
    char nul[] = "v 1 a=x\0y";
    assert_int_equal(line_parse(&line, nul, sizeof nul - 1), -EINVAL);
}

static void the_longest_tag_verb_and_name_are_accepted(void **state)
{
    (void)state;
    struct line line;
    assert_int_equal(parse(&line, "abcdefghijklmnopqrstuvwxyz123456 1234567890abcDEF "
                                  "abcdefghijklmnopqrstuvwxyz123456=x"),
                     0);
    assert_string_equal(line.tag, "1234567890abcDEF");
}

static void more_fields_than_may_be_are_refused(void **state)
{
    (void)state;
    struct line line;
    char many[400] = "v 1";
    for (int i = 0; i < LINE_FIELDS; i++)
        sprintf(many + strlen(many), " f%d=", i);
    assert_int_equal(parse(&line, many), 0);
    assert_int_equal(line.fields, LINE_FIELDS);
    strcat(many, " last=");
    assert_int_equal(parse(&line, many), -E2BIG);
}

static void a_line_has_at_most_8192_octets_with_its_lf(void **state)
{
    (void)state;
    struct line line;
    char *longest = text;
    memset(longest, 'x', LINE_MAX_OCTETS);
    memcpy(longest, "v 1 a=", 6);
    longest[LINE_MAX_OCTETS - 1] = '\n';
    assert_int_equal(line_parse(&line, longest, LINE_MAX_OCTETS), 0);
    assert_int_equal(strlen(line_get(&line, "a")), LINE_MAX_OCTETS - 7);
    memset(longest, 'x', LINE_MAX_OCTETS);
    memcpy(longest, "v 1 a=", 6);
    assert_int_equal(line_parse(&line, longest, LINE_MAX_OCTETS), -E2BIG);
}

static void a_number_of_any_length_comes_back(void **state)
{
    (void)state;
    for (int64_t ten = 1; ten <= 100000000000000000; ten *= 10)
        for (int64_t number = ten - 1; number <= ten + 1; number++) {
            char out[64];
            struct line_writer w;
            struct line line;
            line_begin(&w, out, sizeof out);
            line_verb(&w, "event", NULL);
            line_put_number(&w, "n", number);
            assert_int_equal(line_parse(&line, out, (size_t)line_end(&w)), 0);
            assert_int_equal(line_number(&line, "n", -1), number);
        }
}

static void only_plain_decimals_are_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t number;
    } cases[] = {
        {"0", 0},
        {"007", 7},
        {"999999999999999999", 999999999999999999},
        {"1000000000000000000", -5},
        {"", -5},
        {"-1", -5},
        {"+1", -5},
        {"1%20", -5},
        {"0x10", -5},
        {"1.5", -5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line;
        char written[64];
        snprintf(written, sizeof written, "v 1 n=%s", cases[i].value);
        assert_int_equal(parse(&line, written), 0);
        assert_int_equal(line_number(&line, "n", -5), cases[i].number);
    }
    struct line line;
    assert_int_equal(parse(&line, "v 1"), 0);
    assert_int_equal(line_number(&line, "n", -5), -5);
}

static void what_is_written_is_read_back_unchanged(void **state)
{
    (void)state;
    char every[256] = "", out[LINE_MAX_OCTETS];
    for (int i = 1; i < 256; i++)
        every[i - 1] = (char)i;
    struct line_writer w;
    line_begin(&w, out, sizeof out);
    line_verb(&w, "send", "x1");
    line_put(&w, "all", every);
    line_put(&w, "empty", "");
    line_put(&w, "none", NULL);
    line_put_number(&w, "least", INT64_MIN);
    line_put_number(&w, "most", INT64_MAX);
    int len = line_end(&w);
    assert_int_equal(len, strlen(out));
    for (int i = 0; i < len - 1; i++)
        assert_true((unsigned char)out[i] >= ' ' && out[i] != 0x7f);
    struct line line;
    assert_int_equal(line_parse(&line, out, (size_t)len), 0);
    assert_string_equal(line.tag, "x1");
    assert_string_equal(line_get(&line, "all"), every);
    assert_string_equal(line_get(&line, "empty"), "");
    assert_null(line_get(&line, "none"));
    assert_string_equal(line_get(&line, "least"), "-9223372036854775808");
    assert_string_equal(line_get(&line, "most"), "9223372036854775807");
}

/* Whatever the room, the writer stays inside of it and says whether all is there. */
/* Values are looked at eight octets at a time. */
static void each_octet_comes_back_from_wherever_it_stands(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 17; at++)
        for (int octet = 1; octet < 256; octet++) {
            char value[18] = "aaaaaaaaaaaaaaaaa", out[64];
            bool escaped = octet <= ' ' || octet == 0x7f || octet == '%';
            struct line_writer w;
            struct line line;
            value[at] = (char)octet;
            line_begin(&w, out, sizeof out);
            line_verb(&w, "v", NULL);
            line_put(&w, "x", value);
            assert_int_equal(line_end(&w), escaped ? 24 : 22);
            assert_int_equal(line_parse(&line, out, w.len), 0);
            assert_string_equal(line_get(&line, "x"), value);
        }
}

static void a_writer_without_room_stays_full_and_inside(void **state)
{
    (void)state;
    static const char whole[] = "ok 1 text=a%20b n=-12\n";
    for (size_t room = 1; room < sizeof whole + 4; room++) {
        char out[64];
        memset(out, '#', sizeof out);
        struct line_writer w;
        line_begin(&w, out, room);
        line_verb(&w, "ok", "1");
        line_put(&w, "text", "a b");
        line_put_number(&w, "n", -12);
        int len = line_end(&w);
        assert_int_equal(len, room >= sizeof whole ? (int)sizeof whole - 1 : -E2BIG);
        assert_int_equal(out[room], '#');
        assert_true(strlen(out) < room);
    }
}

static void several_lines_may_follow_each_other(void **state)
{
    (void)state;
    char out[64];
    struct line_writer w;
    line_begin(&w, out, sizeof out);
    line_verb(&w, "a", NULL);
    assert_int_equal(line_end(&w), 2);
    line_verb(&w, "b", "1");
    assert_int_equal(line_end(&w), 6);
    assert_string_equal(out, "a\nb 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_a_verb_a_tag_and_fields),
        cmocka_unit_test(news_carry_no_tag),
        cmocka_unit_test(a_value_may_be_empty_and_hold_an_equals_sign),
        cmocka_unit_test(hex_digits_may_be_of_either_case),
        cmocka_unit_test(every_break_of_the_grammar_is_refused),
        cmocka_unit_test(a_nul_inside_a_line_is_refused),
        cmocka_unit_test(the_longest_tag_verb_and_name_are_accepted),
        cmocka_unit_test(more_fields_than_may_be_are_refused),
        cmocka_unit_test(a_line_has_at_most_8192_octets_with_its_lf),
        cmocka_unit_test(a_number_of_any_length_comes_back),
        cmocka_unit_test(only_plain_decimals_are_numbers),
        cmocka_unit_test(what_is_written_is_read_back_unchanged),
        cmocka_unit_test(each_octet_comes_back_from_wherever_it_stands),
        cmocka_unit_test(a_writer_without_room_stays_full_and_inside),
        cmocka_unit_test(several_lines_may_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
