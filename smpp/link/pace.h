/* The pace: how many submit_sm a second an SMSC takes, told by the administrator or found out from
 * its refusals.
 *
 * Unknown: the rate doubles until the first ESME_RTHROTTLED and is halved there. Refused again and
 * again, the time since the last accepted submit is less than the limit's interval, unless more
 * were accepted within the second before: then the SMSC counts by the second. A refusal that comes
 * soon after another one takes a tenth off the rate, any other a fiftieth; then the rate follows a
 * cubic curve, as TCP does: soon back near the rate that was refused, lingering there, because
 * refusals are to stay rare, then higher, because limits are also raised. An SMSC that took nothing
 * for a while had another trouble than its limit, which is then looked for anew.
 *
 * Submits are spread evenly. At 33 a second and above a timer's lateness of up to 20 ms is made
 * good; below 17 none is, because an SMSC that allows one submit an interval would refuse it; for
 * the same reason an answer that is unusually late, whose submit may have been taken late, puts the
 * next submit off. Pure: times are passed in, microseconds of a clock that does not go back. */
#ifndef SMPP_LINK_PACE_H
#define SMPP_LINK_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PACE_SLICES = 9 }; /* the eighth of a second that runs, and the eight before it */

struct pace {
    double cap;        /* the administrator's rate; 0: none */
    double rate;       /* submits a second now */
    bool searching;    /* nothing refused yet: doubling */
    bool known;        /* the last refusal did not come soon after another one */
    double peak;       /* the rate when it was last refused */
    double floor;      /* the rate right after that */
    double plateau_us; /* how long the way from the floor back to the peak is */
    double climb_us;   /* time spent at the limit since then: the curve's clock */
    double tokens;
    bool limited;     /* the tokens ran out since the last submit */
    int64_t filled;   /* when tokens were last added */
    int64_t sent;     /* the last submit */
    int64_t taken;    /* when the last accepted one was sent; later, if its answer was late */
    uint32_t count;   /* accepted since the last refusal */
    double answer_us; /* from a submit to its answer, on average */
    double spread_us; /* how far from that they are, on average */
    int64_t refused;  /* the last refusal that told something new */
    int64_t failing;  /* since when every answer was a refusal; 0: the last one was not */
    int64_t hold;     /* nothing goes out before this time */
    double hold_us;   /* how long the pause after a refusal was: doubles while refusals go on */
    bool probing;     /* after the pause a single submit goes out; the rest wait for its answer */
    uint32_t slices[PACE_SLICES]; /* accepted per slice */
    int64_t slice;                /* number of the running one */
};

/* cap 0: the SMSC's limit is unknown. */
void pace_init(struct pace *p, double cap, int64_t now);

/* How many submits may go out now; UINT32_MAX if nothing holds them back. */
uint32_t pace_room(struct pace *p, int64_t now);

/* Notes that one goes out, after pace_room allowed it. */
void pace_take(struct pace *p, int64_t now);

/* Notes the answer to a submit sent at `sent`: taken, or refused for its pace (STATUS_SLOW). */
void pace_accepted(struct pace *p, int64_t sent, int64_t now);
void pace_refused(struct pace *p, int64_t sent, int64_t now);

/* Microseconds until pace_room may be more than 0; 0 if it is. */
int64_t pace_wait(struct pace *p, int64_t now);

/* Submits a second allowed now; 0 while nothing holds them back. */
double pace_rate(const struct pace *p);

#endif
