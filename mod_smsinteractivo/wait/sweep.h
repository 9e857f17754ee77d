/* Finds what our own smppd did not tell of: an answer that reached another machine's, or came while
 * we were not subscribed. One look a second at the counters of all smppd's news and of our own's;
 * only where the rest moved are the transcripts of those who wait asked for, many in one round
 * trip. */
#ifndef SMSI_SWEEP_H
#define SMSI_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "smpp/store/store.h"

struct sweep {
    struct store *store;
    int64_t due;        /* ms of CLOCK_BOOTTIME: the next look */
    unsigned next;      /* the slot of the parking that is asked for next */
    bool asking;        /* in the midst of asking for everybody */
    bool again;         /* and once more after that: there was news meanwhile */
    bool owed;          /* memcached did not answer when everybody had to be asked for */
    uint64_t elsewhere; /* news of other smppd as of the last look */
};

/*
 * One step, of one round trip and 100 ms at most, so that wakes are not kept waiting.
 * `instance`: our smppd's name. `all`: look after everybody, now. True where more steps have to
 * follow at once.
 */
bool sweep_step(struct sweep *sweep, int64_t now, const char *instance, bool all);

#endif
