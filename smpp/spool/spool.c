/* The loop's side of the spool: opens it, pushes jobs, collects what became of them. */
#include "smpp/spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <unistd.h>

#include "smpp/spool/scan.h"
#include "smpp/spool/thread.h"

enum { DAY_MS = 86400000, ID_TIME_SHIFT = 18 };

#define ID_EPOCH_MS INT64_C(1577836800000) /* 2020-01-01 */

static void options_fill(struct spool_options *options)
{
    if (options->queue == 0)
        options->queue = 8192;
    if (options->batch == 0)
        options->batch = 1024;
    if (options->log_pages == 0)
        options->log_pages = 16000;
    if (options->cdr_period_ms == 0)
        options->cdr_period_ms = 3600000;
    if (options->cdr_records == 0)
        options->cdr_records = 50000;
    if (options->text_keep_ms == 0)
        options->text_keep_ms = DAY_MS;
    if (options->cdr_keep_ms == 0)
        options->cdr_keep_ms = (int64_t)400 * DAY_MS;
    if (options->repeat_ms == 0)
        options->repeat_ms = 6 * 3600000;
}

/* The lock is held as long as the file is open, so a killed smppd leaves none behind. */
static int directory_lock(struct spool *spool, char *why, size_t room)
{
    const char *directory = spool->ledger.options.directory;
    char path[PATH_MAX];
    int error;

    if (snprintf(path, sizeof path, "%s/spool.lock", directory) >= PATH_MAX) {
        snprintf(why, room, "the spool's directory has too long a name");
        return -ENAMETOOLONG;
    }
    spool->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (spool->lock_fd < 0) {
        error = errno;
        snprintf(why, room,
                 "%s cannot be opened: %s; %s and all in it must be of the user smppd runs as",
                 path, strerror(error), directory);
        return -error;
    }
    if (flock(spool->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    snprintf(why, room, "the spool's directory %s is in use by another smppd", directory);
    return -EBUSY;
}

static int paths_take(struct spool *spool, char *why, size_t room)
{
    struct ledger *ledger = &spool->ledger;
    struct spool_options *options = &ledger->options;
    const char *cdr = options->cdr_directory ? options->cdr_directory : options->directory;
    int path = snprintf(ledger->path, PATH_MAX, "%s/spool.db", options->directory);
    int export = snprintf(ledger->export.directory, PATH_MAX, "%s", cdr);

    options->directory = options->cdr_directory = NULL; /* the caller's; ours are copies */
    if (path >= PATH_MAX || export >= PATH_MAX) {
        snprintf(why, room, "a directory of the spool has too long a name");
        return -ENAMETOOLONG;
    }
    if (access(ledger->export.directory, W_OK | X_OK) == 0)
        return 0;
    snprintf(why, room, "the directory of charging records %s cannot be written: %s",
             ledger->export.directory, strerror(errno));
    return -errno;
}

/* Signals are the loop's. One thread alone does all, by turns. */
static int threads_start(struct spool *spool)
{
    sigset_t all, before;
    int error = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (error == 0 && spool->threads < SPOOL_THREADS) {
        error = pthread_create(&spool->thread[spool->threads], NULL, thread_run, spool);
        spool->threads += error == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return spool->threads ? 0 : -error;
}

static void queue_init(struct spool *spool)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&spool->come, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_cond_init(&spool->spare, NULL);
    pthread_cond_init(&spool->synced, NULL);
    pthread_mutex_init(&spool->lock, NULL);
    checkpoint_start(&spool->checkpoint);
    job_list_init(&spool->todo);
    job_list_init(&spool->done);
    job_list_init(&spool->held);
    job_list_init(&spool->committed.jobs);
    job_list_init(&spool->committed.exports);
    job_list_init(&spool->leaving.jobs);
    job_list_init(&spool->leaving.exports);
    job_list_init(&spool->exports);
}

static void spool_free(struct spool *spool)
{
    checkpoint_end(spool);
    ledger_close(&spool->ledger);
    pthread_cond_destroy(&spool->come);
    pthread_cond_destroy(&spool->spare);
    pthread_cond_destroy(&spool->synced);
    pthread_mutex_destroy(&spool->lock);
    if (spool->fd >= 0)
        close(spool->fd);
    if (spool->lock_fd >= 0)
        close(spool->lock_fd);
    free(spool);
}

static int spool_start(struct spool *spool, char *why, size_t room)
{
    int error = directory_lock(spool, why, room);

    if (error == 0)
        error = paths_take(spool, why, room);
    if (error == 0)
        error = ledger_open(&spool->ledger, why, room);
    if (error < 0)
        return error;
    spool->last_id = spool->ledger.last_id;
    spool->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    spool->committed.end = spool->ledger.wal.synced;
    error = spool->fd < 0 ? -errno : threads_start(spool);
    if (error < 0)
        snprintf(why, room, "the spool's threads cannot be started: %s", strerror(-error));
    return error;
}

struct spool *spool_open(const struct spool_options *options, char *why, size_t room)
{
    struct spool *spool = calloc(1, sizeof *spool);
    int error;

    if (!spool) {
        snprintf(why, room, "no memory for the spool");
        errno = ENOMEM;
        return NULL;
    }
    spool->fd = spool->lock_fd = -1;
    spool->ledger.options = *options;
    spool->ledger.export.task.fd = spool->ledger.wal.fd = -1;
    options_fill(&spool->ledger.options);
    queue_init(spool);
    error = spool_start(spool, why, room);
    if (error == 0)
        return spool;
    spool_free(spool);
    errno = -error;
    return NULL;
}

void spool_finish(struct spool *spool)
{
    if (spool->finished)
        return;
    pthread_mutex_lock(&spool->lock);
    spool->closing = true;
    pthread_cond_signal(&spool->come);
    pthread_mutex_unlock(&spool->lock);
    for (unsigned i = 0; i < spool->threads; i++)
        pthread_join(spool->thread[i], NULL);
    spool->finished = true;
    while (spool_collect(spool) > 0)
        ;
}

void spool_close(struct spool *spool)
{
    if (!spool)
        return;
    spool_finish(spool);
    spool_free(spool);
}

int spool_fd(const struct spool *spool)
{
    return spool->fd;
}

unsigned spool_room(const struct spool *spool)
{
    unsigned queue = spool->ledger.options.queue;

    return queue > spool->queued ? queue - spool->queued : 0;
}

/* False: the thread takes no more. */
static bool hand_over(struct spool *spool, struct job *job)
{
    bool taken, sleeps, away;

    pthread_mutex_lock(&spool->lock);
    taken = !spool->closing;
    if (taken)
        job_list_add(&spool->todo, job);
    if (!job_is_patient(job))
        spool->hurried = true;
    sleeps = spool->asleep || (spool->dozing && spool->hurried);
    /* The one that waited for jobs is syncing. */
    away = spool->spared && spool->hurried && !spool->executing && !spool->dozing && !spool->asleep;
    pthread_mutex_unlock(&spool->lock);
    spool->calling |= away;
    if ((sleeps || away) && spool->wake)
        spool->wake(spool->wake_ctx);
    else if (sleeps || away)
        spool_wake(spool);
    return taken;
}

void spool_wake_by(struct spool *spool, void (*wake)(void *ctx), void *ctx)
{
    spool->wake = wake;
    spool->wake_ctx = ctx;
}

void spool_wake(struct spool *spool)
{
    pthread_cond_signal(&spool->come);
    if (spool->calling)
        pthread_cond_signal(&spool->spare);
    spool->calling = false;
}

int spool_push(struct spool *spool, enum job_kind kind, const void *request,
               const struct spool_reader *reader)
{
    struct job *job;
    int error;

    if (spool_room(spool) == 0)
        return -EAGAIN;
    error = job_new(kind, request, reader->done, &job);
    if (error < 0)
        return error;
    job->row = reader->row;
    if (!hand_over(spool, job)) {
        job_free(job);
        return -ECANCELED;
    }
    if (++spool->queued > spool->queue_max)
        spool->queue_max = spool->queued;
    return 0;
}

static void job_collect(struct spool *spool, struct job *job)
{
    if (job->result.error == 0 && page_tell(job)) {
        if (hand_over(spool, job))
            return;
        job->result.error = -ECANCELED;
    }
    if (job->done.call)
        job->done.call(job->done.ctx, &job->result);
    spool->queued--;
    job_free(job);
}

unsigned spool_collect(struct spool *spool)
{
    struct job_list done;
    struct job *job;
    eventfd_t count;
    unsigned collected = 0;

    job_list_init(&done);
    pthread_mutex_lock(&spool->lock);
    job_list_join(&done, &spool->done);
    (void)eventfd_read(spool->fd, &count); /* it may have been read before */
    pthread_mutex_unlock(&spool->lock);
    while ((job = job_list_take(&done))) {
        job_collect(spool, job);
        collected++;
    }
    return collected;
}

uint64_t spool_id_next(struct spool *spool, int64_t now)
{
    /* 41 bits of milliseconds since 2020 and 18 that begin anywhere: two daemons hardly meet. */
    uint64_t since = now > ID_EPOCH_MS ? (uint64_t)(now - ID_EPOCH_MS) & ((1ULL << 41) - 1) : 0;
    uint64_t id = since << ID_TIME_SHIFT | (uint64_t)spool->ledger.secret[0] << 9;

    spool->last_id = id > spool->last_id ? id : spool->last_id + 1;
    return spool->last_id;
}

int64_t spool_id_time(uint64_t id)
{
    return (int64_t)(id >> ID_TIME_SHIFT) + ID_EPOCH_MS;
}

void spool_answered(struct spool *spool, uint64_t reply)
{
    if (reply > atomic_load(&spool->ledger.answered))
        atomic_store(&spool->ledger.answered, reply);
}

int spool_meta_read(struct spool *spool, const char *name, char *value, size_t room)
{
    const char *found = ledger_meta(&spool->ledger, name);

    if (!found)
        return -ENOENT;
    return snprintf(value, room, "%s", found) < (int)room ? 0 : -E2BIG;
}

static void tick_done(void *context, const struct spool_result *result)
{
    struct spool *spool = context;

    (void)result; /* what failed is logged, and tried again with the next one */
    spool->ticking = false;
}

void spool_tick(struct spool *spool, int64_t now, int64_t wall)
{
    struct tick_request request = {now, wall};
    struct spool_reader reader = {.done = {tick_done, spool}};

    if (!spool->ticking)
        spool->ticking = spool_push(spool, JOB_TICK, &request, &reader) == 0;
}

void spool_stats(struct spool *spool, struct spool_stats *out)
{
    pthread_mutex_lock(&spool->lock);
    *out = spool->stats;
    pthread_mutex_unlock(&spool->lock);
    out->queue = spool->queued;
    out->queue_max = spool->queue_max;
    out->export_error = spool->ledger.export.error;
    out->log_error = spool->ledger.log_error;
    out->log_grows = spool->ledger.log_grows;
}
