/* How long to wait before the next try: growing, with jitter, so that many clients do not come back
 * at once. */
#ifndef SMPP_LINK_BACKOFF_H
#define SMPP_LINK_BACKOFF_H

#include <stdint.h>

struct backoff {
    unsigned min_ms;
    unsigned tries; /* since the last backoff_reset */
};

/* Milliseconds to wait, between min_ms and a ceiling that doubles with every try up to max_ms.
 * `random` is any 32 random bits. */
unsigned backoff_next(struct backoff *b, unsigned max_ms, uint32_t random);

void backoff_reset(struct backoff *b);

#endif
