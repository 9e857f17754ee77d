// How long things took: a histogram of microseconds, about 6 % wide each.
#ifndef SMSC_LATENCY_H
#define SMSC_LATENCY_H

#include <stdint.h>

enum { LATENCY_SLOTS = 16 * 40 };

struct latency {
    uint64_t count, most;
    uint64_t slot[LATENCY_SLOTS];
};

void latency_add(struct latency *latency, uint64_t us);
// The time within which this share (0..1) was done; the upper end of its slot.
uint64_t latency_at(const struct latency *latency, double share);

#endif
