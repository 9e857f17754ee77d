/* Facts about smpp/storer/route.h: who gets which code, and whose an answer is. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/storer/route.h"

enum { POOL_MAX = 32 };
static const int64_t second = 1000, minute = 60000, hour = 3600000;
static char codes[POOL_MAX][ROUTE_CODE_ROOM];
static struct routes routes;
static int serial;

static int fresh_mobile(void **state)
{
    (void)state;
    for (int i = 0; i < POOL_MAX; i++)
        (void)snprintf(codes[i], sizeof codes[i], "%d", 2000 + i);
    routes.count = 0;
    return 0;
}

/* A visitor asks for a code among the first `pool`. */
static int claim(const char *session, unsigned pool, int64_t now, struct route **taken, bool *fresh,
                 int64_t *retry_at)
{
    char conversation[ROUTE_ID_ROOM];
    (void)snprintf(conversation, sizeof conversation, "%016x", ++serial);
    struct route_wish wish = {
        .codes = (const char(*)[ROUTE_CODE_ROOM])codes,
        .count = pool,
        .up = pool,
        .session = session,
        .conversation = conversation,
        .name = session,
        .now = now,
        .idle = 5 * minute,
        .memory = 24 * hour,
    };
    return route_claim(&routes, &wish, taken, fresh, retry_at);
}

static struct route *taken_by(const char *session, unsigned pool, int64_t now)
{
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    assert_int_equal(claim(session, pool, now, &taken, &fresh, &retry_at), 0);
    return taken;
}

static enum route_verdict judge(const char *code, int64_t now)
{
    struct route *route;
    return route_judge(&routes, code, now, 2 * second, &route);
}

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
                              .session = "b",
                              .conversation = "0123456789abcdef",
                              .name = "b",
                              .now = hour + 10 * minute,
                              .idle = 5 * minute,
                              .memory = 24 * hour};
    assert_int_equal(route_claim(&routes, &wish, &taken, &fresh, &retry_at), 0);
    assert_string_equal(taken->code, codes[0]);
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

/* ---- the simulation ---- */

/*
 * One mobile, visitors that write as chance will have it (3 new conversations an hour), for 200
 * days. Some are answered in time, some after 5 minutes to 24 hours. Whoever answers, answers the
 * message that stands last under that code when they press "send"; SMS take up to 1.9 s each way.
 * An answer is given to the wrong visitor if that message was another's.
 */
struct happening {
    double at; /* s */
    enum { WRITES, SHOWN, RECEIPT, PRESSES, ARRIVES } kind;
    int visitor, code, meant;
};

struct tally {
    unsigned asked, refused, answers, late, wrong, wrong_without;
};

static struct happening heap[8192];
static unsigned heaped;

static double chance(void)
{
    return (rand() + 1.0) / (RAND_MAX + 2.0); /* NOLINT: fixed seed, the same each run */
}

static double exponential(double mean)
{
    return -mean * log(chance());
}

static void happen(struct happening what)
{
    unsigned i = heaped++;
    assert_true(heaped < sizeof heap / sizeof *heap);
    for (; i > 0 && heap[(i - 1) / 2].at > what.at; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = what;
}

static struct happening next_happening(void)
{
    struct happening first = heap[0], last = heap[--heaped];
    unsigned i = 0;
    for (unsigned child; (child = 2 * i + 1) < heaped; i = child) {
        child += child + 1 < heaped && heap[child + 1].at < heap[child].at;
        if (heap[child].at >= last.at)
            break;
        heap[i] = heap[child];
    }
    heap[i] = last;
    return first;
}

/* When the mobile shows a message sent now. A fifth of all find it off for some minutes; what waits
 * for it then comes in the order sent. */
static double shown_at(double now)
{
    static double last;
    double shown = now + 1.9 * chance() + (chance() < 0.2 ? exponential(300) : 0);
    if (now < 1) /* another simulation begins */
        last = 0;
    last = shown > last ? shown : last + 0.01;
    return last;
}

static void writes(struct happening *now, unsigned pool, struct tally *tally)
{
    char session[ROUTE_ID_ROOM];
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    (void)snprintf(session, sizeof session, "%d", now->visitor);
    tally->asked++;
    happen((struct happening){
        .at = now->at + exponential(1200), .kind = WRITES, .visitor = now->visitor + 1});
    if (claim(session, pool, (int64_t)(now->at * 1000), &taken, &fresh, &retry_at) < 0) {
        tally->refused++;
        return;
    }
    double shown = shown_at(now->at);
    int code = atoi(taken->code) - 2000;
    happen((struct happening){.at = shown, .kind = SHOWN, .visitor = now->visitor, .code = code});
    happen((struct happening){
        .at = shown + 1.9 * chance(), .kind = RECEIPT, .visitor = now->visitor, .code = code});
    double wait = chance() < 0.5 ? exponential(90) : 300 * pow(288, chance());
    happen((struct happening){.at = shown + wait, .kind = PRESSES, .code = code});
}

static void arrives(const struct happening *now, struct tally *tally)
{
    struct route *route;
    int64_t at = (int64_t)(now->at * 1000);
    route_forget(&routes, at, 24 * hour);
    enum route_verdict verdict = route_judge(&routes, codes[now->code], at, 2 * second, &route);
    bool others = route && route->until > at && atoi(route->session) != now->meant;
    tally->answers++;
    tally->late += !route || route->until <= at || others;
    tally->wrong_without += others;
    tally->wrong += others && verdict == ROUTE_LIVE;
    if (verdict == ROUTE_LIVE) {
        route->until = at + 5 * minute;
        route->last = at;
        route->answered = true;
    }
}

static struct tally simulate(unsigned pool, unsigned days)
{
    struct tally tally = {0};
    int last_shown[POOL_MAX] = {0};
    routes.count = heaped = 0;
    srand(20161123);
    happen((struct happening){.at = 0, .kind = WRITES, .visitor = 1});
    for (struct happening now = next_happening(); now.at < days * 86400.0; now = next_happening()) {
        struct route *route = route_of_code(&routes, codes[now.code]);
        if (now.kind == WRITES) {
            writes(&now, pool, &tally);
        } else if (now.kind == SHOWN) {
            last_shown[now.code] = now.visitor;
        } else if (now.kind == RECEIPT && route && atoi(route->session) == now.visitor) {
            if (!route->seen)
                route->seen = (int64_t)(now.at * 1000);
        } else if (now.kind == PRESSES) {
            happen((struct happening){.at = now.at + 1.9 * chance(),
                                      .kind = ARRIVES,
                                      .code = now.code,
                                      .meant = last_shown[now.code]});
        } else if (now.kind == ARRIVES) {
            arrives(&now, &tally);
        }
    }
    return tally;
}

static void no_late_answer_reaches_a_visitor_it_was_not_meant_for(void **state)
{
    (void)state;
    double refused_before = 1;
    unsigned wrong_without = 0;
    print_message("%5s %9s %9s %8s %8s %16s\n", "codes", "asked", "refused", "late", "wrong",
                  "wrong unguarded");
    for (unsigned pool = 1; pool <= POOL_MAX; pool *= 2) {
        struct tally tally = simulate(pool, 200);
        double refused = (double)tally.refused / tally.asked;
        print_message("%5u %9u %8.3f%% %8u %8u %16u\n", pool, tally.asked, 100 * refused,
                      tally.late, tally.wrong, tally.wrong_without);
        assert_int_equal(tally.wrong, 0);
        assert_true(refused <= refused_before);
        assert_true(tally.late > 100);
        wrong_without += tally.wrong_without;
        refused_before = refused;
    }
    assert_true(refused_before < 0.0001);
    assert_true(wrong_without > 0); /* else the simulation could not show anything */
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
        cmocka_unit_test_setup(an_answer_in_time_is_the_conversations, fresh_mobile),
        cmocka_unit_test_setup(an_answer_after_the_end_is_late, fresh_mobile),
        cmocka_unit_test_setup(a_pair_is_forgotten_after_its_memory, fresh_mobile),
        cmocka_unit_test_setup(an_answer_before_the_new_message_was_seen_is_nobodys, fresh_mobile),
        cmocka_unit_test_setup(who_has_been_answered_once_is_trusted, fresh_mobile),
        cmocka_unit_test_setup(values_survive_writing_and_reading, fresh_mobile),
        cmocka_unit_test_setup(a_value_that_is_none_is_refused, fresh_mobile),
        cmocka_unit_test_setup(sixty_four_codes_fit_a_value, fresh_mobile),
        cmocka_unit_test_setup(a_merge_keeps_what_was_used_later, fresh_mobile),
        cmocka_unit_test_setup(no_late_answer_reaches_a_visitor_it_was_not_meant_for, fresh_mobile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
