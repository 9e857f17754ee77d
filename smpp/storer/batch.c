/* Jobs read, worked and settled together; see batch.h. */
#include "smpp/storer/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/storer/change.h"

enum { BATCH_OCTETS = 256 * 1024 };

int batch_read(struct storer_job *jobs, struct reading *reading, const struct alive *alive,
               bool thorough, struct store *store)
{
    char key[ALIVE_KEYS][STORER_KEY_ROOM];
    struct storer_value there[ALIVE_KEYS];
    for (const struct storer_job *job = jobs; job; job = job->next)
        thorough |= job->whole;
    unsigned keys = thorough ? alive->keys : 1;
    reading->count = 0;
    reading->patchy = false;
    for (unsigned i = 0; i < keys; i++) {
        alive_key(alive, i, key[i]);
        reading_add(reading, key[i], &there[i]);
    }
    for (struct storer_job *job = jobs; job; job = job->next)
        for (unsigned i = 0; i < STORER_KEYS; i++)
            if (job->key[i][0])
                reading_add(reading, job->key[i], &job->value[i]);
    int e = reading_do(reading, store);
    for (unsigned i = 0; i < keys; i++) {
        if (e == 0 && alive_is_lost(&there[i]))
            e = -ESTALE;
        reading->patchy |= there[i].e == -EAGAIN;
        free(there[i].octets);
    }
    /* What is freed later must not point at this function's own. */
    reading->count -= keys;
    memmove(reading->into, reading->into + keys, reading->count * sizeof *reading->into);
    return e == -ESTALE || e == 0 ? e : -EAGAIN;
}

unsigned batch_transcripts(const struct storer_job *job)
{
    return transcript_is_key(job->key[0]);
}

unsigned batch_most(const struct storer_job *jobs, unsigned before)
{
    size_t octets = 0, most = 0;
    for (const struct storer_job *job = jobs; job; job = job->next)
        if (batch_transcripts(job) && job->value[0].e == 0) {
            octets += job->value[0].len;
            most += BATCH_OCTETS;
        }
    if (!octets)
        return before;
    most /= octets;
    return most < 1 ? 1 : most < STORER_BATCH ? (unsigned)most : STORER_BATCH;
}

/* Lets go of what is not looked at again: a swap that is lost reads its own value anew. */
static void job_drop(struct storer_job *job)
{
    for (unsigned i = 0; i < (job->e == -EINPROGRESS ? 1 : STORER_KEYS); i++) {
        free(job->value[i].octets);
        job->value[i].octets = NULL;
    }
}

static void job_work(struct storer_job *job, struct swaps *swaps, struct store *store)
{
    job->value[0].swaps = job->joins ? swaps : NULL;
    job->e = job->work(job, store);
    job_drop(job);
}

/* One of several servers did not answer for its keys. */
static bool is_unread(const struct storer_job *job)
{
    for (unsigned i = 0; i < STORER_KEYS; i++)
        if (job->key[i][0] && job->value[i].e == -EAGAIN)
            return true;
    return false;
}

/* Those that others were faster than are worked again, each by itself. */
static void batch_settle(struct storer_job *jobs, struct swaps *swaps, struct store *store)
{
    swaps_settle(swaps, store);
    for (struct storer_job *job = jobs; job; job = job->next) {
        if (job->e != -EINPROGRESS)
            continue;
        job->e = job->value[0].e;
        if (job->e == -EEXIST)
            job_work(job, NULL, store);
    }
}

void batch_work(struct storer_job *jobs, int read, bool whole, struct swaps *swaps,
                struct store *store)
{
    for (struct storer_job *job = jobs; job; job = job->next) {
        job->lacking = !whole;
        if (!job->joins && swaps->count) /* order is kept: what it ends is not begun again */
            batch_settle(jobs, swaps, store);
        if (read < 0)
            job->e = read;
        else if (is_unread(job))
            job->e = -EAGAIN;
        else if (job->whole && !whole)
            job->e = -ENODATA;
        else
            job_work(job, swaps, store);
    }
    if (swaps->count)
        batch_settle(jobs, swaps, store);
}
