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
    uint64_t cas;
} thing[THINGS];
static uint64_t swapped;
void (*memory_meanwhile)(void);

static struct thing *thing_of(const char *key)
{
    for (struct thing *one = thing; one < thing + THINGS; one++)
        if (one->cas && strcmp(one->key, key) == 0)
            return one;
    return NULL;
}

static int put(const char *key, const char *value, size_t len)
{
    struct thing *one = thing_of(key);
    for (struct thing *free = thing; !one && free < thing + THINGS; free++)
        if (!free->cas)
            one = free;
    if (!one || len >= VALUE_ROOM)
        return -E2BIG;
    strcpy(one->key, key);
    memcpy(one->value, value, len);
    one->value[len] = '\0';
    one->len = len;
    one->cas = ++swapped;
    return 0;
}

unsigned memory_servers = 1;

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
    (void)store, (void)unread;
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
    if (!one || one->len >= room)
        return one ? -E2BIG : -ENOENT;
    memcpy(value, one->value, one->len + 1);
    *len = one->len;
    *cas = one->cas;
    return 0;
}

int store_cas(struct store *store, const char *key, const char *value, size_t len, unsigned life,
              uint64_t cas)
{
    const struct thing *one = thing_of(key);
    (void)store, (void)life;
    if (!one && cas)
        return -ENOENT;
    return one && one->cas != cas ? -EEXIST : put(key, value, len);
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
    (void)store, (void)life;
    return put(key, value, len);
}

int store_delete(struct store *store, const char *key)
{
    struct thing *one = thing_of(key);
    (void)store;
    if (one)
        one->cas = 0;
    return one ? 0 : -ENOENT;
}

int store_touch(struct store *store, const char *key, unsigned life)
{
    (void)store, (void)life;
    return thing_of(key) ? 0 : -ENOENT;
}

int store_count(struct store *store, const char *key, unsigned by, unsigned life, uint64_t *value)
{
    char sum[24];
    const char *there = memory_of(key);
    *value = (there ? strtoull(there, NULL, 10) : 0) + by;
    (void)snprintf(sum, sizeof sum, "%llu", (unsigned long long)*value);
    return store_set(store, key, sum, strlen(sum), life);
}
