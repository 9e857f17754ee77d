// A mobile's number, however a visitor types it.
#include "mod_smsinteractivo/guard/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct {
    const char *typed;
    enum number_fault fault;
} wrong[] = {
    {"", NUMBER_MISSING},
    {"   ", NUMBER_MISSING},
    {"\xE2\x80\x8B", NUMBER_MISSING}, /* a zero-width space */
    {"hola", NUMBER_CHARACTER},
    {"()", NUMBER_CHARACTER},
    {"809+5551234", NUMBER_CHARACTER},
    {"8095551234x", NUMBER_CHARACTER},
    {"809-555-1234\r\nset x", NUMBER_CHARACTER},
    {"555-1234", NUMBER_SEVEN},
    {"809 5", NUMBER_SHORT},
    {"809555123", NUMBER_SHORT},
    {"1809555123", NUMBER_FOREIGN},
    {"80955512345", NUMBER_LONG},
    {"28095551234", NUMBER_LONG},
    {"99999999999999999999999999999999999999999999999999999999999999", NUMBER_LONG},
    {"2125551234", NUMBER_FOREIGN},
    {"8195551234", NUMBER_FOREIGN},
    {"8085551234", NUMBER_FOREIGN},
    {"8091551234", NUMBER_OTHER},
    {"8490551234", NUMBER_OTHER},
};

static void each_fault_is_told_by_its_name(void **state)
{
    (void)state;
    char out[NUMBER_ROOM];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        strcpy(out, "untouched");
        enum number_fault fault = number_parse(wrong[i].typed, out);
        if (fault != wrong[i].fault)
            fail_msg("%s: %s", wrong[i].typed, number_fault_text(fault));
        assert_string_equal(out, "untouched");
        assert_non_null(number_fault_text(fault));
    }
}

static void usual_ways_of_typing_are_one_number(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "8095551234",
        "809-555-1234",
        "(809) 555-1234",
        "809.555.1234",
        "809 555 1234",
        "+1 809 555 1234",
        "1-809-555-1234",
        " +18095551234 ",
        "1 (809) 5551234",
        "809/555-1234",
        "\xEF\xBC\x98"
        "095551234", /* an 8 of full width */
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char out[NUMBER_ROOM];
        assert_int_equal(number_parse(ways[i], out), NUMBER_FINE);
        assert_string_equal(out, "8095551234");
    }
}

static void all_three_areas_are_dominican(void **state)
{
    (void)state;
    char out[NUMBER_ROOM];
    assert_int_equal(number_parse("8092551234", out), NUMBER_FINE);
    assert_int_equal(number_parse("8299551234", out), NUMBER_FINE);
    assert_int_equal(number_parse("8495551234", out), NUMBER_FINE);
}

static void it_is_shown_with_dashes(void **state)
{
    (void)state;
    char out[13];
    number_shown("8095551234", out);
    assert_string_equal(out, "809-555-1234");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_ways_of_typing_are_one_number),
        cmocka_unit_test(all_three_areas_are_dominican),
        cmocka_unit_test(it_is_shown_with_dashes),
        cmocka_unit_test(each_fault_is_told_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
