/* Jobs: copies of requests, each in one block. */
#include "smpp/spool/job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/spool/scan.h"

int job_new(enum job_kind kind, const void *request, struct spool_done done, struct job **out)
{
    const struct record *record = JOB_TYPE[kind].record;
    size_t request_size = (record->size + 7) & ~(size_t)7;
    long strings = record_measure(record, request);
    struct job *job;

    if (strings < 0)
        return -EINVAL;
    job = malloc(sizeof *job + request_size + (size_t)strings);
    if (!job)
        return -ENOMEM;
    memset(job, 0, sizeof *job);
    job->kind = kind;
    job->done = done;
    job->result.code = job->code;
    job->result.session = job->session;
    job->result.reason = job->reason;
    job->result.file = "";
    record_copy(record, job->request, request, job->request + request_size);
    *out = job;
    return 0;
}

bool job_is_patient(const struct job *job)
{
    const struct spool_part *part = (const void *)job->request;

    if (job->kind == JOB_PART &&
        (part->state == SPOOL_IN_FLIGHT || part->state == SPOOL_IN_FLIGHT_AGAIN))
        return false;
    return JOB_TYPE[job->kind].haste == JOB_PATIENT;
}

void job_free(struct job *job)
{
    page_free(job->page);
    free(job->file);
    free(job);
}

static void text_put(char *to, size_t room, const char *from)
{
    size_t length = strnlen(from, room - 1);

    memcpy(to, from, length);
    to[length] = '\0';
}

void job_tell_code(struct job *job, const char *code)
{
    text_put(job->code, sizeof job->code, code);
}

void job_tell_session(struct job *job, const char *session)
{
    text_put(job->session, sizeof job->session, session);
}

void job_tell_reason(struct job *job, const char *reason)
{
    text_put(job->reason, sizeof job->reason, reason);
}

void job_list_init(struct job_list *list)
{
    list->first = NULL;
    list->end = &list->first;
}

void job_list_add(struct job_list *list, struct job *job)
{
    job->next = NULL;
    *list->end = job;
    list->end = &job->next;
}

struct job *job_list_take(struct job_list *list)
{
    struct job *job = list->first;

    if (!job)
        return NULL;
    list->first = job->next;
    if (!list->first)
        list->end = &list->first;
    return job;
}

void job_list_join(struct job_list *to, struct job_list *from)
{
    if (!from->first)
        return;
    *to->end = from->first;
    to->end = from->end;
    job_list_init(from);
}
