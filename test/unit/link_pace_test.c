/* The pace against simulated SMSCs that allow a rate nobody told us, on machines that keep time. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "paced_link.h"

/* What learning costs, and what it leads to. */
static void limit_check(enum limit_kind kind, double rate, double burst, int64_t rtt,
                        unsigned window)
{
    struct paced_link *r = paced_link_new(kind, rate, burst, rtt, window, 0);
    double seconds = fmax(120, 4000 / rate);
    paced_link_run(r, seconds / 2);
    double learning_used = (double)r->accepted / (rate * seconds / 2);
    uint64_t learning_refused = r->refused;
    paced_link_run(r, seconds);
    double used = (double)r->accepted / (rate * seconds);
    double share = (double)r->refused / (double)r->sent;
    if (used < 0.97 || share >= 0.005 || learning_used < 0.8 ||
        (double)learning_refused > fmax(100, rate * seconds / 200))
        fail_msg("%g/s burst %g rtt %g ms: learning used %.1f%%, %u refused; then %.1f%%, %.2f%%",
                 rate, burst, (double)rtt / 1e3, learning_used * 100, (unsigned)learning_refused,
                 used * 100, share * 100);
    free(r);
}

static void an_unknown_limit_is_used_and_hardly_ever_exceeded(void **state)
{
    static const double rates[] = {1, 5, 10, 50, 100, 1000, 20000};
    (void)state;
    for (unsigned i = 0; i < sizeof rates / sizeof rates[0]; i++)
        for (int64_t rtt = 200; rtt <= 50000; rtt *= 5) {
            unsigned window = 10 + (unsigned)(rates[i] * (double)rtt / 1e6 * 2);
            if (window > FLIGHT)
                continue;
            limit_check(LIMIT_BY_CLOCK, rates[i], 0, rtt, window);
            if (rates[i] < FLIGHT)
                limit_check(LIMIT_BY_SECOND, rates[i], 0, rtt, window);
            limit_check(LIMIT_BY_BUCKET, rates[i], fmax(1, rates[i]), rtt, window);
            limit_check(LIMIT_BY_BUCKET, rates[i], fmax(2, rates[i] / 10), rtt, window);
            if (rates[i] <= 100)
                limit_check(LIMIT_BY_BUCKET, rates[i], 1, rtt, window);
        }
}

static void a_limit_that_is_raised_is_found(void **state)
{
    static const double rates[] = {5, 10, 50, 100, 1000};
    (void)state;
    for (unsigned i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct paced_link *r = paced_link_new(LIMIT_BY_BUCKET, rates[i], rates[i], 1000, 1000, 0);
        paced_link_run(r, fmax(60, 2000 / rates[i]));
        r->smsc.rate = 4 * rates[i];
        paced_link_run(r, fmax(60, 1000 / rates[i]));
        paced_link_run(r, 60);
        assert_true((double)r->accepted >= 0.95 * r->smsc.rate * 60);
        free(r);
    }
}

static void after_a_time_in_which_nothing_was_taken_the_limit_is_soon_found_again(void **state)
{
    static const double rates[] = {5, 50, 1000};
    (void)state;
    for (unsigned i = 0; i < 2 * sizeof rates / sizeof rates[0]; i++) {
        bool known = i % 2;
        double rate = rates[i / 2];
        struct paced_link *r = paced_link_new(LIMIT_BY_CLOCK, rate, 0, 1000, 100, known ? rate : 0);
        paced_link_run(r, 60);
        r->smsc.rate = 0;
        paced_link_run(r, 20);
        assert_true(r->refused < 60);
        r->smsc.rate = rate;
        paced_link_run(r, 10);
        assert_true(r->refused < 25);
        paced_link_run(r, 10);
        assert_true((double)r->accepted >= 0.95 * rate * 10);
        free(r);
    }
}

/* How long until the link sends at nine tenths of the limit again, in seconds. */
static double seconds_until_used(struct paced_link *r, double rate, double most)
{
    double seconds = 0;
    r->smsc.rate = rate;
    do
        paced_link_run(r, 1);
    while ((double)r->accepted < 0.9 * rate && ++seconds < most);
    return seconds;
}

static void a_moment_in_which_nothing_was_taken_costs_seconds(void **state)
{
    static const double rates[] = {50, 1000}, moments[] = {0.3, 1, 1.5, 2, 2.7};
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        for (double learning = 2; learning <= 60; learning += 58) {
            struct paced_link *r = paced_link_new(LIMIT_BY_CLOCK, rates[i / 5], 0, 1000, 1000, 0);
            paced_link_run(r, learning);
            r->smsc.rate = 0;
            paced_link_run(r, moments[i % 5]);
            assert_true(seconds_until_used(r, rates[i / 5], 60) <= (learning < 60 ? 25 : 10));
            free(r);
        }
}

static void refusals_after_an_idle_night_cost_no_day(void **state)
{
    struct paced_link *r = paced_link_new(LIMIT_BY_CLOCK, 1000, 0, 1000, 100, 0);
    (void)state;
    paced_link_run(r, 0.1);
    r->now += 8 * 3600 * (int64_t)1000000;
    r->smsc.rate = 0;
    paced_link_run(r, 0.3);
    assert_true(seconds_until_used(r, 1000, 60) <= 40);
    free(r);
}

static void an_smsc_that_refuses_one_of_ten_gets_some_all_the_same(void **state)
{
    struct pace pace;
    int64_t now = 123456789, end = now + 3600 * (int64_t)1000000;
    unsigned submits = 0;
    (void)state;
    pace_init(&pace, 0, now);
    for (; now < end; submits++) {
        now += pace_wait(&pace, now);
        pace_take(&pace, now);
        (submits * 7 % 10 ? pace_accepted : pace_refused)(&pace, now, now + 1000);
        now += 1000;
    }
    assert_true(submits > 3600 / 3);
    assert_true(pace_rate(&pace) >= 0.5);
}

static void a_told_rate_stays_what_it_is_however_low(void **state)
{
    struct paced_link *r = paced_link_new(LIMIT_BY_CLOCK, 1000, 0, 1000, 100, 0.1);
    (void)state;
    paced_link_run(r, 600);
    r->smsc.rate = 0;
    paced_link_run(r, 600);
    r->smsc.rate = 1000;
    paced_link_run(r, 600);
    assert_in_range(r->sent, 55, 61);
    free(r);
}

static void a_limit_that_is_lowered_is_obeyed(void **state)
{
    struct paced_link *r = paced_link_new(LIMIT_BY_CLOCK, 1000, 0, 1000, 100, 0);
    (void)state;
    paced_link_run(r, 60);
    r->smsc.rate = 50;
    paced_link_run(r, 10);
    assert_true(r->refused < 60);
    paced_link_run(r, 60);
    assert_true((double)r->refused < 0.01 * (double)r->sent);
    assert_true((double)r->accepted >= 0.95 * 50 * 60);
    free(r);
}

static void a_known_rate_is_never_exceeded_and_a_wrong_one_corrected(void **state)
{
    struct paced_link *r = paced_link_new(LIMIT_BY_BUCKET, 1e9, 1e9, 1000, 1000, 300);
    (void)state;
    paced_link_run(r, 10);
    assert_in_range(r->sent, 2970, 3002);
    free(r);
    r = paced_link_new(LIMIT_BY_BUCKET, 100, 10, 1000, 1000, 300);
    paced_link_run(r, 60);
    paced_link_run(r, 60);
    assert_true((double)r->refused < 0.01 * (double)r->sent);
    assert_true((double)r->accepted >= 0.95 * 100 * 60);
    free(r);
}

static void without_refusals_nothing_is_held_back_after_two_seconds(void **state)
{
    struct paced_link *r = paced_link_new(LIMIT_BY_BUCKET, 1e9, 1e9, 200, 4000, 0);
    (void)state;
    paced_link_run(r, 2);
    assert_true(pace_rate(&r->pace) == 0);
    assert_int_equal(pace_room(&r->pace, r->now), UINT32_MAX);
    free(r);
}

static void an_idle_link_learns_nothing(void **state)
{
    struct paced_link *r = paced_link_new(LIMIT_BY_CLOCK, 100, 0, 1000, 10, 0);
    (void)state;
    paced_link_run(r, 60);
    double before = pace_rate(&r->pace);
    r->now += 3600 * (int64_t)1000000;
    assert_in_range(pace_room(&r->pace, r->now), 1, 1 + before * 0.02);
    pace_take(&r->pace, r->now);
    assert_true(pace_rate(&r->pace) <= before * 1.02);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_limit_is_used_and_hardly_ever_exceeded),
        cmocka_unit_test(a_limit_that_is_raised_is_found),
        cmocka_unit_test(after_a_time_in_which_nothing_was_taken_the_limit_is_soon_found_again),
        cmocka_unit_test(a_moment_in_which_nothing_was_taken_costs_seconds),
        cmocka_unit_test(refusals_after_an_idle_night_cost_no_day),
        cmocka_unit_test(an_smsc_that_refuses_one_of_ten_gets_some_all_the_same),
        cmocka_unit_test(a_told_rate_stays_what_it_is_however_low),
        cmocka_unit_test(a_limit_that_is_lowered_is_obeyed),
        cmocka_unit_test(a_known_rate_is_never_exceeded_and_a_wrong_one_corrected),
        cmocka_unit_test(without_refusals_nothing_is_held_back_after_two_seconds),
        cmocka_unit_test(an_idle_link_learns_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
