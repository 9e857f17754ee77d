/* The servers of a store, and which of them has a key; see ring.h. */
#include "smpp/store/ring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { RETRY_SECOND = 1, SOCKET_MOST = sizeof((struct sockaddr_un *)0)->sun_path - 1 };

static time_t second_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now); /* cannot fail with a valid clock */
    return now.tv_sec;
}

/* Passes `e` on. Where a server failed twice in a row, the next calls fail at once instead of
 * waiting 100 ms each; once may be a moment without a processor. */
int ring_settle(struct server *server, int e)
{
    if (e == -EAGAIN && server->failed)
        server->quiet_until = second_now() + RETRY_SECOND;
    server->failed = e == -EAGAIN;
    return e;
}

bool ring_is_quiet(const struct server *server)
{
    return server->quiet_until && second_now() < server->quiet_until;
}

int ring_find(const struct store *store, const char *key, struct full_key *full)
{
    size_t prefix = strlen(store->prefix), len = strlen(key);
    if (len == 0 || len > STORE_KEY_MAX)
        return -EINVAL;
    /* CR LF in a key would inject commands, a space would end it. */
    for (size_t i = 0; i < len; i++)
        if (key[i] < '!' || key[i] > '~')
            return -EINVAL;
    memcpy(full->octets, store->prefix, prefix);
    memcpy(full->octets + prefix, key, len + 1);
    full->len = prefix + len;
    uint32_t nth =
        store->servers > 1 ? memcached_generate_hash(store->ring, full->octets, full->len) : 0;
    full->server = &store->server[nth < store->servers ? nth : 0];
    return 0;
}

int ring_reach(const struct store *store, const char *key, struct full_key *full)
{
    int e = ring_find(store, key, full);
    return e == 0 && ring_is_quiet(full->server) ? -EAGAIN : e;
}

static memcached_return_t server_add(memcached_st *memcached, char *word)
{
    if (*word == '/')
        return strlen(word) > SOCKET_MOST ? MEMCACHED_INVALID_ARGUMENTS
                                          : memcached_server_add_unix_socket(memcached, word);
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

static void patience_set(memcached_st *memcached, unsigned ms)
{
    static const struct {
        memcached_behavior_t what;
        unsigned unit; /* how many in a millisecond */
    } waits[] = {
        {MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, 1},
        {MEMCACHED_BEHAVIOR_POLL_TIMEOUT, 1},
        /* These two bound a read or write that poll let through. */
        {MEMCACHED_BEHAVIOR_SND_TIMEOUT, 1000},
        {MEMCACHED_BEHAVIOR_RCV_TIMEOUT, 1000},
    };
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        (void)memcached_behavior_set(memcached, waits[i].what,
                                     (uint64_t)ms * waits[i].unit); /* all are known to 1.1 */
}

void store_patience(struct store *store, unsigned ms)
{
    store->wait_ms = ms;
    for (unsigned i = 0; i < store->servers; i++)
        patience_set(store->server[i].memcached, ms);
}

static void behave(memcached_st *memcached)
{
    static const struct {
        memcached_behavior_t what;
        uint64_t value;
    } behaviours[] = {
        {MEMCACHED_BEHAVIOR_KETAMA, 1},
        {MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1},
        {MEMCACHED_BEHAVIOR_RETRY_TIMEOUT, RETRY_SECOND},
        {MEMCACHED_BEHAVIOR_TCP_NODELAY, 1},
    };
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
        (void)memcached_behavior_set(memcached, behaviours[i].what,
                                     behaviours[i].value); /* all are known to 1.1 */
    patience_set(memcached, STORE_WAIT_MS);
}

/* Into the ring, and by itself. */
static int server_take(struct store *store, char *word)
{
    struct server *more = realloc(store->server, (store->servers + 1) * sizeof *more);
    char *name = strdup(word), *colon = name && *name != '/' ? strrchr(name, ':') : NULL;
    memcached_st *alone = memcached_create(NULL);
    int e = -ENOMEM;
    if (more)
        store->server = more;
    if (more && name && alone) {
        behave(alone);
        e = memcached_success(server_add(store->ring, word)) &&
                    memcached_success(server_add(alone, name))
                ? 0
                : -EINVAL;
    }
    if (e == 0) {
        store->server[store->servers++] =
            (struct server){.memcached = alone,
                            .name = name, /* its colon is overwritten by now */
                            .port = colon          ? colon + 1
                                    : *name == '/' ? NULL
                                                   : "11211",
                            .fd = -1};
    } else {
        memcached_free(alone);
        free(name);
    }
    return e;
}

static int servers_add(struct store *store, const char *servers, char *why, size_t room)
{
    char *list = strdup(servers), *rest = list;
    int e = list ? 0 : -ENOMEM;
    for (char *word; e == 0 && (word = strsep(&rest, ", \t"));) {
        if (!*word)
            continue;
        e = store->servers < STORE_SERVERS_MAX ? server_take(store, word) : -E2BIG;
        if (e == -E2BIG)
            (void)snprintf(why, room, "there are more than %d memcached servers",
                           STORE_SERVERS_MAX);
        if (e == -EINVAL)
            (void)snprintf(why, room,
                           "memcached server \"%s\" is neither host:port nor a socket's path of at "
                           "most %d octets",
                           word, SOCKET_MOST);
    }
    free(list);
    if (e == 0 && store->servers == 0) {
        (void)snprintf(why, room, "the list of memcached servers is empty");
        e = -EINVAL;
    }
    if (e == -ENOMEM)
        (void)snprintf(why, room, "out of memory");
    return e;
}

struct store *store_open(const char *servers, const char *prefix, char *why, size_t room)
{
    if (strlen(prefix) > STORE_PREFIX_MAX || strpbrk(prefix, " \t\r\n")) {
        (void)snprintf(why, room, "the prefix must be at most %d octets without spaces",
                       STORE_PREFIX_MAX);
        return NULL;
    }
    struct store *store = calloc(1, sizeof *store);
    if (!store || !(store->ring = memcached_create(NULL))) {
        (void)snprintf(why, room, "out of memory");
        free(store);
        return NULL;
    }
    store->wait_ms = STORE_WAIT_MS;
    (void)snprintf(store->prefix, sizeof store->prefix, "%s", prefix);
    behave(store->ring);
    if (servers_add(store, servers, why, room) < 0) {
        store_close(store);
        return NULL;
    }
    return store;
}

unsigned store_servers(const struct store *store)
{
    return store->servers;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (unsigned i = 0; i < store->servers; i++) {
        memcached_free(store->server[i].memcached);
        free(store->server[i].name);
        if (store->server[i].fd >= 0)
            close(store->server[i].fd);
    }
    memcached_free(store->ring);
    free(store->server);
    free(store);
}
