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

static void a_pair_is_forgotten_after_its_memory(void **state)
{
    (void)state;
    taken_by("ana", 1, hour);
    route_forget(&routes, hour + 5 * minute + 24 * hour, 24 * hour);
    assert_int_equal(judge(codes[0], 26 * hour), ROUTE_NONE);
}

static void an_answer_before_the_new_message_was_seen_is_nobodys(void **state)
{
    (void)state;
    taken_by("ana", 1, hour);
    struct route *route = taken_by("luis", 1, 2 * hour);
    assert_int_equal(judge(codes[0], 2 * hour + minute), ROUTE_HANDED);
    assert_string_equal(route->before_name, "ana");
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
}

static void values_survive_writing_and_reading(void **state)
{
    (void)state;
    static char value[ROUTE_VALUE_MAX + 1];
    struct routes again;
    for (int i = 0; i < 5; i++)
        taken_by(i % 2 ? "José Ñ 100%" : "b", 4, hour + i * 10 * minute);
    taken_by("c", 1, 3 * hour);
    int len = route_write(&routes, value, sizeof value);
    assert_true(len > 0);
    assert_int_equal(route_read(&again, value, (size_t)len), 0);
    assert_int_equal(again.count, routes.count);
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
                                .before_until = 1,
                                .seen = 1,
                                .answered = true};
        (void)snprintf(route->code, sizeof route->code, "%015u", i);
        memset(route->conversation, 'a', 32);
        memset(route->session, 'b', 32);
        memset(route->name, '%', 20);
        memset(route->before_name, '%', 20);
    }
    assert_true(route_write(&routes, value, sizeof value) > 0);
}

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
    for (int turn = 0; turn < 2; turn++) {
        routes.count = 0;
        assert_int_equal(route_merge(&routes, turn ? &ana : &luis), 0);
        assert_int_equal(route_merge(&routes, turn ? &luis : &ana), 0);
        assert_int_equal(route_judge(&routes, ana.code, 2 * hour + 1, 2000, &there), ROUTE_HANDED);
        assert_string_equal(there->session, "luis");
        assert_string_equal(there->before_name, ana.name);
    }
}

static void a_claim_of_which_nobody_heard_is_found_again(void **state)
{
    struct route *taken, *again;
    bool fresh;
    int64_t retry_at;
    (void)state;
    assert_int_equal(claim("ana", 2, 0, &taken, &fresh, &retry_at), 0);
    unsigned sent = routes.sent;
    serial--; /* the same conversation asks */
    assert_int_equal(claim("ana", 2, 0, &again, &fresh, &retry_at), 0);
    assert_ptr_equal(again, taken);
    assert_true(fresh); /* its notice has still to go out */
    assert_int_equal(routes.sent, sent);
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
    assert_int_equal(judge(codes[0], hour), ROUTE_NONE);
    assert_string_equal(taken_by("ana", 2, hour)->code, codes[1]);
    assert_string_equal(taken_by("luis", 2, hour + 2 * minute)->code, codes[0]);
    assert_int_equal(judge(codes[0], hour + 2 * minute), ROUTE_HANDED);
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
        cmocka_unit_test_setup(a_code_never_used_comes_before_one_used_long_ago, fresh_mobile),
        cmocka_unit_test_setup(of_used_codes_the_least_recently_used_is_taken, fresh_mobile),
        cmocka_unit_test_setup(live_pairs_are_never_taken_and_the_wait_is_told, fresh_mobile),
        cmocka_unit_test_setup(codes_on_links_that_are_up_come_first, fresh_mobile),
        cmocka_unit_test_setup(what_lives_on_a_code_out_of_the_pool_goes_on_while_a_link_carries_it,
                               fresh_mobile),
        cmocka_unit_test_setup(an_answer_in_time_is_the_conversations, fresh_mobile),
        cmocka_unit_test_setup(an_answer_after_the_end_is_late, fresh_mobile),
        cmocka_unit_test_setup(a_pair_is_forgotten_after_its_memory, fresh_mobile),
        cmocka_unit_test_setup(a_claim_of_which_nobody_heard_is_found_again, fresh_mobile),
        cmocka_unit_test_setup(a_mobile_gets_no_more_messages_in_an_hour_than_it_may, fresh_mobile),
        cmocka_unit_test_setup(an_answer_before_the_new_message_was_seen_is_nobodys, fresh_mobile),
        cmocka_unit_test_setup(who_has_been_answered_once_is_trusted, fresh_mobile),
        cmocka_unit_test_setup(values_survive_writing_and_reading, fresh_mobile),
        cmocka_unit_test_setup(a_value_that_is_none_is_refused, fresh_mobile),
        cmocka_unit_test_setup(sixty_four_codes_fit_a_value, fresh_mobile),
        cmocka_unit_test_setup(a_merge_keeps_what_was_used_later, fresh_mobile),
        cmocka_unit_test_setup(a_merge_does_not_bring_back_what_has_ended, fresh_mobile),
        cmocka_unit_test_setup(of_two_visitors_a_merge_keeps_the_later_one_and_remembers_the_other,
                               fresh_mobile),
        cmocka_unit_test_setup(
            while_others_may_have_given_it_away_a_code_is_trusted_once_its_message_was_seen,
            fresh_mobile),
        cmocka_unit_test_setup(a_code_that_is_reserved_is_nobodys_and_given_to_nobody,
                               fresh_mobile),
        cmocka_unit_test_setup(who_has_a_code_puts_it_back_where_it_was_reserved, fresh_mobile),
        cmocka_unit_test_setup(
            a_code_that_is_reserved_after_its_conversation_ended_is_given_to_nobody, fresh_mobile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
