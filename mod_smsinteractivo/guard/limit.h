/*
 * Counting in memcached, so that all children and machines count together. Counters are of fixed
 * windows; what is compared is the count of this window and of the one before, as far as its end is
 * not yet a window ago, as if it had been spread evenly: no edge lets twice the limit pass. Knows
 * nothing of httpd.
 */
#ifndef SMSI_LIMIT_H
#define SMSI_LIMIT_H

#include <stdint.h>

#include "smpp/store/store.h"

enum { LIMIT_WHO_ROOM = 64, LIMIT_KEY_ROOM = 128 };

struct limit {
    const char *what;         /* short, in the key */
    char who[LIMIT_WHO_ROOM]; /* printable, without spaces */
    uint64_t most;            /* 0: no limit */
    unsigned seconds;         /* of a window */
};

/* A limit that has no room for one more. */
struct limit_full {
    unsigned which;    /* of those asked */
    unsigned retry_in; /* seconds until it has, if nobody is counted meanwhile; at least 1 */
};

/* Seconds until a full limit has room, from the counts of the window before and of this one. */
unsigned limit_retry_in(const struct limit *limit, uint64_t before, uint64_t counted, int64_t now);

/* Whether each has room for one more: 0; -EDQUOT and `full` tells of the first that has not; or
 * what store.h returns: whoever cannot count refuses. Counts nothing. */
int limit_look(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               struct limit_full *full);
/* Counts one for each: as above, by the sums after counting. Where it is refused none is counted.
 */
int limit_take(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               struct limit_full *full);
/* What was counted at `now` led to nothing. Where memcached does not answer it stays counted. */
void limit_return(struct store *store, const struct limit *limits, unsigned count, int64_t now);
/* How many were counted within the last window, rounded up; 0 where that cannot be read. */
uint64_t limit_recent(struct store *store, const struct limit *limit, int64_t now);

/* The network of an address: a.b.c.0/24, or the first 64 bits of IPv6. "?" for what is neither. */
void limit_network(const char *address, char out[static LIMIT_WHO_ROOM]);
/* Who holds an address: the address itself, but all 2^64 of one IPv6 network are one household. */
void limit_household(const char *address, char out[static LIMIT_WHO_ROOM]);

#endif
