/* The keys a batch of the storer's jobs wants, fetched in one round trip. */
#ifndef SMPP_STORER_READING_H
#define SMPP_STORER_READING_H

#include "smpp/storer/alive.h"

enum { READING_KEYS = STORER_BATCH * STORER_KEYS + ALIVE_KEYS };

struct reading {
    const char *keys[READING_KEYS];
    struct storer_value *into[READING_KEYS];
    unsigned count;
    bool patchy; /* batch_read: a server of several did not answer for its alive: key */
};

/* Wants a key; `into` is told when it is read. Both live until reading_free. */
void reading_add(struct reading *reading, const char *key, struct storer_value *into);
/* Reads. 0 or as store_get_many; where one of several servers does not answer 0, and the values
 * that it holds say -EAGAIN. */
int reading_do(struct reading *reading, struct store *store);
/* Frees what was read. */
void reading_free(struct reading *reading);

#endif
