/* How many news lines smppd has told, summed in memcached under `news` with those of all others,
 * and under `news:INSTANCE` by itself: what the sum holds beyond their own smppd's share tells
 * modules that something happened elsewhere. Moved every 50 ms at most, however many there were. */
#ifndef SMPP_STORER_NEWS_COUNT_H
#define SMPP_STORER_NEWS_COUNT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "smpp/storer/storer.h"

struct news_count {
    char own[STORER_KEY_ROOM]; /* news:INSTANCE */
    atomic_uint untold;
    int64_t due; /* microseconds of clock_us(): not before */
};

/* What a smppd that was killed told last may not have been counted: one more begins it. */
void news_count_begin(struct news_count *count, const char *instance);
/* From any thread. True where none was untold before: whoever sleeps has to hear of it. */
bool news_count_add(struct news_count *count);
/* Microseconds until news_count_tell will do something; -1 where nothing is untold. */
int64_t news_count_left(const struct news_count *count, int64_t now);
/* Moves both counters where it is due; two round trips. What memcached did not take is kept. */
void news_count_tell(struct news_count *count, struct store *store, int64_t now);

#endif
