/* The spool's two threads, and what they share with the loop.
 *
 * Two things can be done at once, each by one thread at a time: to execute jobs (in one transaction
 * after the other; batch.h) and to sync what was committed, which is then reported. A thread that
 * is free syncs what waits for it, else executes what waits for that, else waits itself. So jobs
 * are executed while earlier ones reach the disk, and a single caller's pass through one thread. A
 * third one does nothing but copy (checkpoint.h). */
#ifndef SMPP_SPOOL_THREAD_H
#define SMPP_SPOOL_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "smpp/spool/checkpoint.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

enum { SPOOL_THREADS = 2 };

/* Jobs that were executed and are reported when the log is synced up to `end`; or, where their
 * files are yet to be written, go on to that. */
struct group {
    struct job_list jobs, exports;
    struct wal_place end;
    struct ledger_counts counts;
    int64_t since; /* us, CLOCK_MONOTONIC: the first of them was begun */
};

struct spool {
    /* The loop's. */
    unsigned queued, queue_max; /* pushed and not yet collected */
    uint64_t last_id;
    bool ticking;
    void (*wake)(void *ctx); /* spool_wake_by */
    void *wake_ctx;
    int fd, lock_fd;
    pthread_t thread[SPOOL_THREADS];
    unsigned threads;
    bool calling;  /* spool_wake calls the spare one */
    bool finished; /* the threads have ended */

    /* Between all, under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t come;   /* for the one that waits for jobs: a job, or the end */
    pthread_cond_t spare;  /* for the other one: there is something for both, or the end */
    pthread_cond_t synced; /* a sync has ended */
    struct job_list todo, done;
    bool closing, ended;
    _Atomic bool hurried; /* todo holds a job that is not patient; also read without it */
    bool dozing;          /* one waits, and looks at patient jobs soon by itself */
    bool asleep;          /* one waits for whatever comes */
    bool spared;          /* one waits for something for both */
    bool executing;
    _Atomic bool syncing;            /* also read without it */
    struct group committed, leaving; /* to be synced, being synced */
    int lost;                        /* a sync failed: nothing of both is on disk */
    struct job_list exports;         /* are on disk, and their files are to be written */
    struct spool_stats stats;

    /* The one's that executes. */
    struct ledger ledger;
    struct job_list held; /* taken from todo, not yet committed */
    bool trouble;         /* the last transaction failed, or the last sync */
    bool exporting;       /* a file of charging records is being written */
    int error;
    int64_t retry_at; /* ms, CLOCK_MONOTONIC */
    unsigned single;  /* jobs to run one by one, to find the one that was refused */
    int64_t measured_at;
    struct checkpoint checkpoint;
};

void *thread_run(void *spool);

/* Hands finished jobs to the loop. Without the lock. */
void thread_report(struct spool *spool, struct job_list *jobs);

/* By the one that executes: until all that is committed is on disk and reported. 0, or the error of
 * the sync that failed: then it is undone, and its jobs are held. */
int thread_settle(struct spool *spool);

int64_t thread_us(void); /* CLOCK_MONOTONIC */

/* Copies a request into the queue (spool.h's errors). */
int spool_push(struct spool *spool, enum job_kind kind, const void *request,
               const struct spool_reader *reader);

#endif
