/*
 * The compare-and-swaps of one batch, put off and done together in one round trip. Where somebody
 * else was faster the job is worked again, by itself.
 */
#ifndef SMPP_STORER_SWAPS_H
#define SMPP_STORER_SWAPS_H

#include "smpp/store/store.h"
#include "smpp/storer/storer.h"

struct swaps {
    unsigned count;
    struct store_swap swap[STORER_BATCH];
    struct storer_value *read[STORER_BATCH]; /* told the outcome in `e` */
};

/* Puts one off; `read` is what it goes by, key and octets are copied. -EINPROGRESS or -EAGAIN. */
int swaps_put(struct swaps *swaps, struct storer_value *read, const char *key, const char *octets,
              size_t len, unsigned life);

/* Does them and tells each `read` 0, -EEXIST (to be worked again), or an error; forgets them. */
void swaps_settle(struct swaps *swaps, struct store *store);

#endif
