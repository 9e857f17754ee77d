/* See news_count.h. */
#include "smpp/storer/news_count.h"

#include <stdio.h>

#include "smpp/store/store.h"

enum { PAUSE_US = 50000, AWAY_US = 1000000 };

void news_count_begin(struct news_count *count, const char *instance)
{
    (void)snprintf(count->own, sizeof count->own, "news:%s", instance); /* conf bounds it */
    count->untold = 1;
    count->due = 0;
}

bool news_count_add(struct news_count *count)
{
    return atomic_fetch_add(&count->untold, 1) == 0;
}

int64_t news_count_left(const struct news_count *count, int64_t now)
{
    if (count->untold == 0)
        return -1;
    return count->due > now ? count->due - now : 0;
}

void news_count_tell(struct news_count *count, struct store *store, int64_t now)
{
    uint64_t sum;
    if (news_count_left(count, now) != 0)
        return;
    unsigned some = atomic_exchange(&count->untold, 0);
    int e = store_count(store, "news", some, 0, &sum);
    if (e < 0)
        atomic_fetch_add(&count->untold, some);
    else
        (void)store_count(store, count->own, some, 0,
                          &sum); /* lost: our modules look once in vain */
    count->due = now + (e < 0 ? AWAY_US : PAUSE_US);
}
