/* What a thread of the spool does next; see thread.h. */
#include "smpp/spool/thread.h"

#include <sys/eventfd.h>
#include <time.h>

#include "smpp/spool/batch.h"

/* Patient jobs wait so long for one that hurries, whose commit they share: what nobody waits for
 * then costs no fsync of its own, and is not in the way of what somebody waits for. */
enum { PATIENCE_MS = 10, FOR_EVER_MS = 3600000 };

int64_t thread_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t monotonic_ms(void)
{
    return thread_us() / 1000;
}

void thread_report(struct spool *spool, struct job_list *jobs)
{
    bool was_empty;

    if (!jobs->first)
        return;
    pthread_mutex_lock(&spool->lock);
    was_empty = spool->done.first == NULL;
    job_list_join(&spool->done, jobs);
    pthread_mutex_unlock(&spool->lock);
    if (was_empty)
        (void)eventfd_write(spool->fd, 1); /* fails only when it is readable already */
}

/* ---- syncing ---- */

static bool is_to_sync(const struct spool *spool)
{
    return !spool->syncing && spool->lost == 0 &&
           (spool->committed.jobs.first || spool->committed.exports.first ||
            !wal_is_at(spool->committed.end, spool->ledger.wal.synced));
}

/* Under the lock. */
static void measure(struct spool *spool, const struct group *group)
{
    struct spool_stats *stats = &spool->stats;
    int64_t took_us = thread_us() - group->since;
    int bucket = took_us > 1 ? 63 - __builtin_clzll((unsigned long long)took_us) : 0;

    stats->latency[bucket < SPOOL_LATENCY_BUCKETS ? bucket : SPOOL_LATENCY_BUCKETS - 1]++;
    stats->commits++;
    stats->full = stats->down = false;
    stats->error = 0;
    stats->kept = group->counts.kept;
    stats->known = group->counts.known;
    stats->replies = group->counts.replies;
    stats->duplicates = group->counts.duplicates;
    stats->receipts_early = group->counts.receipts_early;
}

/* Under the lock: it is on disk, and reported. Whether the loop must be told. */
static bool group_leave(struct spool *spool, struct group *group)
{
    bool was_empty = spool->done.first == NULL;

    spool->ledger.wal.synced = group->end;
    spool->ledger.synced = group->counts;
    if (group->jobs.first || group->exports.first)
        measure(spool, group);
    job_list_join(&spool->done, &group->jobs);
    job_list_join(&spool->exports, &group->exports);
    return was_empty && spool->done.first;
}

/* Syncs all that is committed by now, then reports it. The lock is held before and after. */
static void sync_do(struct spool *spool)
{
    struct group *group = &spool->leaving;
    bool is_synced = wal_is_at(spool->committed.end, spool->ledger.wal.synced);
    bool tell = false;
    int error;

    job_list_join(&group->jobs, &spool->committed.jobs);
    job_list_join(&group->exports, &spool->committed.exports);
    group->end = spool->committed.end;
    group->counts = spool->committed.counts;
    group->since = spool->committed.since;
    spool->syncing = true;
    pthread_mutex_unlock(&spool->lock);
    error = is_synced ? 0 : wal_sync(&spool->ledger.wal);
    pthread_mutex_lock(&spool->lock);
    spool->syncing = false;
    if (error == 0)
        tell = group_leave(spool, group);
    else
        spool->lost = error;
    pthread_cond_signal(&spool->synced);
    if (spool->executing && spool->dozing)
        pthread_cond_signal(&spool->come); /* it gathered jobs meanwhile */
    pthread_mutex_unlock(&spool->lock);
    if (tell)
        (void)eventfd_write(spool->fd, 1); /* fails only when it is readable already */
    pthread_mutex_lock(&spool->lock);
}

/* A sync failed: all that is not on disk is to be executed again. Under the lock. */
static void lost_take(struct spool *spool)
{
    struct job_list again;

    job_list_init(&again);
    job_list_join(&again, &spool->leaving.jobs);
    job_list_join(&again, &spool->leaving.exports);
    job_list_join(&again, &spool->committed.jobs);
    job_list_join(&again, &spool->committed.exports);
    job_list_join(&again, &spool->held);
    job_list_join(&spool->held, &again);
    spool->committed.end = spool->ledger.wal.synced;
    spool->lost = 0;
}

int thread_settle(struct spool *spool)
{
    int error;

    pthread_mutex_lock(&spool->lock);
    while (spool->syncing || is_to_sync(spool))
        if (spool->syncing)
            pthread_cond_wait(&spool->synced, &spool->lock);
        else
            sync_do(spool);
    error = spool->lost;
    if (error < 0)
        lost_take(spool);
    pthread_mutex_unlock(&spool->lock);
    if (error < 0)
        batch_lost(spool, error);
    return error;
}

/* ---- executing ---- */

/* Under the lock: whether something is to be executed that cannot wait. */
static bool is_to_execute(const struct spool *spool)
{
    if (spool->executing)
        return false;
    return spool->hurried || spool->closing || spool->lost < 0 || spool->exports.first ||
           (spool->held.first && (!spool->trouble || monotonic_ms() >= spool->retry_at)) ||
           (spool->exporting && !spool->trouble);
}

/* Takes over what was pushed and executes it. The lock is held before and after. */
static void execute(struct spool *spool)
{
    bool lost = spool->lost < 0, closing = spool->closing;

    job_list_join(&spool->held, &spool->todo);
    spool->hurried = false;
    spool->executing = true;
    pthread_mutex_unlock(&spool->lock);
    if (lost)
        (void)thread_settle(spool);
    else if (closing)
        batch_end(spool);
    else
        batch_do(spool);
    pthread_mutex_lock(&spool->lock);
    spool->executing = false;
    spool->ended |= closing && !lost;
}

/* ---- waiting ---- */

static void sleep_until(struct spool *spool, int64_t ms, bool *how)
{
    struct timespec at = {ms / 1000, ms % 1000 * 1000000};

    *how = true;
    pthread_cond_timedwait(&spool->come, &spool->lock, &at);
    *how = false;
}

/* Waits for a job that hurries, for patient ones to have waited long enough, or for the time to try
 * again what is held. Only one that sleeps is woken by patient jobs: after a batch it dozes first,
 * for they come in its wake. */
static void jobs_await(struct spool *spool)
{
    int64_t now = monotonic_ms(), doze_end = now + PATIENCE_MS;

    for (; !spool->executing && !is_to_execute(spool) && !is_to_sync(spool); now = monotonic_ms()) {
        if (now < doze_end) {
            sleep_until(spool, doze_end, &spool->dozing);
        } else if (spool->todo.first) {
            execute(spool);
            return;
        } else {
            sleep_until(spool, spool->held.first ? spool->retry_at : now + FOR_EVER_MS,
                        &spool->asleep);
            doze_end = monotonic_ms() + PATIENCE_MS;
        }
    }
}

/* Under the lock. */
static void wait(struct spool *spool)
{
    if (!spool->executing && !spool->dozing && !spool->asleep) {
        jobs_await(spool);
        return;
    }
    spool->spared = true;
    pthread_cond_wait(&spool->spare, &spool->lock);
    spool->spared = false;
}

void *thread_run(void *context)
{
    struct spool *spool = context;

    pthread_mutex_lock(&spool->lock);
    while (!spool->ended) {
        if (is_to_sync(spool)) {
            if (spool->spared && is_to_execute(spool))
                pthread_cond_signal(&spool->spare);
            sync_do(spool);
        } else if (is_to_execute(spool)) {
            execute(spool);
        } else {
            wait(spool);
        }
    }
    pthread_cond_broadcast(&spool->come);
    pthread_cond_broadcast(&spool->spare);
    pthread_mutex_unlock(&spool->lock);
    return NULL;
}
