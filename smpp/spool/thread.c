/* The spool's thread: drains the queue into one transaction, commits, reports. When the disk
 * refuses, what must be answered at once fails and the rest is held until it works again. */
#include "smpp/spool/thread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Patient jobs wait so long for one that hurries, whose commit they share: what nobody waits for
 * then costs no fsync of its own, and is not in the way of what somebody waits for. */
enum { PATIENCE_MS = 10, RETRY_MS = 1000, MEASURE_MS = 1000, FOR_EVER_MS = 3600000 };

static int64_t monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t monotonic_ms(void)
{
    return monotonic_us() / 1000;
}

/* Hands finished jobs to the loop. */
static void report(struct spool *spool, struct job_list *jobs)
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

static void job_fail(struct job_list *to, struct job *job, int error)
{
    job->result.error = error;
    job->deferred = false;
    job_list_add(to, job);
}

/* What somebody waits for with an acknowledgement in hand is refused now. */
static void held_refuse(struct spool *spool, int error, bool all)
{
    struct job_list refused, kept;
    struct job *job;

    job_list_init(&refused);
    job_list_init(&kept);
    while ((job = job_list_take(&spool->held)))
        if (all || JOB_TYPE[job->kind].haste == JOB_AT_ONCE)
            job_fail(&refused, job, error);
        else
            job_list_add(&kept, job);
    job_list_join(&spool->held, &kept);
    report(spool, &refused);
}

static void measure(struct spool *spool, int64_t took_us)
{
    struct ledger *ledger = &spool->ledger;
    struct spool_stats *stats = &spool->stats;
    int bucket = took_us > 1 ? 63 - __builtin_clzll((unsigned long long)took_us) : 0;
    struct stat log;
    char path[PATH_MAX + 8];
    uint64_t octets = 0;
    bool look = monotonic_ms() - spool->measured_at >= MEASURE_MS;

    if (look) {
        spool->measured_at = monotonic_ms();
        snprintf(path, sizeof path, "%s-wal", ledger->path);
        octets = db_octets(ledger->db) + (stat(path, &log) == 0 ? (uint64_t)log.st_size : 0);
    }
    pthread_mutex_lock(&spool->lock);
    stats->latency[bucket < SPOOL_LATENCY_BUCKETS ? bucket : SPOOL_LATENCY_BUCKETS - 1]++;
    stats->commits++;
    stats->full = stats->down = false;
    stats->error = 0;
    stats->kept = ledger->counts.kept;
    stats->known = ledger->counts.known;
    stats->replies = ledger->counts.replies;
    stats->duplicates = ledger->counts.duplicates;
    stats->receipts_early = ledger->counts.receipts_early;
    if (look)
        stats->octets = octets;
    pthread_mutex_unlock(&spool->lock);
}

static void trouble_tell(struct spool *spool, int error)
{
    const char *text = db_error_text(spool->ledger.db);
    char fields[240];

    pthread_mutex_lock(&spool->lock);
    spool->stats.failures++;
    spool->stats.full = error == -ENOSPC;
    spool->stats.down = error != -ENOSPC;
    spool->stats.error = error;
    snprintf(spool->stats.error_text, sizeof spool->stats.error_text, "%s", text);
    pthread_mutex_unlock(&spool->lock);
    if (spool->trouble && spool->error == error)
        return;
    snprintf(fields, sizeof fields, "error=%s detail=\"%s\"", strerrorname_np(-error), text);
    ledger_log(&spool->ledger, SPOOL_LOG_ERROR, "SD0201",
               "The spool cannot write; nothing more is accepted until it can.", fields);
}

/* The transaction is lost and undone. */
static void batch_failed(struct spool *spool, int error, unsigned jobs)
{
    struct job_list refused;

    if (error == -EBADMSG && jobs > 1) {
        spool->single = jobs;
        return;
    }
    if (error == -EBADMSG) {
        job_list_init(&refused);
        ledger_log(&spool->ledger, SPOOL_LOG_ERROR, "SD0202", "A job was refused by the database.",
                   db_error_text(spool->ledger.db));
        job_fail(&refused, job_list_take(&spool->held), -EIO);
        report(spool, &refused);
        return;
    }
    trouble_tell(spool, error);
    spool->trouble = true;
    spool->error = error;
    spool->retry_at = monotonic_ms() + RETRY_MS;
    held_refuse(spool, error == -ENOSPC || error == -EROFS ? error : -EIO, false);
}

static void trouble_over(struct spool *spool)
{
    if (!spool->trouble)
        return;
    spool->trouble = false;
    ledger_log(&spool->ledger, SPOOL_LOG_INFO, "SD0204", "The spool can write again.", "");
}

static void job_reset(struct job *job)
{
    memset(&job->result, 0, sizeof job->result);
    free(job->file);
    job->file = NULL;
    job->deferred = false;
    job->code[0] = job->session[0] = job->reason[0] = '\0';
    job->result.code = job->code;
    job->result.session = job->session;
    job->result.reason = job->reason;
    job->result.file = "";
}

/* Takes over what was pushed, without waiting. */
static void todo_join(struct spool *spool)
{
    pthread_mutex_lock(&spool->lock);
    spool->hurried = false;
    job_list_join(&spool->held, &spool->todo);
    pthread_mutex_unlock(&spool->lock);
}

/* Runs the first jobs held in one transaction, and what was pushed meanwhile, for that would wait
 * for a commit more; how many took part. */
static int batch_run(struct spool *spool, unsigned limit, unsigned *jobs)
{
    struct ledger *ledger = &spool->ledger;
    int error = db_begin(ledger->db);

    *jobs = 0;
    for (struct job *job = spool->held.first; error == 0 && job && *jobs < limit; job = job->next) {
        job_reset(job);
        ++*jobs;
        error = JOB_TYPE[job->kind].run(ledger, job);
        if (!job->next)
            todo_join(spool);
    }
    if (error < 0) {
        ledger_rollback(ledger);
        return error;
    }
    return ledger_commit(ledger);
}

static void batch_done(struct spool *spool, unsigned jobs)
{
    struct job_list done;

    job_list_init(&done);
    for (unsigned i = 0; i < jobs; i++) {
        struct job *job = job_list_take(&spool->held);

        if (job->deferred)
            export_wait(&spool->ledger, job);
        else
            job_list_add(&done, job);
    }
    report(spool, &done);
}

static void batch(struct spool *spool)
{
    unsigned limit = spool->single ? 1 : spool->ledger.options.batch, jobs;
    int64_t start = monotonic_us();
    int error;

    if (spool->trouble && spool->error == -EIO)
        (void)ledger_reopen(&spool->ledger); /* if it cannot, the old one fails below */
    error = batch_run(spool, limit, &jobs);
    if (error < 0) {
        batch_failed(spool, error, jobs);
    } else {
        trouble_over(spool);
        measure(spool, monotonic_us() - start);
        batch_done(spool, jobs);
    }
    if (spool->single > 0 && limit == 1)
        spool->single--;
}

static void finished_report(struct spool *spool)
{
    struct job_list done;
    struct job *job;

    job_list_init(&done);
    while ((job = spool->ledger.export.finished)) {
        spool->ledger.export.finished = job->next;
        job_list_add(&done, job);
    }
    report(spool, &done);
}

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
static void work_await(struct spool *spool)
{
    int64_t now = monotonic_ms(), doze_end = now + PATIENCE_MS;

    for (; !spool->hurried && !spool->closing; now = monotonic_ms()) {
        if (spool->held.first && now >= spool->retry_at)
            return;
        if (now < doze_end)
            sleep_until(spool, doze_end, &spool->dozing);
        else if (spool->todo.first)
            return;
        else {
            sleep_until(spool, spool->held.first ? spool->retry_at : now + FOR_EVER_MS,
                        &spool->asleep);
            doze_end = monotonic_ms() + PATIENCE_MS;
        }
    }
}

/* Takes over what was pushed; waits where there is nothing to do. False: closing. */
static bool todo_take(struct spool *spool, bool busy)
{
    bool open;

    pthread_mutex_lock(&spool->lock);
    if (!busy)
        work_await(spool);
    spool->hurried = false;
    job_list_join(&spool->held, &spool->todo);
    open = !spool->closing;
    pthread_mutex_unlock(&spool->lock);
    return open;
}

static void thread_end(struct spool *spool)
{
    while (spool->held.first && !spool->trouble)
        batch(spool);
    if (spool->trouble)
        batch(spool); /* once more, it may work now */
    while (spool->held.first && !spool->trouble)
        batch(spool);
    held_refuse(spool, -ECANCELED, true);
    export_cancel(&spool->ledger);
    finished_report(spool);
}

void *thread_run(void *context)
{
    struct spool *spool = context;
    bool exporting = true;

    while (todo_take(spool, exporting || (spool->held.first && !spool->trouble))) {
        if (spool->trouble && monotonic_ms() < spool->retry_at)
            held_refuse(spool,
                        spool->error == -ENOSPC || spool->error == -EROFS ? spool->error : -EIO,
                        false);
        else if (spool->held.first)
            batch(spool);
        exporting = !spool->trouble && export_step(&spool->ledger);
        finished_report(spool);
    }
    thread_end(spool);
    return NULL;
}
