/* Transactions of many jobs, and what happens when the disk refuses; see batch.h. */
#include "smpp/spool/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "smpp/spool/order.h"
#include "smpp/spool/thread.h"

/* SHARE: while nobody syncs, a batch has so many jobs at most that somebody waits for; then its
 * sync begins, and the other thread executes the rest. Else the few who come together stay
 * together, and disk and processors wait for one another. Where MANY wait others are on
 * their way, and so many share a sync. */
enum { RETRY_MS = 1000, MEASURE_MS = 1000, SHARE = 6, MANY = 24 };

static void job_fail(struct job_list *to, struct job *job, int error)
{
    job->result.error = error;
    job->deferred = false;
    job_list_add(to, job);
}

/* What somebody waits for with an acknowledgement in hand is refused now. */
static void held_refuse(struct spool *spool, bool all)
{
    bool told = spool->error == -ENOSPC || spool->error == -EROFS;
    int error = all ? -ECANCELED : told ? spool->error : -EIO;
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
    thread_report(spool, &refused);
}

static void octets_measure(struct spool *spool)
{
    struct ledger *ledger = &spool->ledger;
    struct stat log;
    char path[PATH_MAX + 8];
    int64_t now = thread_us() / 1000;
    uint64_t octets;

    if (now - spool->measured_at < MEASURE_MS)
        return;
    spool->measured_at = now;
    snprintf(path, sizeof path, "%s-wal", ledger->path);
    octets = db_octets(ledger->db) + (stat(path, &log) == 0 ? (uint64_t)log.st_size : 0);
    pthread_mutex_lock(&spool->lock);
    spool->stats.octets = octets;
    pthread_mutex_unlock(&spool->lock);
}

static void trouble_tell(struct spool *spool, int error, const char *text)
{
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

static void trouble_begin(struct spool *spool, int error, const char *text)
{
    trouble_tell(spool, error, text);
    spool->trouble = true;
    spool->error = error;
    spool->retry_at = thread_us() / 1000 + RETRY_MS;
    held_refuse(spool, false);
}

static void trouble_over(struct spool *spool)
{
    spool->trouble = false;
    ledger_log(&spool->ledger, SPOOL_LOG_INFO, "SD0204", "The spool can write again.", "");
}

static int reopen(struct spool *spool)
{
    struct ledger *ledger = &spool->ledger;
    int error;

    checkpoint_settle(spool);
    error = ledger_reopen(ledger);
    pthread_mutex_lock(&spool->lock);
    ledger->wal.synced = spool->committed.end = ledger->wal.end;
    pthread_mutex_unlock(&spool->lock);
    return error;
}

/* Before anything is committed, once all is synced: by a connection that is believed. */
static int doubt_end(struct spool *spool)
{
    return spool->ledger.doubtful ? reopen(spool) : 0;
}

void batch_lost(struct spool *spool, int error)
{
    spool->ledger.doubtful = true;
    (void)reopen(spool); /* before it is told; where that fails it is tried again */
    trouble_begin(spool, error, "the log cannot be synced");
}

/* The transaction is lost and undone. */
static void batch_failed(struct spool *spool, int error, unsigned jobs)
{
    struct job_list refused;

    if (error == -EBADMSG && jobs > 1) {
        spool->single = jobs;
        return;
    }
    if (thread_settle(spool) < 0) /* what is told below is told after what came before it */
        return;
    if (error == -EBADMSG && jobs == 1) {
        job_list_init(&refused);
        ledger_log(&spool->ledger, SPOOL_LOG_ERROR, "SD0202", "A job was refused by the database.",
                   ledger_error_text(&spool->ledger));
        job_fail(&refused, job_list_take(&spool->held), -EIO);
        thread_report(spool, &refused);
        return;
    }
    spool->ledger.doubtful |= error == -EIO;
    trouble_begin(spool, error, ledger_error_text(&spool->ledger));
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

/* Takes over what was pushed. While the other thread syncs it waits for more, where nothing is
 * left: a commit would have to wait for that sync too. */
static void more_take(struct spool *spool, struct order *order)
{
    pthread_mutex_lock(&spool->lock);
    while (!order->rest.first && spool->syncing && !spool->hurried && !spool->closing &&
           !spool->trouble) {
        spool->dozing = true;
        pthread_cond_wait(&spool->come, &spool->lock);
        spool->dozing = false;
    }
    spool->hurried = false;
    order_add(order, &spool->todo);
    pthread_mutex_unlock(&spool->lock);
}

/* After how many that somebody waits for a batch ends while nobody syncs. */
static unsigned share_of(const struct job *job)
{
    unsigned waiting = 0;

    for (; job && waiting < MANY; job = job->next)
        waiting += !job_is_patient(job);
    return waiting < MANY ? SHARE : MANY;
}

/* Executes jobs held in one transaction, and what is pushed meanwhile, for that would wait for a
 * commit more. `ran`: those that took part; how many. */
static int jobs_run(struct spool *spool, struct order *order, unsigned limit, struct job_list *ran,
                    unsigned *jobs)
{
    unsigned hurried = 0, share = share_of(spool->held.first);
    struct job *job;
    int error = 0;

    order_add(order, &spool->held);
    while (error == 0 && *jobs < limit && (job = order_take(order))) {
        job_reset(job);
        job_list_add(ran, job);
        ++*jobs;
        error = JOB_TYPE[job->kind].run(&spool->ledger, job);
        hurried += !job_is_patient(job);
        if (hurried >= share && !atomic_load_explicit(&spool->syncing, memory_order_relaxed))
            break;
        if (*jobs < limit && !order->ahead.first &&
            (!order->rest.first || atomic_load_explicit(&spool->hurried, memory_order_relaxed)))
            more_take(spool, order);
    }
    return error;
}

/* A transaction. Where it fails all of it is held again. */
static int batch_run(struct spool *spool, unsigned limit, struct job_list *ran, unsigned *jobs)
{
    struct ledger *ledger = &spool->ledger;
    struct order order;
    int error = db_begin(ledger->db);

    order_begin(&order, limit > 1 && !spool->trouble);
    if (error == 0) {
        error = jobs_run(spool, &order, limit, ran, jobs);
        order_end(&order, &spool->held);
    }
    if (error == 0)
        error = ledger_commit(ledger);
    else
        ledger_rollback(ledger);
    if (error < 0) {
        job_list_join(ran, &spool->held);
        job_list_join(&spool->held, ran);
    }
    return error;
}

/* What was executed is reported once it is on disk. */
static void committed_note(struct spool *spool, struct job_list *ran, int64_t since)
{
    struct group *committed = &spool->committed;
    struct job *job;

    pthread_mutex_lock(&spool->lock);
    if (!committed->jobs.first && !committed->exports.first)
        committed->since = since;
    while ((job = job_list_take(ran)))
        job_list_add(job->deferred ? &committed->exports : &committed->jobs, job);
    committed->end = spool->ledger.wal.end;
    committed->counts = spool->ledger.committed;
    pthread_mutex_unlock(&spool->lock);
}

static void batch(struct spool *spool)
{
    unsigned limit = spool->single ? 1 : spool->ledger.options.batch, jobs = 0;
    int64_t since = thread_us();
    struct job_list ran;
    int error;

    job_list_init(&ran);
    /* What was committed before a copy was found to have failed is not to be cut off. */
    if (spool->ledger.doubtful && thread_settle(spool) < 0)
        return;
    error = doubt_end(spool);
    if (error == 0)
        error = batch_run(spool, limit, &ran, &jobs);
    if (spool->single > 0 && limit == 1)
        spool->single--;
    if (error < 0) {
        batch_failed(spool, error, jobs);
        return;
    }
    committed_note(spool, &ran, since);
    octets_measure(spool);
    if (spool->trouble && thread_settle(spool) < 0)
        return;
    if (spool->trouble)
        trouble_over(spool);
    checkpoint_look(spool);
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
    thread_report(spool, &done);
}

/* Jobs that wait for a file, and what they decided is on disk. */
static void exports_take(struct spool *spool)
{
    struct job_list exports;
    struct job *job;

    job_list_init(&exports);
    pthread_mutex_lock(&spool->lock);
    job_list_join(&exports, &spool->exports);
    pthread_mutex_unlock(&spool->lock);
    while ((job = job_list_take(&exports)))
        export_wait(&spool->ledger, job);
}

/* Writes a little more of a file of charging records, all of which are on disk. */
static void export_do(struct spool *spool)
{
    struct ledger *ledger = &spool->ledger;
    struct job_list none;
    int error;

    job_list_init(&none);
    spool->exporting = false;
    if (spool->trouble || !export_waits(ledger) || thread_settle(spool) < 0)
        return;
    error = doubt_end(spool);
    if (error < 0) {
        batch_failed(spool, error, 0);
        return;
    }
    spool->exporting = export_step(ledger);
    /* A file that is marked as written is one more commit; where that is not noted now it is with
     * the next. */
    if (wal_note(&ledger->wal, db_log_grown(ledger->db)) == 0)
        committed_note(spool, &none, thread_us());
    finished_report(spool);
}

void batch_do(struct spool *spool)
{
    if (spool->trouble && thread_us() / 1000 < spool->retry_at)
        held_refuse(spool, false);
    else if (spool->held.first)
        batch(spool);
    exports_take(spool);
    export_do(spool);
}

static void held_execute(struct spool *spool)
{
    while (spool->held.first && !spool->trouble)
        batch(spool);
    (void)thread_settle(spool); /* where it fails there is trouble */
}

void batch_end(struct spool *spool)
{
    held_execute(spool);
    if (spool->trouble && spool->held.first)
        batch(spool); /* once more, it may work now */
    held_execute(spool);
    held_refuse(spool, true);
    exports_take(spool);
    export_cancel(&spool->ledger);
    finished_report(spool);
}
