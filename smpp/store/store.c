/* memcached through libmemcached, the text protocol, 100 ms at most per call; see store.h. */
#include "smpp/store/store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libmemcached/memcached.h>

enum {
    WAIT_MS = 100,
    KEY_MAX = 200,
    PREFIX_MAX = 32,
    RETRY_SECOND = 1,
    MANY_MAX = 512,
};

struct store {
    memcached_st *memcached;
    unsigned servers;
    bool failed;        /* the last call got no answer */
    time_t quiet_until; /* CLOCK_MONOTONIC; a lone server that hangs is left alone until then */
    char prefix[PREFIX_MAX + 1];
};

/* A key with its prefix, as memcached is given it. */
struct full_key {
    char octets[PREFIX_MAX + KEY_MAX + 1];
    size_t len;
};

static time_t second_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now); /* cannot fail with a valid clock */
    return now.tv_sec;
}

/* Passes `e` on. Where the only server failed twice in a row, the next calls fail at once instead
 * of waiting 100 ms each; once may be a moment without a processor. */
static int settle(struct store *store, int e)
{
    if (e == -EAGAIN && store->failed && store->servers == 1)
        store->quiet_until = second_now() + RETRY_SECOND;
    store->failed = e == -EAGAIN;
    return e;
}

static int key_make(const struct store *store, const char *key, struct full_key *full)
{
    size_t prefix = strlen(store->prefix), len = strlen(key);
    if (store->quiet_until && second_now() < store->quiet_until)
        return -EAGAIN;
    if (len == 0 || len > KEY_MAX)
        return -EINVAL;
    /* CR LF in a key would inject commands, a space would end it. */
    for (size_t i = 0; i < len; i++)
        if (key[i] < '!' || key[i] > '~')
            return -EINVAL;
    memcpy(full->octets, store->prefix, prefix);
    memcpy(full->octets + prefix, key, len + 1);
    full->len = prefix + len;
    return 0;
}

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

static memcached_return_t server_add(memcached_st *memcached, char *word)
{
    if (*word == '/')
        return memcached_server_add_unix_socket(memcached, word);
    in_port_t port = 11211;
    char *colon = strrchr(word, ':');
    if (colon) {
        char *end;
        unsigned long number = strtoul(colon + 1, &end, 10);
        if (!colon[1] || *end || number == 0 || number > 65535)
            return MEMCACHED_INVALID_ARGUMENTS;
        *colon = '\0';
        port = (in_port_t)number;
    }
    return *word ? memcached_server_add(memcached, word, port) : MEMCACHED_INVALID_ARGUMENTS;
}

static int servers_add(struct store *store, const char *servers, char *why, size_t room)
{
    char *list = strdup(servers), *rest = list;
    int e = list ? 0 : -ENOMEM;
    for (char *word; e == 0 && (word = strsep(&rest, ", \t"));) {
        if (!*word)
            continue;
        store->servers++;
        if (memcached_success(server_add(store->memcached, word)))
            continue;
        (void)snprintf(why, room,
                       "memcached server \"%s\" is neither host:port nor a socket's path", word);
        e = -EINVAL;
    }
    free(list);
    if (e == 0 && store->servers == 0) {
        (void)snprintf(why, room, "the list of memcached servers is empty");
        e = -EINVAL;
    }
    return e;
}

static void behave(memcached_st *memcached)
{
    static const struct {
        memcached_behavior_t what;
        uint64_t value;
    } behaviours[] = {
        {MEMCACHED_BEHAVIOR_KETAMA, 1},
        {MEMCACHED_BEHAVIOR_VERIFY_KEY, 1},
        {MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1},
        {MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, WAIT_MS},
        {MEMCACHED_BEHAVIOR_POLL_TIMEOUT, WAIT_MS},
        /* These two count microseconds; they bound a read or write that poll let through. */
        {MEMCACHED_BEHAVIOR_SND_TIMEOUT, WAIT_MS * 1000},
        {MEMCACHED_BEHAVIOR_RCV_TIMEOUT, WAIT_MS * 1000},
        {MEMCACHED_BEHAVIOR_RETRY_TIMEOUT, RETRY_SECOND},
        {MEMCACHED_BEHAVIOR_TCP_NODELAY, 1},
    };
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
        (void)memcached_behavior_set(memcached, behaviours[i].what,
                                     behaviours[i].value); /* all are known to 1.1 */
}

struct store *store_open(const char *servers, const char *prefix, char *why, size_t room)
{
    if (strlen(prefix) > PREFIX_MAX || strpbrk(prefix, " \t\r\n")) {
        (void)snprintf(why, room, "the prefix must be at most %d octets without spaces",
                       PREFIX_MAX);
        return NULL;
    }
    struct store *store = calloc(1, sizeof *store);
    if (!store || !(store->memcached = memcached_create(NULL))) {
        (void)snprintf(why, room, "out of memory");
        free(store);
        return NULL;
    }
    (void)snprintf(store->prefix, sizeof store->prefix, "%s", prefix);
    behave(store->memcached);
    if (servers_add(store, servers, why, room) < 0) {
        store_close(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    memcached_free(store->memcached);
    free(store);
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

/* One server answers in the order it was asked: the next key is looked at first. */
static unsigned index_of(const struct full_key *full, unsigned count, unsigned first,
                         const char *key, size_t len)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned nth = (first + i) % count;
        if (full[nth].len == len && memcmp(full[nth].octets, key, len) == 0)
            return nth;
    }
    return count;
}

/* Hands the results of an mget to `found`; 0, or -EAGAIN where a server failed on the way. */
static int results_take(struct store *store, const struct full_key *full, unsigned count,
                        store_found *found, void *context)
{
    memcached_return_t rc;
    memcached_result_st *result;
    static char empty[1];
    unsigned nth = count - 1;
    int e = 0;
    while ((result = memcached_fetch_result(store->memcached, NULL, &rc))) {
        nth = index_of(full, count, nth + 1, memcached_result_key_value(result),
                       memcached_result_key_length(result));
        /* libmemcached ends the octets of a value that has any with a NUL of its own. */
        char *value = memcached_result_length(result)
                          ? (char *)(uintptr_t)memcached_result_value(result)
                          : empty;
        if (nth < count)
            found(context, nth, value, memcached_result_length(result),
                  memcached_result_cas(result));
        memcached_result_free(result);
    }
    if (rc != MEMCACHED_END && rc != MEMCACHED_NOTFOUND && rc != MEMCACHED_SUCCESS)
        e = -EAGAIN;
    return e;
}

int store_get_many(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context)
{
    struct full_key one, *full = count == 1 ? &one : NULL;
    const char *octets[MANY_MAX];
    size_t lens[MANY_MAX];
    if (count == 0 || count > MANY_MAX)
        return count ? -EINVAL : 0;
    if (!full && !(full = calloc(count, sizeof *full)))
        return -EAGAIN;
    int e = 0;
    for (unsigned i = 0; i < count && e == 0; i++) {
        e = key_make(store, keys[i], &full[i]);
        octets[i] = full[i].octets;
        lens[i] = full[i].len;
    }
    if (e == 0)
        e = memcached_success(memcached_mget(store->memcached, octets, lens, count)) ? 0 : -EAGAIN;
    if (e == 0)
        e = results_take(store, full, count, found, context);
    if (full != &one)
        free(full);
    return settle(store, e);
}

int store_add(struct store *store, const char *key, const char *value, size_t len, unsigned life)
{
    struct full_key full;
    int e = key_make(store, key, &full);
    return e < 0 ? e
                 : settle(store, outcome(memcached_add(store->memcached, full.octets, full.len,
                                                       value, len, (time_t)life, 0)));
}

int store_set(struct store *store, const char *key, const char *value, size_t len, unsigned life)
{
    struct full_key full;
    int e = key_make(store, key, &full);
    return e < 0 ? e
                 : settle(store, outcome(memcached_set(store->memcached, full.octets, full.len,
                                                       value, len, (time_t)life, 0)));
}

int store_cas(struct store *store, const char *key, const char *value, size_t len, unsigned life,
              uint64_t cas)
{
    struct full_key full;
    int e = key_make(store, key, &full);
    return e < 0 ? e
                 : settle(store, outcome(memcached_cas(store->memcached, full.octets, full.len,
                                                       value, len, (time_t)life, 0, cas)));
}

int store_swap_unheard(struct store *store, const char *key, const char *value, size_t len,
                       unsigned life, uint64_t cas)
{
    memcached_st *memcached = store->memcached;
    struct full_key full;
    int e = key_make(store, key, &full);
    if (e < 0)
        return e;
    (void)memcached_behavior_set(memcached, MEMCACHED_BEHAVIOR_NOREPLY, 1); /* known to 1.1 */
    memcached_return_t rc =
        cas ? memcached_cas(memcached, full.octets, full.len, value, len, (time_t)life, 0, cas)
            : memcached_add(memcached, full.octets, full.len, value, len, (time_t)life, 0);
    (void)memcached_behavior_set(memcached, MEMCACHED_BEHAVIOR_NOREPLY, 0);
    return settle(store, outcome(rc));
}

int store_delete(struct store *store, const char *key)
{
    struct full_key full;
    int e = key_make(store, key, &full);
    return e < 0 ? e
                 : settle(store,
                          outcome(memcached_delete(store->memcached, full.octets, full.len, 0)));
}

int store_touch(struct store *store, const char *key, unsigned life)
{
    struct full_key full;
    int e = key_make(store, key, &full);
    return e < 0 ? e
                 : settle(store, outcome(memcached_touch(store->memcached, full.octets, full.len,
                                                         (time_t)life)));
}

int store_count(struct store *store, const char *key, unsigned by, unsigned life, uint64_t *value)
{
    struct full_key full;
    char first[12];
    int e = key_make(store, key, &full);
    if (e < 0)
        return e;
    int len = snprintf(first, sizeof first, "%u", by);
    /* Between a failed incr and the add somebody else may have added: then the second incr finds
     * it. */
    for (int turn = 0; turn < 2; turn++) {
        e = outcome(memcached_increment(store->memcached, full.octets, full.len, by, value));
        if (e != -ENOENT)
            return e;
        e = outcome(memcached_add(store->memcached, full.octets, full.len, first, (size_t)len,
                                  (time_t)life, 0));
        *value = by;
        if (e != -EEXIST)
            return e;
    }
    return -EAGAIN;
}
