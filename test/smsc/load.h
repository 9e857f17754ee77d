// Answers by the thousand: a measured stream from many handsets to one short code.
#ifndef SMSC_LOAD_H
#define SMSC_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "test/smsc/latency.h"

struct delivery;
struct evbuffer;
struct smsc;

struct load {
    bool running;
    uint64_t count, rate, window; // rate 0: as fast as the window of unacknowledged answers allows
    uint64_t from, numbers;       // handsets from..from+numbers-1, in turn
    char to[21];
    char text[161]; // {n} is the answer's number
    uint64_t injected, acked, refused;
    uint64_t started, last; // microseconds
    struct latency latency; // from the first sending to the acknowledgement
    unsigned run;           // a stopped run's timer finds another number here
};

// Starts a run with the fields set up to `text`; a run under way is replaced, its answers still
// count as pending but no longer as this run's.
void load_start(struct smsc *smsc, const struct load *wanted);
void load_stop(struct smsc *smsc);
void load_acked(struct smsc *smsc, const struct delivery *delivery, uint32_t status);
void load_write(const struct smsc *smsc, struct evbuffer *json);

#endif
