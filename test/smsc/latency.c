// Sixteen slots to each power of two.
#include "test/smsc/latency.h"

static unsigned slot_of(uint64_t us)
{
    unsigned power = 0;

    if (us < 16)
        return (unsigned)us;
    while (us >> power >= 32)
        power++;
    unsigned slot = 16 * (power + 1) + (unsigned)((us >> power) - 16);
    return slot < LATENCY_SLOTS ? slot : LATENCY_SLOTS - 1;
}

static uint64_t slot_end(unsigned slot)
{
    if (slot < 16)
        return slot;
    return ((uint64_t)(slot % 16 + 17) << (slot / 16 - 1)) - 1;
}

void latency_add(struct latency *l, uint64_t us)
{
    l->slot[slot_of(us)]++;
    l->count++;
    if (us > l->most)
        l->most = us;
}

uint64_t latency_at(const struct latency *l, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)l->count), seen = 0;

    for (unsigned slot = 0; slot < LATENCY_SLOTS; slot++) {
        seen += l->slot[slot];
        if (seen > wanted)
            return slot_end(slot) < l->most ? slot_end(slot) : l->most;
    }
    return l->most;
}
