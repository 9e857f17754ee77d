/* See limit.h. */
#include "mod_smsinteractivo/guard/limit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMITS_MOST = 16, WINDOWS = 2 };

/* The counts of a limit's windows. */
struct counts {
    uint64_t now, before;
};

/* Fits: what is ours and short, who is bounded. */
static void key_make(const struct limit *limit, int64_t window, char key[static LIMIT_KEY_ROOM])
{
    (void)snprintf(key, LIMIT_KEY_ROOM, "l:%s:%s:%" PRId64, limit->what, limit->who, window);
}

static void count_take(void *context, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct counts *counts = context;
    uint64_t count = strtoull(value, NULL, 10);
    (void)len; /* NUL-terminated */
    (void)cas; /* nothing is written back */
    if (nth % WINDOWS == 0)
        counts[nth / WINDOWS].now = count;
    else
        counts[nth / WINDOWS].before = count;
}

static int counts_read(struct store *store, const struct limit *limits, unsigned count, int64_t now,
                       struct counts counts[static LIMITS_MOST])
{
    char key[WINDOWS * LIMITS_MOST][LIMIT_KEY_ROOM];
    const char *keys[WINDOWS * LIMITS_MOST];
    if (count > LIMITS_MOST)
        return -EINVAL;
    memset(counts, 0, LIMITS_MOST * sizeof *counts);
    for (unsigned i = 0; i < WINDOWS * count; i++) {
        const struct limit *limit = &limits[i / WINDOWS];
        key_make(limit, now / limit->seconds - i % WINDOWS, key[i]);
        keys[i] = key[i];
    }
    return store_get_many(store, keys, WINDOWS * count, count_take, counts);
}

/* What still counts of the window before: those refused then never did. */
static uint64_t before_left(const struct limit *limit, uint64_t before, int64_t now)
{
    uint64_t left = limit->seconds - (uint64_t)(now % limit->seconds);
    if (limit->most && before > limit->most)
        before = limit->most;
    return (before * left + limit->seconds - 1) / limit->seconds;
}

/* From which second of a window on `before` leaves room for `room`, a window's length at most. */
static uint64_t second_with_room(const struct limit *limit, uint64_t before, uint64_t room)
{
    return before <= room ? 0 : limit->seconds - room * limit->seconds / before;
}

unsigned limit_retry_in(const struct limit *limit, uint64_t before, uint64_t counted, int64_t now)
{
    uint64_t gone = (uint64_t)(now % limit->seconds), most = limit->most;
    before = before < most ? before : most;
    if (counted < most) {
        uint64_t second = second_with_room(limit, before, most - 1 - counted);
        return second > gone ? (unsigned)(second - gone) : 1;
    }
    return (unsigned)(limit->seconds - gone + second_with_room(limit, most, most - 1));
}

/* `counts->now` includes the one more. */
static int room_check(const struct limit *limit, const struct counts *counts, int64_t now,
                      struct limit_full *full)
{
    if (limit->most == 0 || counts->now + before_left(limit, counts->before, now) <= limit->most)
        return 0;
    full->retry_in = limit_retry_in(limit, counts->before, counts->now - 1, now);
    return -EDQUOT;
}

static int look(struct store *store, const struct limit *limits, unsigned count, int64_t now,
                struct counts counts[static LIMITS_MOST], struct limit_full *full)
{
    int e = counts_read(store, limits, count, now, counts);
    for (unsigned i = 0; i < count && e == 0; i++) {
        counts[i].now++;
        full->which = i;
        e = room_check(&limits[i], &counts[i], now, full);
    }
    return e;
}

int limit_look(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               struct limit_full *full)
{
    struct counts counts[LIMITS_MOST];
    return look(store, limits, count, now, counts, full);
}

void limit_return(struct store *store, const struct limit *limits, unsigned count, int64_t now)
{
    char key[LIMIT_KEY_ROOM];
    for (unsigned i = 0; i < count; i++) {
        key_make(&limits[i], now / limits[i].seconds, key);
        if (limits[i].most)
            (void)store_uncount(store, key, 1); /* the visitor loses one */
    }
}

/* Looks first, so that who is refused again and again costs one question. Nobody passes by what
 * those who came at the same moment give back: the sum is never less than those let through. */
int limit_take(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               struct limit_full *full)
{
    struct counts counts[LIMITS_MOST];
    unsigned counted = 0;
    int e = look(store, limits, count, now, counts, full);
    for (unsigned i = 0; i < count && e == 0; i++) {
        char key[LIMIT_KEY_ROOM];
        if (limits[i].most == 0)
            continue;
        key_make(&limits[i], now / limits[i].seconds, key);
        full->which = i;
        e = (counts[i].now == 1 ? store_count_new : store_count)(
            store, key, 1, WINDOWS * limits[i].seconds + 1, &counts[i].now);
        if (e < 0)
            break;
        counted = i + 1;
        e = room_check(&limits[i], &counts[i], now, full);
    }
    if (e < 0)
        limit_return(store, limits, counted, now);
    return e;
}

uint64_t limit_recent(struct store *store, const struct limit *limit, int64_t now)
{
    struct counts counts[LIMITS_MOST];
    return counts_read(store, limit, 1, now, counts) < 0
               ? 0
               : counts->now + before_left(limit, counts->before, now);
}

void limit_network(const char *address, char out[static LIMIT_WHO_ROOM])
{
    unsigned char octets[16];
    if (inet_pton(AF_INET, address, octets) == 1) {
        (void)snprintf(out, LIMIT_WHO_ROOM, "%u.%u.%u", octets[0], octets[1], octets[2]);
    } else if (inet_pton(AF_INET6, address, octets) == 1) {
        static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
        if (memcmp(octets, mapped, sizeof mapped) == 0) {
            (void)snprintf(out, LIMIT_WHO_ROOM, "%u.%u.%u", octets[12], octets[13], octets[14]);
            return;
        }
        for (int i = 0; i < 8; i++)
            (void)snprintf(out + 2 * i, 3, "%02x", octets[i]); /* 16 digits fit */
    } else {
        (void)snprintf(out, LIMIT_WHO_ROOM, "?");
    }
}

void limit_household(const char *address, char out[static LIMIT_WHO_ROOM])
{
    if (strchr(address, ':'))
        limit_network(address, out);
    else
        (void)snprintf(out, LIMIT_WHO_ROOM, "%s", address); /* addresses fit */
}
