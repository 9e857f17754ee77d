#ifndef SMSI_SWEEP_H
#define SMSI_SWEEP_H
/* Finds what our own smppd did not tell of: an answer that reached another machine's, or came while
 * we were not subscribed. One look at the counter `news` a second; only where it moved further than
 * what we were told of are the transcripts of those who wait asked for, many in one round trip. */
#include <stdbool.h>
#include <stdint.h>

#include "smpp/store/store.h"

struct sweep {
    struct store *store;
    uint64_t counted, told; /* as of the last look */
};

/* `told`: how many news we were told so far. `all`: look after everybody now. */
void sweep_run(struct sweep *sweep, uint64_t told, bool all);

#endif
