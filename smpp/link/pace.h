/* The pace: how many submit_sm a second an SMSC takes, told by the administrator or found out from
 * its refusals.
 *
 * Unknown: the rate starts low and doubles quickly until the first ESME_RTHROTTLED; then it follows
 * a cubic curve, as TCP does: a small step down, soon back near the rate that was refused,
 * lingering there, then searching higher, because limits are also raised: slowly at first, doubling
 * where none is felt. An SMSC that took nothing for a while had another trouble than its limit,
 * which is then looked for anew. Submits are spread evenly over the second. Pure: times are passed
 * in, microseconds of a clock that does not go back. */
#ifndef SMPP_LINK_PACE_H
#define SMPP_LINK_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PACE_SLICES = 9 }; /* the eighth of a second that runs, and the eight before it */

struct pace {
    double cap;      /* the administrator's rate; 0: none */
    double rate;     /* submits a second now */
    bool searching;  /* nothing refused yet: doubling */
    double peak;     /* the rate when it was last refused */
    double floor;    /* the rate right after that */
    double climb_us; /* time spent at the limit since then: the curve's clock */
    double tokens;
    bool limited;    /* the tokens ran out since the last submit */
    int64_t filled;  /* when tokens were last added */
    int64_t taken;   /* the last submit */
    int64_t cut;     /* when the rate was last lowered */
    int64_t refused; /* the last refusal that told something new */
    int64_t failing; /* since when every answer was a refusal; 0: the last one was not */
    int64_t hold;    /* nothing goes out before this time */
    double hold_us;  /* how long the pause after a refusal was: doubles while refusals go on */
    bool probing;    /* after the pause a single submit goes out; the rest wait for its answer */
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
