/* The keys a batch of the storer's jobs wants, fetched in one round trip. */
#ifndef SMPP_STORER_READING_H
#define SMPP_STORER_READING_H

#include "smpp/storer/alive.h"

struct reading {
    const char *keys[STORER_BATCH * STORER_KEYS + ALIVE_KEYS];
    struct storer_value *into[STORER_BATCH * STORER_KEYS + ALIVE_KEYS];
    unsigned count;
};

/* Wants a key; `into` is told when it is read. Both live until reading_free. */
void reading_add(struct reading *reading, const char *key, struct storer_value *into);
/* Reads. 0 or as store_get_many. */
int reading_do(struct reading *reading, struct store *store);
/* Frees what was read. */
void reading_free(struct reading *reading);

#endif
