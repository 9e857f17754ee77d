/*
 * The compare-and-swaps of one batch, sent without waiting for memcached's word on each and looked
 * at together afterwards, in one round trip. Where a key holds what was written the swap is done.
 * Where it holds something else it was lost, or somebody changed the value since: the job is worked
 * again alone, so its edit must find what it has changed before (events by their message, routes by
 * their conversation).
 */
#ifndef SMPP_STORER_SWAPS_H
#define SMPP_STORER_SWAPS_H

#include "smpp/storer/storer.h"

struct swaps {
    unsigned count;
    struct swap {
        struct storer_value *read; /* told the outcome in `e` */
        char key[STORER_KEY_ROOM];
        char *octets;
        size_t len;
    } swap[STORER_BATCH];
};

/* Sends one; `read` is what it goes by, the octets are copied. -EINPROGRESS, or as
 * store_swap_unheard. */
int swaps_put(struct swaps *swaps, struct store *store, struct storer_value *read, const char *key,
              const char *octets, size_t len, unsigned life);

/* Tells each `read` 0, -EEXIST (to be worked again), or -EAGAIN; forgets them. */
void swaps_settle(struct swaps *swaps, struct store *store);

#endif
