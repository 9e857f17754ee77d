/*
 * memcached, as module and daemon see it: atomic claims, bounded waits, one
 * vocabulary of errors. The only file behind it that includes libmemcached is store.c.
 * What stands under which key is in smpp/store/README.md.
 *
 * Every function returns 0 or one of
 *   -ENOENT  the key is not there
 *   -EEXIST  add: it is there already; cas: somebody else was faster
 *   -EAGAIN  the server does not answer; after twice in a row it is left alone for a second
 *   -EINVAL  the key holds octets outside '!'..'~' or is longer than 200
 *   -E2BIG   the value is larger than the server or the buffer takes
 * and waits 100 ms at most, or as long as store_patience said.
 */
#ifndef SMPP_STORE_STORE_H
#define SMPP_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One connection set. Not thread-safe: one per thread or from a pool. */
struct store;

/*
 * `servers`: separated by commas or spaces, each `host:port`, `host` (port 11211) or the path of a
 * Unix socket; several make one consistent-hash ring (ketama). `prefix` goes before every key.
 * Connects on first use. NULL with a sentence in `why` where the list cannot be understood. The
 * caller closes.
 */
struct store *store_open(const char *servers, const char *prefix, char *why, size_t room);
void store_close(struct store *store);

/* How many servers there are. */
unsigned store_servers(const struct store *store);

enum { STORE_WAIT_MS = 100 };
/* How long a call waits from now on. */
void store_patience(struct store *store, unsigned ms);

/* Copies the value and a NUL into `value`; `len` and `cas` may be NULL. */
int store_get(struct store *store, const char *key, char *value, size_t room, size_t *len,
              uint64_t *cas);

/* Called for each key found, in any order; `value` is NUL-terminated and lives until the call
 * returns. */
typedef void store_found(void *context, unsigned nth, char *value, size_t len, uint64_t cas);
/* Many keys in one round trip to each server that holds some. `nth` is the index in `keys`. Keys
 * not found are not reported. -EAGAIN where a server did not answer: what others hold
 * was reported. */
int store_get_many(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context);

/* The same; sets unread[nth] for each key whose server did not answer. */
int store_get_each(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context, bool *unread);

/* `life` in seconds, 0 for ever. */
int store_add(struct store *store, const char *key, const char *value, size_t len, unsigned life);
int store_set(struct store *store, const char *key, const char *value, size_t len, unsigned life);
int store_cas(struct store *store, const char *key, const char *value, size_t len, unsigned life,
              uint64_t cas);
/* One of many. */
struct store_swap {
    const char *key, *value;
    size_t len;
    unsigned life;
    uint64_t cas; /* 0: as store_add, else as store_cas */
    int e;        /* what came of it */
};
enum { STORE_SWAPS = 64 };
/* All of them, in their order, in one round trip to each server. -EAGAIN of one may mean that it
 * was done, and nobody heard of it. */
void store_swap_many(struct store *store, struct store_swap *swaps, unsigned count);
int store_delete(struct store *store, const char *key);
int store_touch(struct store *store, const char *key, unsigned life);

/* Adds `by` to a counter that begins at 0 and lives `life` from its first use; `value` is the sum
 * after. */
int store_count(struct store *store, const char *key, unsigned by, unsigned life, uint64_t *value);
/* The same, in one question instead of two where the counter begins now. */
int store_count_new(struct store *store, const char *key, unsigned by, unsigned life,
                    uint64_t *value);
/* Takes `by` back from it, as far as 0. */
int store_uncount(struct store *store, const char *key, unsigned by);

#endif
