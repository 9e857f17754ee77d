/* Decides which charging records make a file, and which file is written when. */
#include "smpp/spool/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "smpp/spool/csv.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

int export_recall(struct ledger *ledger)
{
    struct export *export = &ledger->export;
    struct ledger_counts *counts = &ledger->counts;
    struct query *query = db_query(ledger->db, QUERY_CDR_FILE_LAST);
    int stepped = query_step(query);

    export->instance = ledger_meta(ledger, "instance");
    export->task.fd = -1;
    export->end = &export->waiting;
    if (stepped == 1) {
        counts->file_number = (uint64_t)query_number(query, 0);
        counts->file_last = (uint64_t)query_number(query, 1);
    }
    query_end(query);
    if (stepped < 0)
        return stepped;
    query = db_query(ledger->db, QUERY_CDR_FILE_COUNT);
    stepped = query_step(query);
    if (stepped == 1)
        counts->planned = (uint64_t)query_number(query, 0);
    query_end(query);
    return stepped < 0 ? stepped : export->instance ? 0 : -EIO;
}

void export_end(struct ledger *ledger)
{
    csv_abandon(ledger);
}

/* Decides the next file of at most cdr_records: 1, or 0 where there are fewer than `least`. */
static int file_plan(struct ledger *ledger, int64_t wall, uint64_t least, uint64_t *records)
{
    struct ledger_counts *counts = &ledger->counts;
    struct query *query = db_query(ledger->db, QUERY_CDR_COUNT);
    int64_t count = 0, first = 0, last = 0;
    int stepped;

    query_bind(query, 1, (int64_t)counts->file_last);
    query_bind(query, 2, ledger->options.cdr_records);
    stepped = query_step(query);
    if (stepped == 1) {
        count = query_number(query, 0);
        first = query_number(query, 1);
        last = query_number(query, 2);
    }
    query_end(query);
    if (stepped < 0 || (uint64_t)count < least)
        return stepped < 0 ? stepped : 0;
    query = db_query(ledger->db, QUERY_CDR_FILE_PLAN);
    query_bind(query, 1, (int64_t)++counts->file_number);
    query_bind(query, 2, first);
    query_bind(query, 3, last);
    query_bind(query, 4, count);
    query_bind(query, 5, wall);
    counts->file_last = (uint64_t)last;
    counts->planned++;
    *records += (uint64_t)count;
    stepped = query_run(query);
    return stepped < 0 ? stepped : 1;
}

/* Decides files until fewer than `least` records are left over. How many files. */
static int files_plan(struct ledger *ledger, int64_t wall, uint64_t least, uint64_t *records)
{
    int files = 0, planned;

    while ((planned = file_plan(ledger, wall, least, records)) == 1)
        files++;
    return planned < 0 ? planned : files;
}

/* Whether the oldest record in no file yet is of an earlier period than now. */
static int is_over(struct ledger *ledger, int64_t wall)
{
    int64_t period = ledger->options.cdr_period_ms;
    struct query *query = db_query(ledger->db, QUERY_CDR_OLDEST);
    int stepped;

    query_bind(query, 1, (int64_t)ledger->counts.file_last);
    stepped = query_step(query);
    if (stepped == 1)
        stepped = query_number(query, 0) / period != wall / period;
    query_end(query);
    return stepped;
}

int export_due(struct ledger *ledger, int64_t wall)
{
    uint64_t waiting = ledger->counts.last_reply - ledger->counts.file_last, records = 0;
    int over, files;

    ledger->export.stuck = 0;
    if (waiting == 0)
        return 0;
    over = is_over(ledger, wall);
    if (over < 0 || (!over && waiting < ledger->options.cdr_records))
        return over < 0 ? over : 0;
    files = files_plan(ledger, wall, over ? 1 : ledger->options.cdr_records, &records);
    return files < 0 ? files : 0;
}

int export_close(struct ledger *ledger, struct job *job)
{
    const struct tick_request *request = (const void *)job->request;
    int files = files_plan(ledger, request->wall, 1, &job->result.records);

    if (files < 0)
        return files;
    ledger->export.stuck = 0;
    job->result.files = (unsigned)files;
    if (files > 0 && !job->file && asprintf(&job->file, "%s", csv_path(ledger)) < 0)
        job->file = NULL;
    job->deferred = true;
    return 0;
}

int export_copy(struct ledger *ledger, struct job *job)
{
    (void)ledger;
    job->deferred = true;
    return 0;
}

int export_again(struct ledger *ledger, struct job *job)
{
    const struct again_request *request = (const void *)job->request;
    struct query *query = db_query(ledger->db, QUERY_CDR_FILE_BY_NUMBER);
    int found;

    query_bind(query, 1, (int64_t)request->number);
    found = query_step(query);
    query_end(query);
    if (found == 0)
        job->result.error = -ENOENT;
    job->deferred = found == 1;
    return found < 0 ? found : 0;
}

void export_wait(struct ledger *ledger, struct job *job)
{
    struct export *export = &ledger->export;

    job->next = NULL;
    *export->end = job;
    export->end = &job->next;
}

/* The job whose turn it was is done. */
static void waiting_finish(struct ledger *ledger, int error)
{
    struct export *export = &ledger->export;
    struct job *job = export->waiting;

    export->waiting = job->next;
    if (!export->waiting)
        export->end = &export->waiting;
    job->result.error = error;
    job->result.file = job->file ? job->file : "";
    job->next = export->finished;
    export->finished = job;
}

void export_cancel(struct ledger *ledger)
{
    csv_abandon(ledger);
    while (ledger->export.waiting)
        waiting_finish(ledger, -ECANCELED);
}

static int again_begin(struct ledger *ledger, uint64_t number)
{
    struct query *query =
        db_query(ledger->db, number ? QUERY_CDR_FILE_BY_NUMBER : QUERY_CDR_FILE_PLANNED);

    if (number)
        query_bind(query, 1, (int64_t)number);
    return csv_begin_numbered(ledger, query, number == 0);
}

/* Opens the file of the job whose turn it is. */
static int waiting_begin(struct ledger *ledger)
{
    const struct job *job = ledger->export.waiting;
    const struct copy_request *copy = (const void *)job->request;
    const struct again_request *again = (const void *)job->request;

    return job->kind == JOB_CDR_COPY ? csv_begin_copy(ledger, copy->from, copy->to)
                                     : again_begin(ledger, again->number);
}

/* Chooses what to write next: 1, 0 nothing, or an error. */
static int next_begin(struct ledger *ledger)
{
    struct export *export = &ledger->export;

    if (ledger->counts.planned > 0 && !export->stuck)
        return again_begin(ledger, 0);
    while (export->waiting && export->waiting->kind == JOB_CDR_CLOSE)
        waiting_finish(ledger, ledger->counts.planned > 0 ? export->stuck : 0);
    return export->waiting ? waiting_begin(ledger) : 0;
}

static void task_failed(struct ledger *ledger, bool planned, int error)
{
    char fields[400];

    csv_abandon(ledger);
    snprintf(fields, sizeof fields, "error=%s directory=%.300s", strerrorname_np(-error),
             ledger->export.directory);
    if (error == -ENODATA) {
        error = -ENOENT; /* its records were pruned: no fault */
    } else {
        ledger_log(ledger, SPOOL_LOG_ERROR, "SD0203",
                   "A file of charging records cannot be written; it is tried again.", fields);
        if (planned)
            ledger->export.error = error;
        error = error == -ENOSPC ? error : -EIO; /* a directory that is gone is no missing file */
    }
    if (planned)
        ledger->export.stuck = error;
    else
        waiting_finish(ledger, error);
}

static void task_ended(struct ledger *ledger, bool planned)
{
    struct job *job = ledger->export.waiting;

    if (planned) {
        ledger->export.error = 0;
        ledger->counts.planned--;
        ledger->committed.planned--;
        return;
    }
    job->result.records = ledger->export.task.records;
    job->result.files = 1;
    if (!job->file && asprintf(&job->file, "%s", ledger->export.task.path) < 0)
        job->file = NULL;
    waiting_finish(ledger, 0);
}

bool export_waits(const struct ledger *ledger)
{
    const struct export *export = &ledger->export;

    return export->task.fd >= 0 || export->waiting ||
           (ledger->counts.planned > 0 && !export->stuck);
}

bool export_step(struct ledger *ledger)
{
    struct export *export = &ledger->export;
    bool planned =
        export->task.fd < 0 ? ledger->counts.planned > 0 && !export->stuck : export->task.planned;
    int step = export->task.fd < 0 ? next_begin(ledger) : 1;

    if (step == 1)
        step = csv_step(ledger);
    else if (step == 0)
        return false;
    if (step < 0)
        task_failed(ledger, planned, step);
    else if (step == 0)
        task_ended(ledger, planned);
    return true;
}
