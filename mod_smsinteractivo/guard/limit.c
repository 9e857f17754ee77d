/* See limit.h. */
#include "mod_smsinteractivo/guard/limit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMITS_MOST = 16 };

void limit_key(const struct limit *limit, int64_t now, char key[static LIMIT_KEY_ROOM])
{
    /* Fits: what is ours and short, who is bounded. */
    (void)snprintf(key, LIMIT_KEY_ROOM, "l:%s:%s:%" PRId64, limit->what, limit->who,
                   now / limit->seconds);
}

unsigned limit_retry_in(const struct limit *limit, int64_t now)
{
    return limit->seconds - (unsigned)(now % limit->seconds);
}

struct counts {
    uint64_t value[LIMITS_MOST];
};

static void count_take(void *context, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct counts *counts = context;
    (void)len; /* NUL-terminated */
    (void)cas; /* nothing is written back */
    counts->value[nth] = strtoull(value, NULL, 10);
}

int limit_look(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               unsigned *which)
{
    char key[LIMITS_MOST][LIMIT_KEY_ROOM];
    const char *keys[LIMITS_MOST];
    struct counts counts = {{0}};
    if (count > LIMITS_MOST)
        return -EINVAL;
    for (unsigned i = 0; i < count; i++) {
        limit_key(&limits[i], now, key[i]);
        keys[i] = key[i];
    }
    int e = count ? store_get_many(store, keys, count, count_take, &counts) : 0;
    for (unsigned i = 0; i < count && e == 0; i++)
        if (limits[i].most && counts.value[i] >= limits[i].most) {
            *which = i;
            e = -EDQUOT;
        }
    return e;
}

int limit_take(struct store *store, const struct limit *limits, unsigned count, int64_t now,
               unsigned *which)
{
    for (unsigned i = 0; i < count; i++) {
        char key[LIMIT_KEY_ROOM];
        uint64_t sum = 0;
        if (limits[i].most == 0)
            continue;
        limit_key(&limits[i], now, key);
        int e = store_count(store, key, 1, limits[i].seconds + 1, &sum);
        if (e == 0 && sum > limits[i].most)
            e = -EDQUOT;
        if (e < 0) {
            *which = i;
            return e;
        }
    }
    return 0;
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
