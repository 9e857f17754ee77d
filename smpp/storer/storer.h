/*
 * The thread that talks to memcached, because libmemcached blocks. Jobs go in through a bounded
 * queue and come back through another one, announced on an eventfd; the loop never waits. Keys that
 * waiting jobs want to read are fetched together in one round trip.
 *
 * With each batch `alive:INSTANCE` is read too. Where it is missing memcached has lost everything:
 * the storer holds back all jobs but those of the refill, so that no code is claimed that a
 * conversation not yet put back holds, and tells `lost`. storer_filled lets the held ones go.
 */
#ifndef SMPP_STORER_STORER_H
#define SMPP_STORER_STORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct storer;
struct swaps;

enum { STORER_KEY_ROOM = 80, STORER_KEYS = 2, STORER_BATCH = 64 };

/* What was read under one key; valid during `work`. */
struct storer_value {
    int e;        /* 0, -ENOENT, or -EAGAIN */
    char *octets; /* writable, and one octet more; NULL unless e is 0 */
    size_t len;
    uint64_t cas;
    struct swaps *swaps; /* where it is to be swapped together with others: see swaps.h */
};

enum storer_class {
    STORER_NEW,     /* asks to begin something: refused where too many wait */
    STORER_URGENT,  /* finishes what was accepted: always taken */
    STORER_PATIENT, /* the same, but nobody waits for it: all others pass it, until many wait */
    STORER_REFILL   /* urgent, and not held back while memcached is empty */
};

/* One piece of work; the owner embeds it and gets it back in `done`. */
struct storer_job {
    struct storer_job *next; /* the storer's */
    enum storer_class class;
    int e;
    /* On the storer's thread: 0 or negative errno, kept in `e`. Not called where memcached did not
     * answer for the keys: then e is -EAGAIN. */
    int (*work)(struct storer_job *job, struct store *store);
    /* On the loop: the owner's again. e is -ECANCELED where the storer was stopped first. */
    void (*done)(struct storer_job *job);
    bool stubborn; /* done again with the batch after, ahead of it, until memcached has answered */
    bool whole;    /* done only where memcached holds what every smppd knows; else e is -ENODATA */
    bool lacking;  /* told: memcached may lack what another smppd knows */
    bool joins; /* value[0] may be swapped together with others, and `work` called again for it */
    char key[STORER_KEYS][STORER_KEY_ROOM]; /* read before `work` is called; "": none */
    struct storer_value value[STORER_KEYS];
};

struct storer_options {
    const char *servers, *prefix; /* as store_open wants them */
    const char *instance;         /* of alive: keys */
    unsigned limit;               /* jobs of STORER_NEW that may wait */
    int64_t started;              /* the value of the alive: keys */
    const char *others;           /* smppd that were here lately, a space between */
    int64_t patience_ms;          /* so long one that is away may know of what nobody else does */
    void (*lost)(void *ctx);      /* on the loop: refill now, then call storer_filled */
    void (*wake)(void *ctx);      /* on the loop: call storer_wake at the end of its turn */
    void *ctx;
};

/* Opens the servers and starts the thread. NULL with a sentence in `why`. */
struct storer *storer_start(const struct storer_options *options, char *why, size_t room);

/* Lets the job under way end, joins, hands the others to `done` with -ECANCELED, frees. */
void storer_stop(struct storer *storer);

/* One more news line was told; counted in memcached for the modules of other machines. */
void storer_news(struct storer *storer);

/* 0, or -EAGAIN where too many wait. */
int storer_put(struct storer *storer, struct storer_job *job);

/* Wakes the thread, which sleeps: to all jobs of a turn at once, for together they cost less. */
void storer_wake(struct storer *storer);

/* Readable when there is something to reap, which calls `done` and `lost`. */
int storer_fd(const struct storer *storer);
void storer_reap(struct storer *storer);

/* Has the thread look at memcached again: once a second from the loop. */
void storer_check(struct storer *storer);

/* All jobs of the refill have been put in: the alive: keys are set behind them. */
void storer_filled(struct storer *storer);

/* Whether memcached answered last time, and how many jobs are not done. */
bool storer_up(struct storer *storer);
unsigned storer_waiting(struct storer *storer);

/* The names of the other smppd that are here, a space between. */
enum { STORER_OTHERS_ROOM = 17 * STORER_KEY_ROOM };
void storer_others(struct storer *storer, char names[STORER_OTHERS_ROOM]);

/* Whether another smppd uses the own name. */
bool storer_is_shared(struct storer *storer);

/* Reads a key again after a lost cas, into a buffer of `room`. As store_get. */
int storer_again(struct store *store, const char *key, char *octets, size_t room,
                 struct storer_value *value);

#endif
