/* The loop of a link and the counting of an SMSC, in simulated time. */
#include <math.h>
#include <stdlib.h>
#include "paced_link.h"

enum { STEADY_US = 100, STALL_US = 50000 };

static bool clock_takes(struct limited_smsc *s, int64_t now)
{
    if (now / 1000000 != s->second)
        s->in_second = 0;
    s->second = now / 1000000;
    return s->in_second < s->rate && ++s->in_second;
}

static bool second_takes(struct limited_smsc *s, int64_t now)
{
    int64_t before = s->taken[(s->last + FLIGHT - (unsigned)s->rate) % FLIGHT];
    if (before && now - before < 1000000)
        return false;
    s->taken[s->last] = now;
    s->last = (s->last + 1) % FLIGHT;
    return true;
}

static bool bucket_takes(struct limited_smsc *s, int64_t now)
{
    s->tokens = fmin(s->burst, s->tokens + (double)(now - s->filled) / 1e6 * s->rate);
    s->filled = now;
    if (s->tokens < 1)
        return false;
    s->tokens -= 1;
    return true;
}

static bool smsc_takes(struct limited_smsc *s, int64_t now)
{
    static bool (*const takes[])(struct limited_smsc *, int64_t) = {
        [LIMIT_BY_CLOCK] = clock_takes,
        [LIMIT_BY_SECOND] = second_takes,
        [LIMIT_BY_BUCKET] = bucket_takes,
    };
    return takes[s->kind](s, now);
}

/* xorshift64: the same run for the same seed everywhere. */
static double chance(struct paced_link *r)
{
    r->chance ^= r->chance << 13;
    r->chance ^= r->chance >> 7;
    r->chance ^= r->chance << 17;
    return (double)(r->chance >> 11) / 9007199254740992.0;
}

static int64_t lateness(struct paced_link *r)
{
    if (!r->busy)
        return STEADY_US;
    if (chance(r) < 1.0 / r->stall)
        return STALL_US;
    return (int64_t)(100 * pow(100, chance(r)));
}

static void answers_take(struct paced_link *r)
{
    while (r->count && r->flight[r->head].back <= r->now) {
        int64_t sent = r->flight[r->head].sent;
        if (r->deaf)
            ;
        else if (r->flight[r->head].ok)
            pace_accepted(&r->pace, sent, r->now);
        else
            pace_refused(&r->pace, sent, r->now);
        r->head = (r->head + 1) % FLIGHT;
        r->count--;
    }
}

static void submits_send(struct paced_link *r)
{
    while (r->count < r->window && pace_room(&r->pace, r->now) > 0) {
        unsigned at = (r->head + r->count++) % FLIGHT;
        pace_take(&r->pace, r->now);
        int64_t reached = r->now + r->rtt / 2 + (r->busy ? lateness(r) : 0);
        r->reached = reached > r->reached ? reached : r->reached; /* in order */
        bool ok = smsc_takes(&r->smsc, r->reached);
        r->flight[at].sent = r->now;
        r->flight[at].back = r->reached + r->rtt / 2;
        r->flight[at].ok = ok;
        r->sent++;
        r->accepted += ok;
        r->refused += !ok;
    }
}

/* Wakes like an event loop: for an answer or when the pace says. */
void paced_link_run(struct paced_link *r, double seconds)
{
    int64_t end = r->now + (int64_t)(seconds * 1e6);
    r->sent = r->accepted = r->refused = 0;
    while (r->now < end) {
        answers_take(r);
        submits_send(r);
        int64_t wait = r->count < r->window ? pace_wait(&r->pace, r->now) : 1000000;
        if (r->count && r->flight[r->head].back - r->now < wait)
            wait = r->flight[r->head].back - r->now;
        r->now += (wait > 0 ? wait : 0) + lateness(r);
    }
}

struct paced_link *paced_link_new(enum limit_kind kind, double rate, double burst, int64_t rtt,
                                  unsigned window, double cap)
{
    struct paced_link *r = calloc(1, sizeof *r);
    r->smsc = (struct limited_smsc){.kind = kind, .rate = rate, .burst = burst, .tokens = burst};
    r->rtt = rtt;
    r->window = window;
    r->now = r->smsc.filled = 123456789;
    pace_init(&r->pace, cap, r->now);
    return r;
}

struct paced_link *paced_link_busy(enum limit_kind kind, double rate, double burst, unsigned stall,
                                   uint64_t seed, double cap)
{
    struct paced_link *r = paced_link_new(kind, rate, burst, 400, 50 + (unsigned)(rate / 5), cap);
    r->busy = true;
    r->stall = stall;
    r->chance = seed * 0x9E3779B97F4A7C15u + 12345;
    for (int i = 0; i < 8; i++)
        r->now += (int64_t)(chance(r) * 1e6); /* any moment of the SMSC's second */
    r->smsc.filled = r->now;
    pace_init(&r->pace, cap, r->now);
    return r;
}
