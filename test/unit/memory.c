/* A table in memcached's place; see memory.h. */
#include "test/unit/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THINGS = 64, VALUE_ROOM = 65536 };

static struct thing {
    char key[80], value[VALUE_ROOM];
    size_t len;
    int64_t until; /* 0: for good */
    uint64_t cas;
} thing[THINGS];
static uint64_t swapped;
void (*memory_meanwhile)(void);
int64_t memory_now;
bool memory_away;

static bool is_there(const struct thing *one)
{
    return one->cas && (!one->until || memory_now < one->until);
}

static struct thing *thing_of(const char *key)
{
    for (struct thing *one = thing; one < thing + THINGS; one++)
        if (is_there(one) && strcmp(one->key, key) == 0)
            return one;
    return NULL;
}

static int64_t until_of(unsigned life)
{
    return life ? memory_now + (int64_t)life * 1000 : 0;
}

static int put(const char *key, const char *value, size_t len, unsigned life)
{
    struct thing *one = thing_of(key);
    if (memory_away)
        return -EAGAIN;
    for (struct thing *free = thing; !one && free < thing + THINGS; free++)
        if (!is_there(free))
            one = free;
    if (!one || len >= VALUE_ROOM)
        return -E2BIG;
    strcpy(one->key, key);
    memcpy(one->value, value, len);
    one->value[len] = '\0';
    one->len = len;
    one->until = until_of(life);
    one->cas = ++swapped;
    return 0;
}

unsigned memory_servers = 1;

struct store *store_open(const char *servers, const char *prefix, char *why, size_t room)
{
    (void)servers, (void)prefix, (void)why, (void)room;
    return (struct store *)(void *)thing;
}

void store_close(struct store *store)
{
    (void)store;
}

unsigned store_servers(const struct store *store)
{
    (void)store;
    return memory_servers;
}

void memory_empty(void)
{
    memset(thing, 0, sizeof thing);
}

const char *memory_of(const char *key)
{
    const struct thing *one = thing_of(key);
    return one ? one->value : NULL;
}

int store_get_each(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context, bool *unread)
{
    static char value[VALUE_ROOM];
    (void)store;
    for (unsigned i = 0; memory_away && unread && i < count; i++)
        unread[i] = true;
    if (memory_away)
        return -EAGAIN;
    for (unsigned i = 0; i < count; i++) {
        const struct thing *one = thing_of(keys[i]);
        if (!one)
            continue;
        memcpy(value, one->value, one->len + 1);
        found(context, i, value, one->len, one->cas);
    }
    return 0;
}

int store_get_many(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context)
{
    return store_get_each(store, keys, count, found, context, NULL);
}

int store_get(struct store *store, const char *key, char *value, size_t room, size_t *len,
              uint64_t *cas)
{
    const struct thing *one = thing_of(key);
    (void)store;
    if (memory_away)
        return -EAGAIN;
    if (!one || one->len >= room)
        return one ? -E2BIG : -ENOENT;
    memcpy(value, one->value, one->len + 1);
    if (len)
        *len = one->len;
    if (cas)
        *cas = one->cas;
    return 0;
}

int store_cas(struct store *store, const char *key, const char *value, size_t len, unsigned life,
              uint64_t cas)
{
    const struct thing *one = thing_of(key);
    (void)store;
    if (!one && cas && !memory_away)
        return -ENOENT;
    return one && one->cas != cas && !memory_away ? -EEXIST : put(key, value, len, life);
}

int store_add(struct store *store, const char *key, const char *value, size_t len, unsigned life)
{
    return store_cas(store, key, value, len, life, 0);
}

void store_swap_many(struct store *store, struct store_swap *swaps, unsigned count)
{
    void (*meanwhile)(void) = memory_meanwhile;
    memory_meanwhile = NULL;
    if (meanwhile)
        meanwhile();
    for (unsigned i = 0; i < count; i++)
        swaps[i].e = store_cas(store, swaps[i].key, swaps[i].value, swaps[i].len, swaps[i].life,
                               swaps[i].cas);
}

int store_set(struct store *store, const char *key, const char *value, size_t len, unsigned life)
{
    (void)store;
    return put(key, value, len, life);
}

int store_delete(struct store *store, const char *key)
{
    struct thing *one = thing_of(key);
    (void)store;
    if (memory_away)
        return -EAGAIN;
    if (one)
        one->cas = 0;
    return one ? 0 : -ENOENT;
}

int store_touch(struct store *store, const char *key, unsigned life)
{
    struct thing *one = thing_of(key);
    (void)store;
    if (memory_away)
        return -EAGAIN;
    if (one)
        one->until = until_of(life);
    return one ? 0 : -ENOENT;
}

int store_count(struct store *store, const char *key, unsigned by, unsigned life, uint64_t *value)
{
    char sum[24];
    const char *there = memory_of(key);
    *value = (there ? strtoull(there, NULL, 10) : 0) + by;
    (void)snprintf(sum, sizeof sum, "%llu", (unsigned long long)*value);
    return store_set(store, key, sum, strlen(sum), life);
}
