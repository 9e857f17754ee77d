/* Facts about smpp/storer/route.h: what of a mobile is written, read back and forgotten. */
#include "test/unit/route_fixture.h"

#include <errno.h>
#include <string.h>

static void values_survive_writing_and_reading(void **state)
{
    (void)state;
    static char value[ROUTE_VALUE_MAX + 1];
    struct routes again = {.hour = 1};
    for (int i = 0; i < 5; i++)
        taken_by(i % 2 ? "José Ñ 100%" : "b", 4, hour + i * 10 * minute);
    struct route *whole = taken_by("c", 1, 3 * hour);
    whole->seen = 3 * hour + 1;
    whole->reserved = 3 * hour + 2;
    whole->answered = whole->ended = true;
    int len = route_write(&routes, value, sizeof value);
    assert_true(len > 0);
    assert_int_equal(route_read(&again, value, (size_t)len), 0);
    assert_int_equal(again.count, routes.count);
    assert_true(again.hour == 3 && again.sent == 1);
    for (unsigned i = 0; i < routes.count; i++)
        assert_memory_equal(&again.route[i], &routes.route[i], sizeof again.route[i]);
}

static void a_value_that_is_none_is_refused(void **state)
{
    (void)state;
    char value[] = "transcript v=1 last=0\n";
    assert_int_equal(route_read(&routes, value, strlen(value)), -EINVAL);
    char later[] = "routes v=2\n";
    assert_int_equal(route_read(&routes, later, strlen(later)), -EINVAL);
    char nothing[] = "\n=\n";
    assert_int_equal(route_read(&routes, nothing, strlen(nothing)), -EINVAL);
    assert_int_equal(route_read(&routes, nothing, 0), 0);
    assert_int_equal(routes.count, 0);
}

static void lines_that_are_no_routes_are_passed_over(void **state)
{
    char value[] = "routes v=1\n"
                   "route code=2000 session=b until=1 last=1\n"
                   "route code=2000 conversation=a until=1 last=1\n"
                   "route conversation=a session=b until=1 last=1\n"
                   "route code= conversation=a session=b until=1 last=1\n"
                   "=\n"
                   "road code=2001 conversation=a session=b until=1 last=1\n"
                   "route code=2002 conversation=a session=b until=1 last=1\n"
                   "route code=2002 conversation=c session=d until=2 last=2\n"
                   "given to=one at=1 answers=1234567\n"
                   "gift to=one at=1 answers=12345678\n"
                   "route code=2003 conversation=a session=b until=1 last=1";
    (void)state;
    assert_int_equal(route_read(&routes, value, strlen(value)), 0);
    assert_int_equal(routes.count, 2);
    assert_string_equal(routes.route[0].code, "2002");
    assert_string_equal(routes.route[0].conversation, "a");
    assert_string_equal(routes.route[1].code, "2003");
    assert_int_equal(routes.given.count, 0);
}

static void of_more_routes_than_there_is_room_for_the_first_are_read(void **state)
{
    static char value[ROUTE_VALUE_MAX];
    int len = snprintf(value, sizeof value, "routes v=1\n");
    (void)state;
    for (unsigned i = 0; i <= ROUTE_CODES; i++)
        len += snprintf(value + len, sizeof value - (size_t)len,
                        "route code=%u conversation=a session=b until=1 last=1\n", i);
    assert_int_equal(route_read(&routes, value, (size_t)len), 0);
    assert_int_equal(routes.count, ROUTE_CODES);
}

static void what_does_not_fit_is_not_written(void **state)
{
    char value[ROUTE_VALUE_MAX];
    (void)state;
    taken_by("ana", 1, hour);
    int len = route_write(&routes, value, sizeof value);
    assert_int_equal(route_write(&routes, value, (size_t)len - 1), -E2BIG);
}

static void sixty_four_codes_fit_a_value(void **state)
{
    (void)state;
    static char value[ROUTE_VALUE_MAX + 1];
    routes.count = ROUTE_CODES;
    for (unsigned i = 0; i < ROUTE_CODES; i++) {
        struct route *route = &routes.route[i];
        *route = (struct route){.until = INT64_C(1795392000123),
                                .last = INT64_C(1795392000123),
                                .before_until = INT64_C(1795392000123),
                                .seen = INT64_C(1795392000123),
                                .reserved = INT64_C(1795392000123),
                                .answered = true,
                                .ended = true};
        (void)snprintf(route->code, sizeof route->code, "%015u", i);
        memset(route->conversation, 'a', 32);
        memset(route->session, 'b', 32);
        memset(route->name, '%', 20);
        memset(route->before_name, '%', 20);
    }
    assert_true(route_write(&routes, value, sizeof value) > 0);
}

static void a_pair_is_forgotten_after_its_memory(void **state)
{
    (void)state;
    taken_by("ana", 2, hour);
    taken_by("luis", 2, 2 * hour);
    route_forget(&routes, hour + 5 * minute + 24 * hour, 24 * hour);
    assert_int_equal(judge(codes[0], 26 * hour), ROUTE_NONE);
    assert_int_equal(judge(codes[1], 26 * hour), ROUTE_LATE);
    assert_int_equal(routes.count, 1);
}

static void whoever_had_a_code_before_is_forgotten_after_the_same_time(void **state)
{
    (void)state;
    taken_by("ana", 1, hour);
    struct route *route = taken_by("luis", 1, 2 * hour);
    int64_t over = hour + 5 * minute + 24 * hour;
    route->until = over;
    route_forget(&routes, over - 1, 24 * hour);
    assert_int_equal(judge(codes[0], over - 1), ROUTE_HANDED);
    route_forget(&routes, over, 24 * hour);
    assert_int_equal(judge(codes[0], over - 1), ROUTE_LIVE);
    assert_string_equal(route->before_name, "");
}

static void a_value_is_needed_for_as_long_as_the_last_of_its_routes(void **state)
{
    (void)state;
    assert_true(route_last_until(&routes) == 0);
    taken_by("ana", 3, 2 * hour);
    taken_by("luis", 3, 3 * hour);
    taken_by("eva", 3, hour);
    assert_true(route_last_until(&routes) == 3 * hour + 5 * minute);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(values_survive_writing_and_reading, fresh_mobile),
        cmocka_unit_test_setup(a_value_that_is_none_is_refused, fresh_mobile),
        cmocka_unit_test_setup(lines_that_are_no_routes_are_passed_over, fresh_mobile),
        cmocka_unit_test_setup(of_more_routes_than_there_is_room_for_the_first_are_read,
                               fresh_mobile),
        cmocka_unit_test_setup(what_does_not_fit_is_not_written, fresh_mobile),
        cmocka_unit_test_setup(sixty_four_codes_fit_a_value, fresh_mobile),
        cmocka_unit_test_setup(a_pair_is_forgotten_after_its_memory, fresh_mobile),
        cmocka_unit_test_setup(whoever_had_a_code_before_is_forgotten_after_the_same_time,
                               fresh_mobile),
        cmocka_unit_test_setup(a_value_is_needed_for_as_long_as_the_last_of_its_routes,
                               fresh_mobile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
