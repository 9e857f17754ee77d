/* Facts about smpp/storer/given.h: who was given which answer, in a mobile's routes. */
#include "test/unit/route_fixture.h"

#include <string.h>

/* Written and read again. */
static struct given *over_memcached(void)
{
    static struct routes again;
    char value[ROUTE_VALUE_MAX];
    int len = route_write(&routes, value, sizeof value);
    assert_true(len > 0);
    assert_int_equal(route_read(&again, value, (size_t)len), 0);
    return &again.given;
}

static int nobody_was_given_any(void **state)
{
    routes.given = (struct given){0};
    return fresh_mobile(state);
}

static void what_one_was_given_is_known_to_all(void **state)
{
    (void)state;
    given_note(&routes.given, "first", 0x1122334455667788, hour);
    given_note(&routes.given, "second", 0x99, hour);
    struct given *given = over_memcached();
    assert_int_equal(given->count, 2);
    assert_string_equal(given->to[0].instance, "first");
    assert_true(given_has(&given->to[0], 0x1122334455667788));
    assert_false(given_has(&given->to[0], 0x99));
    assert_true(given_has(&given->to[1], 0x99));
}

static void what_is_given_later_is_later_whatever_the_clock_says(void **state)
{
    (void)state;
    int64_t first = given_note(&routes.given, "first", 7, hour);
    assert_int_equal(first, hour);
    int64_t after = given_note(over_memcached(), "second", 7, hour - minute);
    assert_true(after > first);
}

static void routes_are_read_as_before_with_and_without_them(void **state)
{
    (void)state;
    char code[ROUTE_CODE_ROOM];
    (void)snprintf(code, sizeof code, "%s", taken_by("ana", 2, hour)->code);
    assert_int_equal(over_memcached()->count, 0);
    given_note(&routes.given, "first", 7, hour);
    assert_int_equal(over_memcached()->count, 1);
    assert_string_equal(taken_by("ana", 2, hour + minute)->code, code);
}

static void the_oldest_makes_room_and_one_said_again_takes_none(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= GIVEN_ANSWERS; i++)
        given_note(&routes.given, "first", i, hour);
    given_note(&routes.given, "first", 2, hour);
    assert_true(given_has(&over_memcached()->to[0], 1));
    given_note(&routes.given, "first", GIVEN_ANSWERS + 1, hour);
    struct given *given = over_memcached();
    assert_false(given_has(&given->to[0], 1));
    for (uint64_t i = 2; i <= GIVEN_ANSWERS + 1; i++)
        assert_true(given_has(&given->to[0], i));
}

static void of_too_many_smppd_the_first_is_forgotten(void **state)
{
    (void)state;
    char name[GIVEN_INSTANCE_ROOM];
    for (unsigned i = 0; i <= GIVEN_TO; i++) {
        (void)snprintf(name, sizeof name, "smppd-%u", i);
        given_note(&routes.given, name, 7, hour);
    }
    struct given *given = over_memcached();
    assert_int_equal(given->count, GIVEN_TO);
    assert_string_equal(given->to[0].instance, "smppd-1");
}

static void a_line_that_breaks_the_form_is_passed_over(void **state)
{
    (void)state;
    static char value[ROUTE_VALUE_MAX];
    int len = snprintf(value, sizeof value,
                       "routes v=1\ngiven to=first\ngiven answers=00000001\n"
                       "given to=first answers=123\ngiven to=%0*d answers=00000001\n"
                       "given to=first answers=%0*d\ngiven to=second answers=00000001\n",
                       GIVEN_INSTANCE_ROOM, 1, (GIVEN_ANSWERS + 1) * GIVEN_DIGEST, 1);
    assert_int_equal(route_read(&routes, value, (size_t)len), 0);
    assert_int_equal(routes.given.count, 1);
    assert_true(given_has(&routes.given.to[0], 1));
}

static void of_more_smppd_than_are_remembered_the_first_are_read(void **state)
{
    (void)state;
    static char value[ROUTE_VALUE_MAX];
    int len = snprintf(value, sizeof value, "routes v=1\n");
    for (unsigned i = 0; i <= GIVEN_TO; i++)
        len += snprintf(value + len, sizeof value - (size_t)len,
                        "given to=smppd-%u answers=00000001\n", i);
    assert_int_equal(route_read(&routes, value, (size_t)len), 0);
    assert_int_equal(routes.given.count, GIVEN_TO);
}

#define TEST(name) cmocka_unit_test_setup(name, nobody_was_given_any)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_one_was_given_is_known_to_all),
        TEST(what_is_given_later_is_later_whatever_the_clock_says),
        TEST(routes_are_read_as_before_with_and_without_them),
        TEST(the_oldest_makes_room_and_one_said_again_takes_none),
        TEST(of_too_many_smppd_the_first_is_forgotten),
        TEST(a_line_that_breaks_the_form_is_passed_over),
        TEST(of_more_smppd_than_are_remembered_the_first_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
