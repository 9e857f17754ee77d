/* Jittered exponential back-off. */
#include "smpp/link/backoff.h"

unsigned backoff_next(struct backoff *b, unsigned max_ms, uint32_t random)
{
    uint64_t ceiling = b->min_ms;
    unsigned doublings = b->tries < 31 ? ++b->tries : b->tries;
    for (unsigned i = 0; i < doublings && ceiling < max_ms; i++)
        ceiling *= 2;
    if (ceiling > max_ms)
        ceiling = max_ms;
    if (ceiling <= b->min_ms)
        return b->min_ms;
    return b->min_ms + (unsigned)((ceiling - b->min_ms) * random >> 32);
}

void backoff_reset(struct backoff *b)
{
    b->tries = 0;
}
