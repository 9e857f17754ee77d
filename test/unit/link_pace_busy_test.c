/* The pace against simulated SMSCs that allow a rate nobody told us, on machines that are busy:
 * each side wakes 0.1 to 10 ms late, now and then 50 ms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "paced_link.h"

enum { SEEDS = 5, RARELY = 500, OFTEN = 100 };

static const double RATES[] = {1, 2, 5, 7, 10, 20, 30, 50, 100, 500};
enum { RATE_COUNT = sizeof RATES / sizeof RATES[0], LOW_COUNT = 6 };

/* What came of several links. */
struct outcome {
    double sent, accepted, refused, allowed;
};

static double used(const struct outcome *o)
{
    return o->accepted / o->allowed;
}

static double throttled(const struct outcome *o)
{
    return o->refused / o->sent;
}

static void outcome_add(struct outcome *o, struct paced_link *r, double seconds)
{
    paced_link_run(r, seconds);
    o->sent += (double)r->sent;
    o->accepted += (double)r->accepted;
    o->refused += (double)r->refused;
    o->allowed += r->smsc.rate * seconds;
}

struct limit {
    enum limit_kind kind;
    double rate, burst;
    unsigned stall;
};

/* After a minute of learning. */
static struct outcome outcome_of(struct limit l)
{
    struct outcome o = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct paced_link *r = paced_link_busy(l.kind, l.rate, l.burst, l.stall, seed, 0);
        paced_link_run(r, 60);
        outcome_add(&o, r, fmax(120, 1000 / l.rate));
        free(r);
    }
    return o;
}

/* The most that any constant rate could use with less than one of a hundred throttled. */
static double best_of(struct limit l)
{
    double best = 0;
    for (double share = 0.7; share < 1.1; share += 0.01) {
        struct outcome o = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct paced_link *r =
                paced_link_busy(l.kind, l.rate, l.burst, l.stall, seed, l.rate * share);
            r->deaf = true;
            outcome_add(&o, r, fmax(120, 1000 / l.rate));
            free(r);
        }
        if (throttled(&o) < 0.01)
            best = fmax(best, used(&o));
    }
    return best;
}

static void limit_check(struct limit l)
{
    struct outcome o = outcome_of(l);
    if (used(&o) < 0.95 || throttled(&o) >= 0.01)
        fail_msg("%g/s, kind %d, burst %g: used %.1f%%, throttled %.2f%%", l.rate, (int)l.kind,
                 l.burst, used(&o) * 100, throttled(&o) * 100);
}

static void a_limit_that_forgives_lateness_is_used_to_95_percent(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RATE_COUNT; i++) {
        limit_check((struct limit){LIMIT_BY_CLOCK, RATES[i], 0, RARELY});
        limit_check((struct limit){LIMIT_BY_BUCKET, RATES[i], fmax(1.5, RATES[i]), RARELY});
        limit_check((struct limit){LIMIT_BY_BUCKET, RATES[i], 1.5 + RATES[i] / 10, RARELY});
        if (RATES[i] <= 100) /* above, what is late is lost for the whole second */
            limit_check((struct limit){LIMIT_BY_SECOND, RATES[i], 0, RARELY});
    }
}

/* A bucket of one submit forgives nothing: what comes late is lost, what comes early is refused. */
static void of_a_limit_that_forgives_nothing_hardly_less_is_used_than_can_be(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LOW_COUNT; i++) {
        struct limit l = {LIMIT_BY_BUCKET, RATES[i], 1, RARELY};
        struct outcome o = outcome_of(l);
        double best = best_of(l);
        if (used(&o) < best - 0.01 || throttled(&o) >= 0.01)
            fail_msg("%g/s: used %.1f%% of %.1f%%, throttled %.2f%%", l.rate, used(&o) * 100,
                     best * 100, throttled(&o) * 100);
    }
}

static void a_submit_that_the_smsc_took_late_seldom_lets_the_next_one_be_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LOW_COUNT; i++) {
        struct outcome o = outcome_of((struct limit){LIMIT_BY_BUCKET, RATES[i], 1, OFTEN});
        if (throttled(&o) >= 0.007)
            fail_msg("%g/s: throttled %.2f%%", RATES[i], throttled(&o) * 100);
    }
}

static void low_limits_are_learnt_within_seconds(void **state)
{
    static const double bursts[] = {1, 1.5, 5};
    (void)state;
    for (unsigned i = 0; i < LOW_COUNT * sizeof bursts / sizeof bursts[0]; i++) {
        struct limit l = {LIMIT_BY_BUCKET, RATES[i % LOW_COUNT], bursts[i / LOW_COUNT], RARELY};
        struct outcome o = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct paced_link *r = paced_link_busy(l.kind, l.rate, l.burst, l.stall, seed, 0);
            outcome_add(&o, r, 20);
            free(r);
        }
        if (used(&o) < (l.burst > 1 || l.rate < 7 ? 0.9 : 0.8) || o.refused > 17 * SEEDS)
            fail_msg("%g/s, burst %g: used %.1f%%, %g refused", l.rate, l.burst, used(&o) * 100,
                     o.refused / SEEDS);
    }
}

static void a_limit_that_goes_down_and_up_is_followed(void **state)
{
    static const double rates[] = {7, 20, 100, 500};
    (void)state;
    for (unsigned i = 0; i < 2 * sizeof rates / sizeof rates[0]; i++) {
        enum limit_kind kind = i % 2 ? LIMIT_BY_CLOCK : LIMIT_BY_BUCKET;
        double rate = rates[i / 2];
        struct paced_link *r = paced_link_busy(kind, rate, 1.5 + rate / 10, RARELY, i + 1, 0);
        for (unsigned step = 0; step < 4; step++) {
            struct outcome o = {0};
            r->smsc.rate = step % 2 ? rate / 4 : rate;
            paced_link_run(r, fmax(60, 1000 / (rate / 4)));
            outcome_add(&o, r, fmax(120, 1000 / r->smsc.rate));
            if (used(&o) < 0.95 || throttled(&o) >= 0.01)
                fail_msg("%g/s, kind %d, step %u: used %.1f%%, throttled %.2f%%", r->smsc.rate,
                         (int)kind, step, used(&o) * 100, throttled(&o) * 100);
        }
        free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_that_forgives_lateness_is_used_to_95_percent),
        cmocka_unit_test(of_a_limit_that_forgives_nothing_hardly_less_is_used_than_can_be),
        cmocka_unit_test(a_submit_that_the_smsc_took_late_seldom_lets_the_next_one_be_refused),
        cmocka_unit_test(low_limits_are_learnt_within_seconds),
        cmocka_unit_test(a_limit_that_goes_down_and_up_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
