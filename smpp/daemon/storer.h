#ifndef SMPP_DAEMON_STORER_H
#define SMPP_DAEMON_STORER_H
/*
 * The thread that talks to memcached, because libmemcached blocks. Jobs go in through a bounded
 * queue and come back through another one, announced on an eventfd; the loop never waits. Keys that
 * waiting jobs want to read are fetched together in one round trip.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct storer;

enum { STORER_KEY_ROOM = 80, STORER_BATCH = 64 };

/* One piece of work; the owner embeds it and gets it back in `done`. */
struct storer_job {
    struct storer_job *next;   /* the storer's */
    char key[STORER_KEY_ROOM]; /* read before `work` is called; "" : none */
    int (*work)(struct storer_job *job, struct store *store); /* on the storer's thread */
    void (*done)(struct storer_job *job);                     /* on the loop; owns the job again */
    /* What was read; valid during `work`. e is 0, -ENOENT or -EAGAIN. */
    char *value;
    size_t len;
    uint64_t cas;
    int e; /* afterwards what `work` returned */
};

/* Opens the servers and starts the thread. NULL with a sentence in `why`. At most `limit` jobs wait
 * that were put in with `urgent` false. */
struct storer *storer_start(const char *servers, const char *prefix, unsigned limit, char *why,
                            size_t room);

/* Lets the work under way end, joins, and hands what never ran to `done` with -ECANCELED. */
void storer_stop(struct storer *storer);

/* 0, or -EAGAIN where too many wait; `urgent` jobs (those that finish what was accepted) are
 * always taken. */
int storer_put(struct storer *storer, struct storer_job *job, bool urgent);

/* Readable when jobs are done; then call storer_reap on the loop. */
int storer_fd(const struct storer *storer);
void storer_reap(struct storer *storer);

/* Whether memcached answered last time. */
bool storer_up(const struct storer *storer);
unsigned storer_waiting(const struct storer *storer);

#endif
