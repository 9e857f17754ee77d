/* Finds an SMSC's limit and keeps just below it. */
#include <math.h>
#include <string.h>
#include "smpp/link/pace.h"

#define SECOND       1000000.0
#define SLICE_US     125000
#define START_RATE   50.0  /* first guess */
#define SLOW_RATE    200.0 /* up to here the search doubles in three times DOUBLE_US */
#define DOUBLE_US    100000.0
#define FREE_RATE    200000.0      /* beyond this no limit is felt */
#define LEAST_RATE   0.5           /* no limit is as low: refusals then have other reasons */
#define SOON_COUNT   8             /* a refusal after fewer submits comes soon after another one, */
#define SOON_US      1500000       /* and one within this time: some limits are per second */
#define STEP_SOON    0.9           /* what is left of the rate after it */
#define STEP         0.98          /* and after any other */
#define PLATEAU_US   (5 * SECOND)  /* from a refusal back to the refused rate, */
#define PLATEAU_SOON 50.0          /* and at least so many submits, */
#define PLATEAU_SENT 300.0         /* so many in calm: searching costs some of them */
#define RAISED_US    (10 * SECOND) /* the rate doubles in that time, once the limit must be higher */
#define OUTAGE_US    (3 * SECOND)  /* nothing taken for so long: refusals told of no limit */
#define HOLD_LEAST   25000.0       /* a limit per second ends soon; asking at once costs refusals */
#define HOLD_MOST    (SECOND / 2)
#define STRICT_US    60000.0 /* at this interval and above nothing late is made good; */
#define LENIENT_US   30000.0 /* at this one and below */
#define LENIENCE_US  20000.0 /* so much lateness is */

void pace_init(struct pace *p, double cap, int64_t now)
{
    bool told = cap > 0;
    double rate = told ? cap : START_RATE;
    *p = (struct pace){.cap = cap,
                       .rate = rate,
                       .searching = !told,
                       .known = told,
                       .peak = rate,
                       .floor = rate,
                       .plateau_us = PLATEAU_US,
                       .tokens = 1};
    p->filled = p->sent = p->taken = now;
    p->refused = now - (int64_t)(10 * SECOND);
    p->slice = now / SLICE_US;
}

static bool is_free(const struct pace *p)
{
    return p->searching && p->rate >= FREE_RATE;
}

double pace_rate(const struct pace *p)
{
    return is_free(p) ? 0 : p->rate;
}

/* How far what is late is made good, 0 to 1. */
static double leniency(const struct pace *p)
{
    double interval = SECOND / p->rate;
    return fmin(1, fmax(0, (STRICT_US - interval) / (STRICT_US - LENIENT_US)));
}

/* What a late timer missed is made up for, but not much at once: some limits are counted over very
 * short times. A told rate trusts the administrator. */
static double tokens_most(const struct pace *p)
{
    if (p->cap > 0)
        return fmax(1 + p->rate * 0.002, p->rate * 0.005);
    return 1 + leniency(p) * LENIENCE_US / SECOND * p->rate;
}

static void tokens_fill(struct pace *p, int64_t now)
{
    double most = tokens_most(p);
    p->tokens += (double)(now - p->filled) / SECOND * p->rate;
    if (p->tokens > most)
        p->tokens = most;
    p->filled = now;
}

uint32_t pace_room(struct pace *p, int64_t now)
{
    if (is_free(p))
        return UINT32_MAX;
    if (now < p->hold)
        return 0;
    if (p->probing)
        return 1;
    tokens_fill(p, now);
    p->limited |= p->tokens < 1;
    return p->tokens < 1 ? 0 : (uint32_t)p->tokens;
}

/* The curve: from floor up to peak, flat there, then up again (RFC 8312 has the same shape); half
 * as long again after the peak as before it, no refusal will come near it any more. */
static void rate_climb(struct pace *p, double passed)
{
    double step = fmax(p->peak - p->floor, p->peak * (1 - STEP));
    double x = (p->climb_us += passed) / p->plateau_us - 1;
    p->rate =
        x > 1.5 ? p->rate * exp2(passed / RAISED_US) : fmax(p->floor, p->peak + step * x * x * x);
}

/* The rate moves only while it is what holds submits back: an idle link learns nothing. */
static void rate_advance(struct pace *p, int64_t now)
{
    double most = fmax(SECOND / 5, 2 * SECOND / p->rate);
    double passed = fmin((double)(now - p->sent), most);
    if (p->searching) {
        double doubling = p->rate < SLOW_RATE ? 3 * DOUBLE_US : DOUBLE_US;
        p->rate *= exp2(fmin(passed, doubling) / doubling);
    } else {
        rate_climb(p, passed);
    }
    if (p->cap > 0 && p->rate > p->cap)
        p->rate = p->cap;
}

void pace_take(struct pace *p, int64_t now)
{
    if (is_free(p))
        return;
    if (p->probing) {
        p->hold = now + (int64_t)SECOND; /* unless its answer comes before */
        p->tokens = 0;
        p->filled = now;
    } else {
        p->tokens -= 1;
    }
    if (p->limited)
        rate_advance(p, now);
    p->limited = false;
    p->sent = now;
}

static void slices_turn(struct pace *p, int64_t now)
{
    int64_t slice = now / SLICE_US;
    if (slice - p->slice >= PACE_SLICES) {
        memset(p->slices, 0, sizeof p->slices);
        p->slice = slice;
    }
    while (p->slice < slice)
        p->slices[++p->slice % PACE_SLICES] = 0;
}

/* How many were accepted in the second up to a slice, not before the one that runs: in the eight
 * whole slices before it, or in seven and itself. */
static double accepted_count(const struct pace *p, int64_t slice)
{
    uint32_t whole = 0, recent = 0;
    for (int64_t at = p->slice, age = slice - at; age < PACE_SLICES; at--, age++) {
        uint32_t count = p->slices[(at + PACE_SLICES) % PACE_SLICES];
        whole += age > 0 ? count : 0;
        recent += age < PACE_SLICES - 1 ? count : 0;
    }
    return whole > recent ? whole : recent;
}

/* An answer that is late by more than usual (as RFC 6298 measures it): its submit may have been
 * taken so much later, and the next one would come too early. */
static void answer_note(struct pace *p, int64_t sent, int64_t now)
{
    double took = (double)(now - sent);
    double late = p->answer_us > 0 ? took - p->answer_us : 0;
    bool unusual = late > 2 * p->spread_us;
    p->answer_us += p->answer_us > 0 ? late / 16 : took;
    p->spread_us += (fabs(late) - p->spread_us) / 16;
    if (!unusual)
        return;
    p->taken = sent + (int64_t)late;
    if (sent == p->sent)
        p->tokens = fmax(p->tokens - (1 - leniency(p)) * late / SECOND * p->rate, -1);
}

void pace_accepted(struct pace *p, int64_t sent, int64_t now)
{
    slices_turn(p, now);
    p->slices[p->slice % PACE_SLICES]++;
    p->taken = sent;
    if (p->cap <= 0)
        answer_note(p, sent, now);
    if (sent >= p->refused) {
        p->count++;
        if (p->probing) {
            p->searching = p->searching || (p->failing && now - p->failing >= (int64_t)OUTAGE_US);
            p->probing = false;
            p->hold = now;
        }
    }
    p->failing = 0;
}

static void rate_lower(struct pace *p, double peak, double rate, bool known)
{
    double least = p->cap > 0 ? fmin(p->cap, LEAST_RATE) : LEAST_RATE;
    p->searching = false;
    p->known = known;
    p->peak = fmax(peak, least);
    p->rate = p->floor = fmax(rate, least);
    p->climb_us = 0;
    p->plateau_us = fmax(PLATEAU_US, (known ? PLATEAU_SENT : PLATEAU_SOON) / p->peak * SECOND);
}

/* Nothing was taken since the last refusal: a bucket lacks a whole submit still, and a limit by the
 * second is no lower than what was just taken; a few may have been what a bucket held. What was
 * taken long ago tells nothing. */
static void rate_bound(struct pace *p, int64_t sent, int64_t now)
{
    double passed = fmax((double)(sent - p->taken), 1);
    double before = accepted_count(p, p->slice);
    double count = before < SOON_COUNT ? accepted_count(p, now / SLICE_US) : before;
    double bound = fmax(count, SECOND / passed);
    if (!p->known && bound < p->rate && passed < OUTAGE_US)
        rate_lower(p, bound, bound, false);
}

static void rate_cut(struct pace *p, int64_t sent, int64_t now)
{
    bool soon = p->count < SOON_COUNT || sent - p->refused < SOON_US;
    double half = fmax(accepted_count(p, now / SLICE_US), p->rate / 2);
    if (p->searching)
        rate_lower(p, p->rate, half, false);
    else if (p->count == 0)
        rate_bound(p, sent, now);
    else
        rate_lower(p, p->rate, p->rate * (soon ? STEP_SOON : STEP), !soon);
}

void pace_refused(struct pace *p, int64_t sent, int64_t now)
{
    if (!p->failing)
        p->failing = now;
    if (sent < p->refused) /* it went out together with one that told the same */
        return;
    double promised = p->rate * (double)(sent - p->refused) / SECOND;
    bool again = p->count == 0 || p->count + 1 < promised / 2;
    rate_cut(p, sent, now);
    p->hold_us = again ? p->hold_us * 2 : SECOND / p->rate / 8;
    p->hold_us = fmin(fmax(p->hold_us, HOLD_LEAST), HOLD_MOST);
    p->hold = now + (int64_t)p->hold_us;
    p->probing = again;
    p->tokens = 1; /* the first after the pause; the pause itself earns nothing */
    p->filled = p->hold;
    p->refused = now;
    p->count = 0;
}

int64_t pace_wait(struct pace *p, int64_t now)
{
    if (pace_room(p, now) > 0)
        return 0;
    if (now < p->hold)
        return p->hold - now;
    return (int64_t)((1 - p->tokens) / p->rate * SECOND) + 1;
}
