/* Takes batches of jobs, runs them over memcached, and notices when that has lost everything; see
 * storer.h. */
#include "smpp/storer/storer_inner.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "smpp/logbook/clock.h"
#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/storer/batch.h"
#include "smpp/store/store.h"

enum { AGAIN_MAX = 4096, PATIENT_MOST = 256 };

static void announce(struct storer *storer)
{
    uint64_t one = 1;
    ssize_t n = write(storer->fd, &one, sizeof one);
    (void)n; /* only a full counter fails, and then it is readable already */
}

static void state_set(struct storer *storer, int e)
{
    bool up = e != -EAGAIN;
    pthread_mutex_lock(&storer->lock);
    storer->up = up;
    pthread_mutex_unlock(&storer->lock);
    if (!up)
        counter_add(COUNTER_STORE_ERRORS, 1);
    if (storer->away && up)
        log_info("SD0352", "memcached answers again: servers=%s", storer->servers);
    else if (!storer->away && !up)
        log_warning("SD0351", "memcached does not answer: servers=%s", storer->servers);
    storer->away = !up;
}

/* memcached is empty. The keys are set at once, so that losing everything again during the refill,
 * or dying in its midst, shows. */
static void lost_tell(struct storer *storer)
{
    /* Where that fails filled_look finds it out. */
    (void)alive_set(&storer->alive, storer->store, ALIVE_FILLING);
    others_lost(&storer->others);
    others_whole(&storer->others, storer->store, false);
    pthread_mutex_lock(&storer->lock);
    storer->lost = true;
    storer->lost_told = storer->filled = false;
    pthread_mutex_unlock(&storer->lock);
    announce(storer);
}

static void batch_done(struct storer *storer, struct storer_job *batch)
{
    pthread_mutex_lock(&storer->lock);
    for (struct storer_job *next; batch; batch = next) {
        next = batch->next;
        if (batch->class == STORER_NEW)
            storer->waiting--;
        bool again = batch->stubborn && batch->e == -EAGAIN && storer->again.count < AGAIN_MAX;
        queue_put(again ? &storer->again : &storer->out, batch);
    }
    pthread_mutex_unlock(&storer->lock);
    announce(storer);
}

/* Puts back at the heads, in order, what has to wait for the refill. */
static void batch_hold(struct storer *storer, struct storer_job *batch)
{
    struct queue held, patient;
    queue_empty(&held);
    queue_empty(&patient);
    for (struct storer_job *next; batch; batch = next) {
        next = batch->next;
        queue_put(batch->class == STORER_PATIENT ? &patient : &held, batch);
    }
    pthread_mutex_lock(&storer->lock);
    queue_precede(&storer->in, &held);
    queue_precede(&storer->patient, &patient);
    pthread_mutex_unlock(&storer->lock);
}

/* For the loop, which has the spool remember them. */
static void others_tell(struct storer *storer)
{
    char here[STORER_OTHERS_ROOM];
    others_here(&storer->others, here, sizeof here);
    pthread_mutex_lock(&storer->lock);
    memcpy(storer->here, here, sizeof here);
    storer->shared = storer->others.twice;
    pthread_mutex_unlock(&storer->lock);
}

static void others_look(struct storer *storer)
{
    others_meet(&storer->others, storer->store);
    others_whole(&storer->others, storer->store, true);
    others_tell(storer);
}

static void batch_run(struct storer *storer, struct storer_job *batch, bool thorough, bool lost)
{
    struct reading reading;
    int64_t since = clock_us();
    /* A server that answers again may have come back empty, with alive: keys of its own only. */
    int read =
        batch_read(batch, &reading, &storer->alive, thorough || storer->patchy, storer->store);
    if (read == -ESTALE && !lost) {
        state_set(storer, 0);
        reading_free(&reading);
        if (batch)
            batch_hold(storer, batch);
        lost_tell(storer);
        return;
    }
    storer->most = batch_most(batch, storer->most);
    batch_work(batch, read == -ESTALE ? 0 : read, others_are_heard(&storer->others), &storer->swaps,
               storer->store);
    storer->patchy = reading.patchy;
    for (const struct storer_job *job = batch; job; job = job->next)
        storer->patchy |= job->e == -EAGAIN;
    state_set(storer, storer->patchy ? -EAGAIN : read);
    reading_free(&reading);
    histogram_add(HISTOGRAM_STORE, (uint64_t)(clock_us() - since));
    if (thorough && read == 0 && !lost)
        others_look(storer);
    if (batch)
        batch_done(storer, batch);
}

/* The refill's jobs are done, here. Where the keys are gone memcached has lost all of it again. */
static void filled_look(struct storer *storer)
{
    int e = alive_confirm(&storer->alive, storer->store, ALIVE_WAITING);
    if (e == 0 && others_are_missed(&storer->others, storer->store))
        return; /* looked at again in the next turn */
    if (e == 0)
        e = alive_confirm(&storer->alive, storer->store, storer->started);
    if (e == -ENOENT) {
        lost_tell(storer);
        return;
    }
    if (e == 0)
        others_whole(&storer->others, storer->store, true);
    others_tell(storer);
    pthread_mutex_lock(&storer->lock);
    storer->lost = storer->filled = false;
    pthread_mutex_unlock(&storer->lock);
    state_set(storer, e); /* where it failed the keys still say `filling` or are missing */
}

/* Takes what the batch has room for, with so many transcripts left; while memcached is empty only
 * what is of the refill. */
static void batch_fill(const struct storer *storer, struct queue *batch, struct queue *from,
                       unsigned *left)
{
    struct storer_job **at = &from->first, *job;
    while ((job = *at) && batch->count < STORER_BATCH) {
        if (storer->lost && job->class != STORER_REFILL) {
            at = &job->next;
            continue;
        }
        if (batch_transcripts(job) > *left)
            break; /* none behind it passes it */
        *left -= batch_transcripts(job);
        *at = job->next;
        from->count--;
        queue_put(batch, job);
    }
    if (!*at)
        from->end = at;
}

static struct storer_job *batch_take(struct storer *storer)
{
    struct queue batch;
    unsigned left = storer->most;
    queue_empty(&batch);
    /* Not at once: memcached did not answer just now. */
    if (storer->in.first || storer->patient.first || storer->check)
        queue_precede(&storer->in, &storer->again);
    if (storer->patient.count >= PATIENT_MOST)
        batch_fill(storer, &batch, &storer->patient, &left);
    batch_fill(storer, &batch, &storer->in, &left);
    if (!batch.first)
        batch_fill(storer, &batch, &storer->patient, &left);
    return batch.first;
}

/* Waits for work, or until news have to be counted. The lock is held before and after. */
static void work_await(struct storer *storer)
{
    int64_t left = news_count_left(&storer->news, clock_us());
    struct timespec until;
    storer->asleep = true;
    if (left < 0) {
        pthread_cond_wait(&storer->work, &storer->lock);
    } else {
        (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail with a valid clock */
        left += until.tv_nsec / 1000;
        until.tv_sec += left / 1000000;
        until.tv_nsec = left % 1000000 * 1000;
        (void)pthread_cond_clockwait(&storer->work, &storer->lock, CLOCK_MONOTONIC, &until);
    }
    storer->asleep = false;
}

bool storer_turn(struct storer *storer)
{
    struct storer_job *batch = batch_take(storer);
    bool check = storer->check, lost = storer->lost;
    bool filled = !batch && lost && storer->filled, idle = !batch && !filled && (!check || lost);
    storer->check = false;
    if (idle && news_count_left(&storer->news, clock_us()) != 0)
        return false;
    pthread_mutex_unlock(&storer->lock);
    if (filled)
        filled_look(storer);
    else if (!idle)
        batch_run(storer, batch, check, lost);
    news_count_tell(&storer->news, storer->store, clock_us());
    pthread_mutex_lock(&storer->lock);
    return true;
}

void *storer_run(void *ctx)
{
    struct storer *storer = ctx;
    pthread_mutex_lock(&storer->lock);
    while (!storer->stop)
        if (!storer_turn(storer))
            work_await(storer);
    pthread_mutex_unlock(&storer->lock);
    news_count_tell(&storer->news, storer->store, storer->news.due); /* whatever is left */
    return NULL;
}
