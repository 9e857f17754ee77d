/* Cleaning, counting and composing what a person typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "smpp/text/text.h"

static void cleans(const char *typed, const char *clean)
{
    char out[TEXT_ROOM];
    assert_int_equal(text_clean(out, sizeof out, typed, strlen(typed)), strlen(clean));
    assert_string_equal(out, clean);
}

static void line_ends_become_one_kind(void **state)
{
    (void)state;
    cleans("a\r\nb\rc\nd\xc2\x85"
           "e\u2028f\u2029g",
           "a\nb\nc\nd\ne\nf\ng");
    cleans("\r\r\n\n", "\n\n\n");
}

static void controls_go_and_a_tab_is_a_space(void **state)
{
    (void)state;
    cleans("a\x1b"
           "e\x07\x7f\tb\f",
           "ae b\f");
    char out[16];
    assert_int_equal(text_clean(out, sizeof out, "a\0b", 3), 2);
    assert_string_equal(out, "ab");
}

static void what_nobody_sees_goes(void **state)
{
    (void)state;
    cleans("ho\u200bla\u00ad\ufeff\u202e\u2066\u061c\U000e0041\u3164", "hola");
}

static void joiners_stay_where_they_join(void **state)
{
    (void)state;
    cleans("👨\u200d👩 a\u200db क\u094d\u200dष ❤\ufe0f a\ufe0f 1\ufe0f\u20e3",
           "👨\u200d👩 ab क\u094d\u200dष ❤\ufe0f a 1\ufe0f\u20e3");
}

static void accents_are_composed_in_canonical_order(void **state)
{
    (void)state;
    cleans("man\u0303ana a\u0301\u0323 \u212b \u1112\u1161\u11ab \u0344 \uf900",
           "mañana ạ\u0301 Å 한 \u0308\u0301 \u8c48");
    cleans("x\u0301\u200b e\u200b\u0301", "x\u0301 é");
}

static void what_is_not_utf8_becomes_a_replacement_character(void **state)
{
    (void)state;
    cleans("a\xff\xc3(\xed\xa0\x80\xe2\x82", "a\ufffd\ufffd(\ufffd\ufffd\ufffd\ufffd");
    cleans("\ufdd0\uffff", "\ufffd\ufffd");
}

static void too_little_room_is_said(void **state)
{
    (void)state;
    char out[5];
    assert_int_equal(text_clean(out, sizeof out, "abcd", 4), 4);
    assert_int_equal(text_clean(out, sizeof out, "abcde", 5), -ENOSPC);
    assert_int_equal(text_clean(out, sizeof out, "ab\u00f1\u00f1", 6), -ENOSPC);
    assert_int_equal(text_clean(out, 0, "", 0), -ENOSPC);
    char huge[2 * TEXT_ROOM];
    memset(huge, 'a', sizeof huge);
    assert_int_equal(text_chars(huge, sizeof huge), -EMSGSIZE);
}

static void a_thousand_marks_are_ordered_in_no_time(void **state)
{
    (void)state;
    char typed[TEXT_ROOM] = "a", out[TEXT_ROOM];
    for (size_t at = 1; at + 4 < sizeof typed - 3; at += 4)
        memcpy(typed + at, "\u0301\u0323", 4);
    assert_true(text_clean(out, sizeof out, typed, strlen(typed)) > 4000);
    assert_memory_equal(out, "ạ\u0323", 5);
}

static void characters_are_code_points_of_the_composed_text(void **state)
{
    (void)state;
    assert_int_equal(text_chars("n\u0303\r\n😀\u200b", strlen("n\u0303\r\n😀\u200b")), 3);
    assert_int_equal(text_chars("", 0), 0);
}

static void the_first_message_ends_in_the_notice(void **state)
{
    (void)state;
    char out[40];
    assert_int_equal(text_compose(out, sizeof out, "Ana", "hola", "Responde aqui"), 29);
    assert_string_equal(out, "Ana (web): hola\nResponde aqui");
    assert_int_equal(text_compose(out, sizeof out, "Ana", "hola", NULL), 15);
    assert_int_equal(text_compose(out, sizeof out, "Ana", "hola", ""), 15);
    assert_string_equal(out, "Ana (web): hola");
    assert_int_equal(text_compose(out, 15, "Ana", "hola", NULL), -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends_become_one_kind),
        cmocka_unit_test(controls_go_and_a_tab_is_a_space),
        cmocka_unit_test(what_nobody_sees_goes),
        cmocka_unit_test(joiners_stay_where_they_join),
        cmocka_unit_test(accents_are_composed_in_canonical_order),
        cmocka_unit_test(what_is_not_utf8_becomes_a_replacement_character),
        cmocka_unit_test(too_little_room_is_said),
        cmocka_unit_test(a_thousand_marks_are_ordered_in_no_time),
        cmocka_unit_test(characters_are_code_points_of_the_composed_text),
        cmocka_unit_test(the_first_message_ends_in_the_notice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
