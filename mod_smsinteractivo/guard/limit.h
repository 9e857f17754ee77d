#ifndef SMSI_LIMIT_H
#define SMSI_LIMIT_H
/* Counting in windows of fixed length, in memcached, so that all children and machines count
 * together. Knows nothing of httpd. */
#include <stdint.h>

#include "smpp/store/store.h"

enum { LIMIT_WHO_ROOM = 64, LIMIT_KEY_ROOM = 128 };

struct limit {
    const char *what;         /* short, in the key */
    char who[LIMIT_WHO_ROOM]; /* printable, without spaces */
    uint64_t most;            /* 0: no limit */
    unsigned seconds;         /* of a window */
};

/* The key of the window that holds `now` (seconds since 1970): "l:WHAT:WHO:WINDOW". */
void limit_key(const struct limit *limit, int64_t now, char key[static LIMIT_KEY_ROOM]);
/* Seconds until the window ends, at least 1. */
unsigned limit_retry_in(const struct limit *limit, int64_t now);

/* Whether each has room for one more: 0; -EDQUOT and `*which` is the first that has not; or what
 * store.h returns. Counts nothing. */
int limit_look(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               unsigned *which);
/* Counts one for each: as above, by the sums after counting. */
int limit_take(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               unsigned *which);

/* The network of an address: a.b.c.0/24, or the first 64 bits of IPv6. "?" for what is neither. */
void limit_network(const char *address, char out[static LIMIT_WHO_ROOM]);
/* Who holds an address: the address itself, but all 2^64 of one IPv6 network are one household. */
void limit_household(const char *address, char out[static LIMIT_WHO_ROOM]);

#endif
