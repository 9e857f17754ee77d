/*
 * The memcached servers behind a struct store: which of them has a key (ketama, by libmemcached),
 * and whether it is worth asking. Shared by ring.c, store.c and swap.c, the only ones that know
 * libmemcached.
 */
#ifndef SMPP_STORE_RING_H
#define SMPP_STORE_RING_H

#include <time.h>

#include <libmemcached/memcached.h>

#include "smpp/store/store.h"

enum { STORE_KEY_MAX = 200, STORE_PREFIX_MAX = 32 };
/* libmemcached ends the process beyond a hundred. */
enum { STORE_SERVERS_MAX = 64 };

/* Each server has a connection set of its own, so that what fails is known to be one's fault. */
struct server {
    memcached_st *memcached;
    char *name;         /* a host, or a Unix socket's path */
    const char *port;   /* NULL: of a Unix socket there is none */
    int fd;             /* of swap.c, -1: none yet */
    bool failed;        /* the last call got no answer */
    time_t quiet_until; /* CLOCK_MONOTONIC; one that hangs is left alone until then */
};

struct store {
    memcached_st *ring; /* all of them: only asked which one has a key */
    struct server *server;
    unsigned servers, wait_ms;
    char prefix[STORE_PREFIX_MAX + 1];
};

/* A key with its prefix, as memcached is given it, and where it stands. */
struct full_key {
    char octets[STORE_PREFIX_MAX + STORE_KEY_MAX + 1];
    size_t len;
    struct server *server;
};

/* Fills in all of it. 0 or -EINVAL. */
int ring_find(const struct store *store, const char *key, struct full_key *full);
/* The same; -EAGAIN where its server is to be left alone for now. */
int ring_reach(const struct store *store, const char *key, struct full_key *full);

bool ring_is_quiet(const struct server *server);
/* Notes what a call to the server came to, and passes it on. */
int ring_settle(struct server *server, int e);

#endif
