/* Facts about smpp/storer/route.h: a line put back beside what others have put back. */
#include "test/unit/route_fixture.h"

#include <errno.h>
#include <string.h>

static void a_merge_keeps_what_was_used_later(void **state)
{
    (void)state;
    struct route mine = *taken_by("ana", 1, hour);
    taken_by("luis", 1, 2 * hour);
    assert_int_equal(route_merge(&routes, &mine), 0);
    assert_string_equal(routes.route[0].session, "luis");
    struct route newer = routes.route[0];
    newer.until += minute;
    assert_int_equal(route_merge(&routes, &newer), 0);
    assert_int_equal(routes.route[0].until, newer.until);
}

static void a_merge_does_not_bring_back_what_has_ended(void **state)
{
    (void)state;
    struct route live = *taken_by("ana", 1, hour), ended = live, *there;
    ended.ended = true;
    ended.until = hour + minute;
    for (int turn = 0; turn < 2; turn++) {
        routes.count = 0;
        assert_int_equal(route_merge(&routes, turn ? &ended : &live), 0);
        assert_int_equal(route_merge(&routes, turn ? &live : &ended), 0);
        assert_int_equal(route_judge(&routes, live.code, hour + 1, 2000, &there), ROUTE_LATE);
        assert_int_equal(there->until, ended.until);
    }
    struct route *next = taken_by("ana", 1, hour + 2);
    assert_string_equal(next->code, live.code);
    assert_true(route_is_live(next, hour + 3));
}

static void of_two_visitors_a_merge_keeps_the_later_one_and_remembers_the_other(void **state)
{
    (void)state;
    struct route ana = *taken_by("ana", 1, hour);
    struct route luis = *taken_by("luis", 1, 2 * hour);
    struct route *there;
    luis.before_until = luis.seen = 0; /* as a spool knows them */
    luis.before_name[0] = '\0';
    for (int turn = 0; turn < 2; turn++) {
        routes.count = 0;
        assert_int_equal(route_merge(&routes, turn ? &ana : &luis), 0);
        assert_int_equal(route_merge(&routes, turn ? &luis : &ana), 0);
        assert_int_equal(route_judge(&routes, ana.code, 2 * hour + 1, 2000, &there), ROUTE_HANDED);
        assert_string_equal(there->session, "luis");
        assert_string_equal(there->before_name, ana.name);
    }
}

static void what_either_knows_of_one_conversation_both_know_after_a_merge(void **state)
{
    struct route mine = *taken_by("ana", 1, hour), *there = &routes.route[0];
    (void)state;
    mine.last = hour + minute;
    mine.seen = hour + 2 * second;
    mine.answered = true;
    mine.before_until = 2 * second;
    (void)snprintf(mine.before_name, sizeof mine.before_name, "luis");
    assert_int_equal(route_merge(&routes, &mine), 0);
    assert_memory_equal(there, &mine, sizeof mine);
    struct route less = {
        .until = mine.until, .last = hour, .seen = hour + minute, .before_until = second};
    memcpy(less.code, mine.code, sizeof less.code);
    memcpy(less.conversation, mine.conversation, sizeof less.conversation);
    assert_int_equal(route_merge(&routes, &less), 0);
    less.seen = 0;
    assert_int_equal(route_merge(&routes, &less), 0);
    assert_memory_equal(there, &mine, sizeof mine);
    less.seen = hour + second; /* whoever saw it first is right */
    assert_int_equal(route_merge(&routes, &less), 0);
    assert_true(there->seen == hour + second);
}

static void a_visitors_own_conversation_of_before_makes_a_code_nobody_elses(void **state)
{
    struct route before = *taken_by("ana", 1, hour), *there;
    (void)state;
    taken_by("ana", 1, 2 * hour);
    assert_int_equal(route_merge(&routes, &before), 0);
    assert_int_equal(route_judge(&routes, before.code, 2 * hour, 2000, &there), ROUTE_LIVE);
}

static void of_several_before_a_merge_remembers_the_last_one(void **state)
{
    struct route ana = *taken_by("ana", 1, hour), luis = *taken_by("luis", 1, 2 * hour), *there;
    (void)state;
    taken_by("eva", 1, 3 * hour);
    assert_int_equal(route_merge(&routes, &ana), 0);
    assert_int_equal(route_judge(&routes, ana.code, 3 * hour, 2000, &there), ROUTE_HANDED);
    assert_string_equal(there->before_name, luis.name);
}

static void who_has_a_code_puts_it_back_where_it_was_reserved(void **state)
{
    (void)state;
    struct route ana = *taken_by("ana", 1, hour);
    routes.count = 0;
    route_reserve(&routes, ana.code, hour + 5 * minute);
    assert_int_equal(route_merge(&routes, &ana), 0);
    assert_int_equal(judge(ana.code, hour + minute), ROUTE_LIVE);
}

static void it_stays_reserved_where_what_had_it_before_is_put_back(void **state)
{
    (void)state;
    struct route ana = *taken_by("ana", 1, hour);
    routes.count = 0;
    route_reserve(&routes, ana.code, 3 * hour);
    assert_int_equal(route_merge(&routes, &ana), 0);
    assert_int_equal(claim("eva", 1, 2 * hour, &(struct route *){0}, &(bool){0}, &(int64_t){0}),
                     -EBUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_merge_keeps_what_was_used_later, fresh_mobile),
        cmocka_unit_test_setup(a_merge_does_not_bring_back_what_has_ended, fresh_mobile),
        cmocka_unit_test_setup(of_two_visitors_a_merge_keeps_the_later_one_and_remembers_the_other,
                               fresh_mobile),
        cmocka_unit_test_setup(what_either_knows_of_one_conversation_both_know_after_a_merge,
                               fresh_mobile),
        cmocka_unit_test_setup(a_visitors_own_conversation_of_before_makes_a_code_nobody_elses,
                               fresh_mobile),
        cmocka_unit_test_setup(of_several_before_a_merge_remembers_the_last_one, fresh_mobile),
        cmocka_unit_test_setup(it_stays_reserved_where_what_had_it_before_is_put_back,
                               fresh_mobile),
        cmocka_unit_test_setup(who_has_a_code_puts_it_back_where_it_was_reserved, fresh_mobile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
