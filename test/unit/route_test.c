/* Facts about smpp/storer/route.h: who gets which code, and whose an answer is. */
#include "test/unit/route_fixture.h"

#include <errno.h>
#include <string.h>

static void two_visitors_get_two_codes(void **state)
{
    (void)state;
    char first[ROUTE_CODE_ROOM];
    (void)snprintf(first, sizeof first, "%s", taken_by("ana", 2, hour)->code);
    assert_string_not_equal(taken_by("luis", 2, hour)->code, first);
}

static void the_same_visitor_keeps_the_live_conversation(void **state)
{
    (void)state;
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    char conversation[ROUTE_ID_ROOM];
    (void)snprintf(conversation, sizeof conversation, "%s", taken_by("ana", 4, hour)->conversation);
    assert_int_equal(claim("ana", 4, hour + 4 * minute, &taken, &fresh, &retry_at), 0);
    assert_false(fresh);
    assert_string_equal(taken->conversation, conversation);
    assert_int_equal(taken->until, hour + 9 * minute);
}

static void copy_session(unsigned i, const char *session)
{
    (void)snprintf(routes.route[i].session, sizeof routes.route[i].session, "%s", session);
}

static void after_the_end_the_same_visitor_gets_the_same_code_anew(void **state)
{
    (void)state;
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    taken_by("luis", 4, hour);
    char code[ROUTE_CODE_ROOM];
    (void)snprintf(code, sizeof code, "%s", taken_by("ana", 4, hour)->code);
    assert_int_equal(claim("ana", 4, hour + 6 * minute, &taken, &fresh, &retry_at), 0);
    assert_true(fresh);
    assert_string_equal(taken->code, code);
    assert_int_equal(judge(code, hour + 6 * minute), ROUTE_LIVE); /* it can only be for her */
}

static void of_codes_a_visitor_had_before_the_one_used_last_comes_again(void **state)
{
    (void)state;
    struct route_wish wish;
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    taken_by("ana", 2, hour);
    taken_by("luis", 2, hour);
    copy_session(1, "ana");
    routes.route[0].last++;
    assert_string_equal(taken_by("ana", 2, 2 * hour)->code, codes[0]);
    routes.route[1].last = 2 * hour + 1;
    assert_string_equal(taken_by("ana", 2, 150 * minute)->code, codes[1]);
    wish = wish_of("ana", 1, 3 * hour); /* that one is out of the pool by now, though carried */
    wish.carried = 2;
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), 0);
    assert_string_equal(taken->code, codes[0]);
}

static void a_code_never_used_comes_before_one_used_long_ago(void **state)
{
    (void)state;
    taken_by("ana", 2, hour);
    assert_string_equal(taken_by("luis", 3, 20 * hour)->code, codes[1]);
}

static void of_used_codes_the_least_recently_used_is_taken(void **state)
{
    (void)state;
    taken_by("a", 3, hour);
    taken_by("b", 3, hour + minute);
    taken_by("c", 3, hour + 2 * minute);
    taken_by("a", 3, hour + 4 * minute); /* now b was used longest ago */
    assert_string_equal(taken_by("d", 3, 2 * hour)->code, codes[1]);
}

static void live_pairs_are_never_taken_and_the_wait_is_told(void **state)
{
    (void)state;
    struct route *taken;
    bool fresh;
    int64_t retry_at = 0;
    taken_by("a", 2, hour);
    taken_by("b", 2, hour + minute);
    assert_int_equal(claim("c", 2, hour + 2 * minute, &taken, &fresh, &retry_at), -EBUSY);
    assert_int_equal(retry_at, hour + 5 * minute);
    struct route_wish wish = wish_of("c", 1, hour + 2 * minute);
    wish.codes = (const char(*)[ROUTE_CODE_ROOM])codes + 1; /* the first one is no help */
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), -EBUSY);
    assert_int_equal(retry_at, hour + 6 * minute);
}

static void codes_on_links_that_are_up_come_first(void **state)
{
    (void)state;
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    taken_by("a", 1, hour);
    struct route_wish wish = {.codes = (const char(*)[ROUTE_CODE_ROOM])codes,
                              .count = 2,
                              .up = 1,
                              .carried = 2,
                              .session = "b",
                              .conversation = "0123456789abcdef",
                              .name = "b",
                              .now = hour + 10 * minute,
                              .idle = 5 * minute,
                              .memory = 24 * hour};
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), 0);
    assert_string_equal(taken->code, codes[0]);
    wish.session = "c";
    wish.conversation = "0123456789abcde0";
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), 0);
    assert_string_equal(taken->code, codes[1]); /* none of them is free */
}

static void what_lives_on_a_code_out_of_the_pool_goes_on_while_a_link_carries_it(void **state)
{
    (void)state;
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    struct route_wish wish;
    taken_by("a", 1, hour);
    wish = wish_of("a", 1, hour + minute);
    wish.codes = (const char(*)[ROUTE_CODE_ROOM])codes + 1;
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), 0);
    assert_string_equal(taken->code, codes[1]);
    assert_true(fresh);
    routes.count = 0;
    taken_by("a", 2, hour);
    taken_by("b", 2, hour);
    wish = wish_of("b", 2, hour + minute);
    wish.count = wish.up = 1;
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), 0);
    assert_string_equal(taken->code, codes[1]);
    assert_false(fresh);
    wish = wish_of("c", 2, hour + minute);
    wish.count = wish.up = 1;
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), -EBUSY);
}

static void an_answer_in_time_is_the_conversations(void **state)
{
    (void)state;
    taken_by("ana", 1, hour);
    assert_int_equal(judge(codes[0], hour + 5 * minute - 1), ROUTE_LIVE);
}

static void an_answer_after_the_end_is_late(void **state)
{
    (void)state;
    taken_by("ana", 1, hour);
    assert_int_equal(judge(codes[0], hour + 5 * minute), ROUTE_LATE);
}

static void an_answer_before_the_new_message_was_seen_is_nobodys(void **state)
{
    (void)state;
    taken_by("ana", 1, hour);
    struct route *route = taken_by("luis", 1, 2 * hour);
    assert_int_equal(judge(codes[0], 2 * hour + minute), ROUTE_HANDED);
    assert_string_equal(route->before_name, "ana");
    assert_true(route->before_until == hour + 5 * minute);
    route->seen = 2 * hour + minute;
    assert_int_equal(judge(codes[0], 2 * hour + minute + 2 * second - 1), ROUTE_HANDED);
    assert_int_equal(judge(codes[0], 2 * hour + minute + 2 * second), ROUTE_LIVE);
}

static void who_has_been_answered_once_is_trusted(void **state)
{
    (void)state;
    taken_by("ana", 1, hour);
    taken_by("luis", 1, 2 * hour)->answered = true;
    assert_int_equal(judge(codes[0], 2 * hour + 1), ROUTE_LIVE);
    routes.route[0].seen = 2 * hour;
    taken_by("eva", 1, 3 * hour); /* who has been answered was luis */
    assert_int_equal(judge(codes[0], 3 * hour + minute), ROUTE_HANDED);
}

static void a_claim_of_which_nobody_heard_is_found_again(void **state)
{
    struct route *taken, *again;
    bool fresh;
    int64_t retry_at;
    (void)state;
    assert_int_equal(claim("ana", 2, 0, &taken, &fresh, &retry_at), 0);
    unsigned sent = routes.sent;
    fresh = false;
    serial--; /* the same conversation asks */
    assert_int_equal(claim("ana", 2, 0, &again, &fresh, &retry_at), 0);
    assert_ptr_equal(again, taken);
    assert_true(fresh); /* its notice has still to go out */
    assert_int_equal(routes.sent, sent);
}

/* As many as are remembered, none of the pool. */
static void remember_others(void)
{
    routes.count = ROUTE_CODES;
    for (unsigned i = 0; i < ROUTE_CODES; i++) {
        routes.route[i] = (struct route){.until = hour + i, .last = hour, .conversation = "c"};
        (void)snprintf(routes.route[i].code, ROUTE_CODE_ROOM, "%u", 3000 + i);
    }
}

static void where_too_much_is_remembered_of_a_mobile_nothing_is_added(void **state)
{
    struct route *taken, mine = {.code = "2001", .conversation = "d"};
    bool fresh;
    int64_t retry_at;
    (void)state;
    remember_others();
    assert_int_equal(claim("ana", 2, hour, &taken, &fresh, &retry_at), -EBUSY);
    assert_int_equal(retry_at, hour + 5 * minute); /* nobody knows when */
    route_reserve(&routes, codes[0], 2 * hour);
    assert_int_equal(route_merge(&routes, &mine), -E2BIG);
    assert_int_equal(routes.count, ROUTE_CODES);
    assert_int_equal(claim("ana", 2, 26 * hour, &taken, &fresh, &retry_at), 0);
    assert_int_equal(routes.count, 1); /* all that is forgotten by then */
}

static int write_for(const char *session, unsigned hourly, int64_t now, int64_t *retry_at)
{
    struct route_wish wish = wish_of(session, 2, now);
    wish.hourly = hourly;
    struct route *taken;
    bool fresh;
    return route_claim(&routes, &wish, &taken, &fresh, retry_at);
}

static void a_mobile_gets_no_more_messages_in_an_hour_than_it_may(void **state)
{
    int64_t begin = 498720 * hour, retry_at = 0;
    char value[ROUTE_VALUE_MAX];
    (void)state;
    for (int n = 0; n < 3; n++) {
        assert_int_equal(write_for(n % 2 ? "luis" : "ana", 3, begin + n, &retry_at), 0);
        int len = route_write(&routes, value, sizeof value);
        assert_int_equal(route_read(&routes, value, (size_t)len), 0); /* the count is kept */
    }
    assert_int_equal(write_for("ana", 3, begin + 59 * minute, &retry_at), -EDQUOT);
    assert_true(retry_at == begin + hour);
    assert_int_equal(write_for("ana", 0, begin + 59 * minute, &retry_at), 0);
    assert_int_equal(write_for("ana", 3, begin + hour, &retry_at), 0);
}

static void
while_others_may_have_given_it_away_a_code_is_trusted_once_its_message_was_seen(void **state)
{
    (void)state;
    struct route_wish wish = wish_of("eva", 2, hour);
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    wish.lacking = true;
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), 0);
    assert_int_equal(judge(taken->code, hour + minute), ROUTE_HANDED);
    taken->seen = hour + minute;
    assert_int_equal(judge(taken->code, hour + 2 * minute), ROUTE_LIVE);
}

static void a_code_that_is_reserved_is_nobodys_and_given_to_nobody(void **state)
{
    (void)state;
    char value[ROUTE_VALUE_MAX];
    route_reserve(&routes, codes[0], hour + minute);
    int len = route_write(&routes, value, sizeof value);
    assert_int_equal(route_read(&routes, value, (size_t)len), 0);
    struct route *route;
    assert_int_equal(route_judge(&routes, codes[0], hour, 0, &route), ROUTE_NONE);
    assert_null(route);
    assert_string_equal(taken_by("ana", 2, hour)->code, codes[1]);
    assert_string_equal(taken_by("luis", 2, hour + 2 * minute)->code, codes[0]);
    assert_int_equal(judge(codes[0], hour + 2 * minute), ROUTE_HANDED);
}

static void a_code_that_is_reserved_after_its_conversation_ended_is_given_to_nobody(void **state)
{
    (void)state;
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    taken_by("ana", 1, hour);
    route_reserve(&routes, codes[0], hour + 9 * minute);
    assert_int_equal(judge(codes[0], hour + 6 * minute), ROUTE_LATE);
    assert_int_equal(claim("luis", 1, hour + 6 * minute, &taken, &fresh, &retry_at), -EBUSY);
    assert_int_equal(retry_at, hour + 9 * minute);
    assert_int_equal(claim("ana", 1, hour + 6 * minute, &taken, &fresh, &retry_at), -EBUSY);
    assert_int_equal(claim("luis", 1, hour + 9 * minute, &taken, &fresh, &retry_at), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_visitors_get_two_codes, fresh_mobile),
        cmocka_unit_test_setup(the_same_visitor_keeps_the_live_conversation, fresh_mobile),
        cmocka_unit_test_setup(after_the_end_the_same_visitor_gets_the_same_code_anew,
                               fresh_mobile),
        cmocka_unit_test_setup(of_codes_a_visitor_had_before_the_one_used_last_comes_again,
                               fresh_mobile),
        cmocka_unit_test_setup(where_too_much_is_remembered_of_a_mobile_nothing_is_added,
                               fresh_mobile),
        cmocka_unit_test_setup(a_code_never_used_comes_before_one_used_long_ago, fresh_mobile),
        cmocka_unit_test_setup(of_used_codes_the_least_recently_used_is_taken, fresh_mobile),
        cmocka_unit_test_setup(live_pairs_are_never_taken_and_the_wait_is_told, fresh_mobile),
        cmocka_unit_test_setup(codes_on_links_that_are_up_come_first, fresh_mobile),
        cmocka_unit_test_setup(what_lives_on_a_code_out_of_the_pool_goes_on_while_a_link_carries_it,
                               fresh_mobile),
        cmocka_unit_test_setup(an_answer_in_time_is_the_conversations, fresh_mobile),
        cmocka_unit_test_setup(an_answer_after_the_end_is_late, fresh_mobile),
        cmocka_unit_test_setup(a_claim_of_which_nobody_heard_is_found_again, fresh_mobile),
        cmocka_unit_test_setup(a_mobile_gets_no_more_messages_in_an_hour_than_it_may, fresh_mobile),
        cmocka_unit_test_setup(an_answer_before_the_new_message_was_seen_is_nobodys, fresh_mobile),
        cmocka_unit_test_setup(who_has_been_answered_once_is_trusted, fresh_mobile),
        cmocka_unit_test_setup(
            while_others_may_have_given_it_away_a_code_is_trusted_once_its_message_was_seen,
            fresh_mobile),
        cmocka_unit_test_setup(a_code_that_is_reserved_is_nobodys_and_given_to_nobody,
                               fresh_mobile),
        cmocka_unit_test_setup(
            a_code_that_is_reserved_after_its_conversation_ended_is_given_to_nobody, fresh_mobile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
