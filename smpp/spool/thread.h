/* The spool's thread: drains the queue into one transaction, commits, reports. */
#ifndef SMPP_SPOOL_THREAD_H
#define SMPP_SPOOL_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

struct spool {
    /* The loop's. */
    unsigned queued, queue_max; /* pushed and not yet collected */
    uint64_t last_id;
    bool ticking;
    void (*wake)(void *ctx); /* spool_wake_by */
    void *wake_ctx;
    int fd, lock_fd;
    pthread_t thread;

    /* Between both, under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t come; /* a job, or the end */
    struct job_list todo, done;
    bool closing;
    bool finished; /* the thread has ended; loop thread only */
    bool hurried;  /* todo holds a job that is not patient */
    bool dozing;   /* the thread waits, and looks at patient jobs soon by itself */
    bool asleep;   /* the thread waits for whatever comes */
    struct spool_stats stats;

    /* The thread's. */
    struct ledger ledger;
    struct job_list held; /* taken from todo, not yet committed */
    bool trouble;         /* the last transaction failed */
    int error;
    int64_t retry_at; /* ms, CLOCK_MONOTONIC */
    unsigned single;  /* jobs to run one by one, to find the one that was refused */
    int64_t measured_at;
};

void *thread_run(void *spool);

/* Copies a request into the queue (spool.h's errors). */
int spool_push(struct spool *spool, enum job_kind kind, const void *request,
               const struct spool_reader *reader);

#endif
