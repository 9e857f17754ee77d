/* Facts about smppd's clock and what it counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/logbook/clock.h"
#include "smpp/logbook/counters.h"

static void a_first_start_takes_the_wall_clock(void **state)
{
    (void)state;
    struct clock clock;
    assert_true(clock_start(&clock, NULL));
    assert_true(llabs(clock_now(&clock) - clock_wall()) < 1000);
}

static void a_restart_within_one_boot_keeps_its_time(void **state)
{
    (void)state;
    struct clock first, second;
    clock_start(&first, NULL);
    if (!first.anchor.boot_id[0])
        skip();                   /* a kernel that does not name its boot */
    first.anchor.zero -= 3600000; /* as if the wall clock had stepped meanwhile */
    assert_false(clock_start(&second, &first.anchor));
    assert_true(llabs(clock_now(&second) - clock_now(&first)) < 1000);
    assert_true(llabs(clock_now(&second) + 3600000 - clock_wall()) < 1000);
}

static void another_boot_starts_from_the_wall_clock(void **state)
{
    (void)state;
    struct clock_anchor kept = {.boot_id = "another", .zero = 5};
    struct clock clock;
    assert_true(clock_start(&clock, &kept));
    assert_true(llabs(clock_now(&clock) - clock_wall()) < 1000);
}

static void a_quantile_is_at_most_a_sixteenth_above(void **state)
{
    (void)state;
    assert_int_equal(histogram_at(HISTOGRAM_SEND, 500), 0);
    for (uint64_t us = 1; us < 10000000; us = us * 5 / 4 + 1) {
        histogram_add(HISTOGRAM_STORE, us);
        uint64_t told = histogram_at(HISTOGRAM_STORE, 1000);
        assert_true(told >= us && told <= us + us / 16);
    }
    for (int i = 0; i < 99; i++)
        histogram_add(HISTOGRAM_SEND, 10);
    histogram_add(HISTOGRAM_SEND, 5000);
    assert_int_equal(histogram_at(HISTOGRAM_SEND, 500), 10);
    assert_int_equal(histogram_at(HISTOGRAM_SEND, 990), 10);
    assert_true(histogram_at(HISTOGRAM_SEND, 1000) >= 5000);
}

static void an_endless_wait_is_counted_in_the_last_bucket(void **state)
{
    (void)state;
    histogram_add(HISTOGRAM_LOOP, UINT64_MAX);
    assert_true(histogram_at(HISTOGRAM_LOOP, 500) > 1000000000);
}

static unsigned told;
static uint64_t sends, max;

static void tell(void *ctx, const char *name, const char *help, uint64_t value)
{
    assert_ptr_equal(ctx, &told);
    assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name));
    assert_true(strlen(help) > 5);
    told++;
    if (strcmp(name, "sends") == 0)
        sends = value;
    if (strcmp(name, "send-us-max") == 0)
        max = value;
}

static void everything_is_told_by_name(void **state)
{
    (void)state;
    counter_add(COUNTER_SENDS, 2);
    counter_add(COUNTER_SENDS, 1);
    counter_set(GAUGE_QUEUE, 7);
    counters_each(tell, &told);
    assert_int_equal(told, COUNTERS_COUNT + 4 * HISTOGRAMS_COUNT);
    assert_int_equal(sends, 3);
    assert_int_equal(max, 5000);
    assert_int_equal(counter_get((enum counter)GAUGE_QUEUE), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_start_takes_the_wall_clock),
        cmocka_unit_test(a_restart_within_one_boot_keeps_its_time),
        cmocka_unit_test(another_boot_starts_from_the_wall_clock),
        cmocka_unit_test(a_quantile_is_at_most_a_sixteenth_above),
        cmocka_unit_test(an_endless_wait_is_counted_in_the_last_bucket),
        cmocka_unit_test(everything_is_told_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
