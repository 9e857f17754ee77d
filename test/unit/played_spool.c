/* Jobs committed one by one; see played_spool.h. */
#include "test/unit/played_spool.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "smpp/spool/scan.h"
#include "smpp/spool/thread.h"

/* A kill is played by closing the file, and no test pulls the plug. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

void played_spool_begin(struct played_spool *spool, const struct spool_options *options)
{
    char directory[] = "/tmp/played-spool-XXXXXX";
    struct ledger *ledger = &spool->ledger;
    if (!mkdtemp(directory))
        abort();
    job_list_init(&spool->todo);
    (void)snprintf(ledger->path, PATH_MAX, "%s/spool.db", directory);
    (void)snprintf(ledger->export.directory, PATH_MAX, "%s", directory);
    ledger->options = *options;
}

void played_spool_start(struct played_spool *spool)
{
    struct ledger *ledger = &spool->ledger, fresh = {.options = ledger->options};
    char why[512];
    memcpy(fresh.path, ledger->path, sizeof fresh.path);
    memcpy(fresh.export.directory, ledger->export.directory, PATH_MAX);
    *ledger = fresh;
    if (ledger_open(ledger, why, sizeof why) < 0) {
        (void)fprintf(stderr, "%s\n", why);
        abort();
    }
}

void played_spool_kill(struct played_spool *spool)
{
    for (struct job *job; (job = job_list_take(&spool->todo));)
        job_free(job);
    spool->ledger.open = false; /* it notes no end */
    ledger_close(&spool->ledger);
}

void played_spool_end(struct played_spool *spool)
{
    static const char *const end[] = {"", "-wal", "-shm"};
    char file[PATH_MAX + 8];
    for (unsigned i = 0; i < sizeof end / sizeof *end; i++) {
        (void)snprintf(file, sizeof file, "%s%s", spool->ledger.path, end[i]);
        (void)unlink(file); /* not all of them are there */
    }
    (void)rmdir(spool->ledger.export.directory);
}

/* In the place of the spool's own: see thread.h. */
int spool_push(struct spool *spool, enum job_kind kind, const void *request,
               const struct spool_reader *reader)
{
    struct played_spool *played = (struct played_spool *)(void *)spool;
    struct job *job;
    int error = job_new(kind, request, reader->done, &job);
    if (error < 0)
        return error;
    job->row = reader->row;
    job_list_add(&played->todo, job);
    return 0;
}

unsigned spool_room(const struct spool *spool)
{
    (void)spool;
    return UINT_MAX;
}

void spool_answered(struct spool *spool, uint64_t reply)
{
    (void)spool, (void)reply;
}

int spool_meta_read(struct spool *spool, const char *name, char *value, size_t room)
{
    const struct played_spool *played = (const struct played_spool *)(void *)spool;
    const char *found = ledger_meta(&played->ledger, name);
    return found ? snprintf(value, room, "%s", found) < (int)room ? 0 : -E2BIG : -ENOENT;
}

void played_spool_push(struct played_spool *spool, enum job_kind kind, const void *request,
                       struct spool_done done)
{
    if (spool_push((struct spool *)(void *)spool, kind, request,
                   &(struct spool_reader){.done = done}) < 0)
        abort();
}

static int job_commit(struct ledger *ledger, struct job *job)
{
    memset(&job->result, 0, sizeof job->result);
    job->result.code = job->code;
    job->result.session = job->session;
    job->result.reason = job->reason;
    int error = db_begin(ledger->db);
    if (error == 0)
        error = JOB_TYPE[job->kind].run(ledger, job);
    if (error < 0)
        ledger_rollback(ledger);
    return error < 0 ? error : ledger_commit(ledger);
}

void played_spool_stop(struct played_spool *spool)
{
    for (struct job *job; (job = job_list_take(&spool->todo)); job_free(job)) {
        if (job->kind == JOB_SCAN)
            continue;
        job->result.error = job_commit(&spool->ledger, job);
        if (spool->told)
            spool->told(spool, job);
    }
    played_spool_kill(spool);
}

bool played_spool_commit(struct played_spool *spool)
{
    struct job *job = spool->todo.first;
    if (!job || (spool->full && JOB_TYPE[job->kind].haste != JOB_AT_ONCE))
        return false;
    (void)job_list_take(&spool->todo);
    int error = spool->full ? -ENOSPC : job_commit(&spool->ledger, job);
    while (error == 0 && page_tell(job))
        error = job_commit(&spool->ledger, job);
    job->result.error = error;
    if (spool->told)
        spool->told(spool, job);
    if (job->done.call)
        job->done.call(job->done.ctx, &job->result);
    job_free(job);
    return true;
}
