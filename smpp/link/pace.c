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
#define STEP_DOWN    0.98          /* after a refusal in calm */
#define PLATEAU_US   (10 * SECOND) /* from a refusal back to the refused rate */
#define PLATEAU_SENT 400.0         /* and at least so many submits: searching costs some of them */
#define RAISED_US    (10 * SECOND) /* the rate doubles in that time, once the limit must be higher */
#define OUTAGE_US    (3 * SECOND)  /* nothing taken for so long: refusals told of no limit */
#define HOLD_LEAST   25000.0       /* a limit per second ends soon; asking at once costs refusals */
#define HOLD_MOST    (SECOND / 2)

void pace_init(struct pace *p, double cap, int64_t now)
{
    double rate = cap > 0 ? cap : START_RATE;
    *p =
        (struct pace){.cap = cap, .rate = rate, .searching = cap <= 0, .peak = rate, .floor = rate};
    p->tokens = 1;
    p->filled = p->taken = now;
    p->cut = p->refused = now - (int64_t)(10 * SECOND);
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

/* What a late timer missed is made up for, 2 ms of it at a low rate and 5 at a high one; no more at
 * once, because some limits are counted over very short times. */
static double tokens_most(const struct pace *p)
{
    return fmax(1 + p->rate * 0.002, p->rate * 0.005);
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
    if (p->tokens < 1)
        p->limited = true;
    return (uint32_t)p->tokens;
}

/* The curve: from floor up to peak, flat there, then up again (RFC 8312 has the same shape); as
 * long after the plateau as before it, no refusal will come near the peak any more. */
static void rate_climb(struct pace *p, double passed)
{
    double step = fmax(p->peak - p->floor, p->peak * (1 - STEP_DOWN));
    bool calm = step < p->peak * 0.05; /* the limit is known well: search it rarely */
    double plateau = calm ? fmax(PLATEAU_US, PLATEAU_SENT / p->peak * SECOND) : PLATEAU_US;
    double x = (p->climb_us += passed) / plateau - 1;
    p->rate =
        x > 1 ? p->rate * exp2(passed / RAISED_US) : fmax(p->floor, p->peak + step * x * x * x);
}

/* The rate moves only while it is what holds submits back: an idle link learns nothing. */
static void rate_advance(struct pace *p, int64_t now)
{
    double most = fmax(SECOND / 5, 2 * SECOND / p->rate);
    double passed = fmin((double)(now - p->taken), most);
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
    p->taken = now;
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

/* How many were accepted in the last second: in the eight whole slices, or in seven and the running
 * one. */
static double accepted_count(struct pace *p, int64_t now)
{
    uint32_t all = 0;
    slices_turn(p, now);
    for (int i = 0; i < PACE_SLICES; i++)
        all += p->slices[i];
    uint32_t whole = all - p->slices[p->slice % PACE_SLICES];
    uint32_t recent = all - p->slices[(p->slice + 1) % PACE_SLICES];
    return whole > recent ? whole : recent;
}

void pace_accepted(struct pace *p, int64_t sent, int64_t now)
{
    slices_turn(p, now);
    p->slices[p->slice % PACE_SLICES]++;
    if (p->probing && sent >= p->refused) {
        p->searching = p->searching || (p->failing && now - p->failing >= (int64_t)OUTAGE_US);
        p->probing = false;
        p->hold = now;
    }
    p->failing = 0;
}

static void rate_cut(struct pace *p, int64_t now)
{
    double since = (double)(now - p->cut);
    double accepted = fmax(accepted_count(p, now), 1);
    if (!p->searching && since < SECOND)
        return;
    if (p->searching) {
        p->peak = fmin(p->rate, fmax(accepted * 8, START_RATE));
        p->rate = fmin(p->rate, accepted);
    } else {
        p->peak = p->rate;
        p->rate = STEP_DOWN * (since < 3 * SECOND ? fmin(p->rate, accepted) : p->rate);
    }
    p->searching = false;
    p->floor = p->rate;
    p->climb_us = 0;
    p->cut = now;
}

void pace_refused(struct pace *p, int64_t sent, int64_t now)
{
    if (!p->failing)
        p->failing = now;
    if (sent < p->refused) /* it went out together with one that told the same */
        return;
    bool again = now - p->refused < (int64_t)SECOND;
    rate_cut(p, now);
    p->hold_us = again ? fmin(p->hold_us * 2, HOLD_MOST)
                       : fmin(fmax(SECOND / p->rate, HOLD_LEAST), HOLD_MOST);
    p->hold = now + (int64_t)p->hold_us;
    p->probing = again;
    p->tokens = 1; /* the first after the pause; the pause itself earns nothing */
    p->filled = p->hold;
    p->refused = now;
}

int64_t pace_wait(struct pace *p, int64_t now)
{
    if (pace_room(p, now) > 0)
        return 0;
    if (now < p->hold)
        return p->hold - now;
    return (int64_t)((1 - p->tokens) / p->rate * SECOND) + 1;
}
