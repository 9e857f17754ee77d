/* memcached through libmemcached, the text protocol, 100 ms at most per call; see store.h. */
#include "smpp/store/ring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY_MAX = 512 };

static int outcome(memcached_return_t rc)
{
    switch (rc) {
    case MEMCACHED_SUCCESS:
    case MEMCACHED_STORED:
    case MEMCACHED_DELETED:
    case MEMCACHED_END:
        return 0;
    case MEMCACHED_NOTFOUND:
        return -ENOENT;
    case MEMCACHED_NOTSTORED:
    case MEMCACHED_DATA_EXISTS:
        return -EEXIST;
    case MEMCACHED_E2BIG:
        return -E2BIG;
    case MEMCACHED_BAD_KEY_PROVIDED:
        return -EINVAL;
    default:
        return -EAGAIN;
    }
}

/* Adapts one found value for a caller that wants a single copy. */
struct copy {
    char *value;
    size_t room, len;
    uint64_t cas;
    int e;
};

static void copy_take(void *context, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct copy *copy = context;
    (void)nth; /* there is only one */
    copy->len = len;
    copy->cas = cas;
    copy->e = len < copy->room ? 0 : -E2BIG;
    if (copy->e == 0)
        memcpy(copy->value, value, len + 1);
}

int store_get(struct store *store, const char *key, char *value, size_t room, size_t *len,
              uint64_t *cas)
{
    struct copy copy = {.value = value, .room = room, .e = -ENOENT};
    int e = store_get_many(store, &key, 1, copy_take, &copy);
    if (e < 0)
        return e;
    if (len)
        *len = copy.len;
    if (cas)
        *cas = copy.cas;
    return copy.e;
}

/* Those of the keys asked for that stand on one server. */
struct share {
    unsigned count, nth[MANY_MAX];
    const char *octets[MANY_MAX];
    size_t lens[MANY_MAX];
};

static void share_take(struct share *share, const struct full_key *full, unsigned count,
                       const struct server *server)
{
    share->count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (full[i].server != server)
            continue;
        share->nth[share->count] = i;
        share->octets[share->count] = full[i].octets;
        share->lens[share->count++] = full[i].len;
    }
}

/* A server answers in the order it was asked: the next key is looked at first. */
static unsigned index_of(const struct share *share, unsigned first, const char *key, size_t len)
{
    for (unsigned i = 0; i < share->count; i++) {
        unsigned at = (first + i) % share->count;
        if (share->lens[at] == len && memcmp(share->octets[at], key, len) == 0)
            return at;
    }
    return share->count;
}

/* Hands the results of an mget to `found`; 0, or -EAGAIN where the server failed on the way. */
static int results_take(memcached_st *memcached, const struct share *share, store_found *found,
                        void *context)
{
    memcached_return_t rc;
    memcached_result_st result;
    static char empty[1];
    unsigned at = share->count - 1;
    (void)memcached_result_create(memcached, &result); /* in our room: nothing that could fail */
    while (memcached_fetch_result(memcached, &result, &rc)) {
        at = index_of(share, at + 1, memcached_result_key_value(&result),
                      memcached_result_key_length(&result));
        /* libmemcached ends the octets of a value that has any with a NUL of its own. */
        char *value = memcached_result_length(&result)
                          ? (char *)(uintptr_t)memcached_result_value(&result)
                          : empty;
        if (at < share->count)
            found(context, share->nth[at], value, memcached_result_length(&result),
                  memcached_result_cas(&result));
    }
    memcached_result_free(&result);
    return rc == MEMCACHED_END || rc == MEMCACHED_NOTFOUND || rc == MEMCACHED_SUCCESS ? 0 : -EAGAIN;
}

static int share_read(struct share *share, struct server *server, store_found *found, void *context)
{
    if (ring_is_quiet(server))
        return -EAGAIN;
    int e = memcached_success(
                memcached_mget(server->memcached, share->octets, share->lens, share->count))
                ? results_take(server->memcached, share, found, context)
                : -EAGAIN;
    return ring_settle(server, e);
}

int store_get_each(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context, bool *unread)
{
    struct full_key one, *full = count == 1 ? &one : NULL;
    struct share share;
    if (count == 0 || count > MANY_MAX)
        return count ? -EINVAL : 0;
    if (!full && !(full = malloc(count * sizeof *full)))
        return -EAGAIN;
    int e = 0;
    for (unsigned i = 0; i < count && e == 0; i++)
        e = ring_find(store, keys[i], &full[i]);
    for (unsigned s = 0; s < store->servers && e != -EINVAL; s++) {
        share_take(&share, full, count, &store->server[s]);
        if (share.count == 0 || share_read(&share, &store->server[s], found, context) == 0)
            continue;
        e = -EAGAIN;
        for (unsigned i = 0; i < share.count && unread; i++)
            unread[share.nth[i]] = true;
    }
    if (full != &one)
        free(full);
    return e;
}

int store_get_many(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context)
{
    return store_get_each(store, keys, count, found, context, NULL);
}

/* By `cas`; where that is 0 as an add. */
static memcached_return_t swap(const struct full_key *full, const char *value, size_t len,
                               unsigned life, uint64_t cas)
{
    memcached_st *at = full->server->memcached;
    return cas ? memcached_cas(at, full->octets, full->len, value, len, (time_t)life, 0, cas)
               : memcached_add(at, full->octets, full->len, value, len, (time_t)life, 0);
}

int store_add(struct store *store, const char *key, const char *value, size_t len, unsigned life)
{
    return store_cas(store, key, value, len, life, 0);
}

int store_set(struct store *store, const char *key, const char *value, size_t len, unsigned life)
{
    struct full_key full;
    int e = ring_reach(store, key, &full);
    return e < 0 ? e
                 : ring_settle(full.server,
                               outcome(memcached_set(full.server->memcached, full.octets, full.len,
                                                     value, len, (time_t)life, 0)));
}

int store_cas(struct store *store, const char *key, const char *value, size_t len, unsigned life,
              uint64_t cas)
{
    struct full_key full;
    int e = ring_reach(store, key, &full);
    return e < 0 ? e : ring_settle(full.server, outcome(swap(&full, value, len, life, cas)));
}

int store_delete(struct store *store, const char *key)
{
    struct full_key full;
    int e = ring_reach(store, key, &full);
    return e < 0 ? e
                 : ring_settle(full.server, outcome(memcached_delete(full.server->memcached,
                                                                     full.octets, full.len, 0)));
}

int store_touch(struct store *store, const char *key, unsigned life)
{
    struct full_key full;
    int e = ring_reach(store, key, &full);
    return e < 0 ? e
                 : ring_settle(full.server,
                               outcome(memcached_touch(full.server->memcached, full.octets,
                                                       full.len, (time_t)life)));
}

/* By turns an add, where the counter may begin now, and an incr: whichever comes first may find
 * that somebody else was faster, the third finds what the second did not. */
static int count(struct store *store, const char *key, unsigned by, unsigned life, uint64_t *value,
                 bool add)
{
    struct full_key full;
    char first[12];
    int e = ring_reach(store, key, &full);
    if (e < 0)
        return e;
    memcached_st *at = full.server->memcached;
    int len = snprintf(first, sizeof first, "%u", by);
    for (int turn = 0; turn < 3; turn++, add = !add) {
        e = add ? outcome(
                      memcached_add(at, full.octets, full.len, first, (size_t)len, (time_t)life, 0))
                : outcome(memcached_increment(at, full.octets, full.len, by, value));
        if (add)
            *value = by;
        if (e != (add ? -EEXIST : -ENOENT))
            return e;
    }
    return -EAGAIN;
}

int store_count(struct store *store, const char *key, unsigned by, unsigned life, uint64_t *value)
{
    return count(store, key, by, life, value, false);
}

int store_count_new(struct store *store, const char *key, unsigned by, unsigned life,
                    uint64_t *value)
{
    return count(store, key, by, life, value, true);
}

int store_uncount(struct store *store, const char *key, unsigned by)
{
    struct full_key full;
    uint64_t value;
    int e = ring_reach(store, key, &full);
    if (e < 0)
        return e;
    return outcome(memcached_decrement(full.server->memcached, full.octets, full.len, by, &value));
}
