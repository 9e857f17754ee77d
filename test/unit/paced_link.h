/* A link that always has something to send, and the SMSC that limits it, both simulated: the clock
 * is a number. */
#ifndef TEST_UNIT_PACED_LINK_H
#define TEST_UNIT_PACED_LINK_H

#include "smpp/link/pace.h"

/* How SMSCs limit: so many in each second of the clock; so many in any second; a bucket that holds
 * `burst` and fills evenly. */
enum limit_kind { LIMIT_BY_CLOCK, LIMIT_BY_SECOND, LIMIT_BY_BUCKET };

enum { FLIGHT = 4096 };

struct limited_smsc {
    enum limit_kind kind;
    double rate, burst;
    double tokens;
    int64_t second, filled;
    unsigned in_second;
    int64_t taken[FLIGHT]; /* when, for LIMIT_BY_SECOND: a ring */
    unsigned last;
};

struct paced_link {
    struct limited_smsc smsc;
    struct pace pace;
    bool deaf;      /* the pace hears of no answer: a constant rate */
    bool busy;      /* both machines are, and wake late */
    unsigned stall; /* then one of so many delays is 50 ms */
    uint64_t chance;
    int64_t now, rtt, reached;
    unsigned window, head, count;
    struct {
        int64_t sent, back;
        bool ok;
    } flight[FLIGHT];
    uint64_t sent, accepted, refused; /* within the last run */
};

/* rtt_us to the SMSC and back, `window` requests in flight. cap 0: nobody told the limit. A busy
 * machine wakes both sides 0.1 to 10 ms late, more often little than much. To be freed. */
struct paced_link *paced_link_new(enum limit_kind kind, double rate, double burst, int64_t rtt,
                                  unsigned window, double cap);

/* The same, both machines busy, with other luck for each seed. */
struct paced_link *paced_link_busy(enum limit_kind kind, double rate, double burst, unsigned stall,
                                   uint64_t seed, double cap);

void paced_link_run(struct paced_link *r, double seconds);

#endif
