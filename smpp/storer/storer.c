/* The storer's two queues and its thread; see storer.h. */
#include "smpp/storer/storer.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "smpp/storer/batch.h"
#include "smpp/logbook/clock.h"
#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/storer/news_count.h"
#include "smpp/storer/others.h"
#include "smpp/storer/queue.h"
#include "smpp/store/store.h"

enum { AGAIN_MAX = 4096 };

struct storer {
    struct store *store;
    struct storer_options options;
    struct alive alive;
    struct others others;
    char started[24], here[STORER_OTHERS_ROOM];
    int fd;
    struct news_count news;
    struct swaps swaps;
    unsigned most; /* jobs of the next batch */
    bool patchy;   /* the last batch had to do with a server that did not answer */
    bool away;     /* the log says so */
    pthread_t thread;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t work;
    struct queue in, out, again; /* stubborn ones */
    unsigned waiting;            /* of class STORER_NEW */
    bool asleep, up, lost, lost_told, filled, check, stop;
};

static void announce(struct storer *storer)
{
    uint64_t one = 1;
    ssize_t n = write(storer->fd, &one, sizeof one);
    (void)n; /* only a full counter fails, and then it is readable already */
}

/* ---- on the storer's thread ---- */

static void state_set(struct storer *storer, int e)
{
    bool up = e != -EAGAIN;
    pthread_mutex_lock(&storer->lock);
    storer->up = up;
    pthread_mutex_unlock(&storer->lock);
    if (!up)
        counter_add(COUNTER_STORE_ERRORS, 1);
    if (storer->away && up)
        log_info("SD0352", "memcached answers again: servers=%s", storer->options.servers);
    else if (!storer->away && !up)
        log_warning("SD0351", "memcached does not answer: servers=%s", storer->options.servers);
    storer->away = !up;
}

/* memcached is empty. The keys are set at once, so that losing everything again during the refill,
 * or dying in its midst, shows. */
static void lost_tell(struct storer *storer)
{
    (void)alive_set(&storer->alive, storer->store,
                    ALIVE_FILLING); /* where that fails filled_look finds it out */
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

/* Puts back at the head, in order, what has to wait for the refill. */
static void batch_hold(struct storer *storer, struct storer_job *batch)
{
    struct queue held;
    queue_empty(&held);
    for (struct storer_job *next; batch; batch = next) {
        next = batch->next;
        queue_put(&held, batch);
    }
    pthread_mutex_lock(&storer->lock);
    queue_precede(&storer->in, &held);
    pthread_mutex_unlock(&storer->lock);
}

static void others_look(struct storer *storer)
{
    char here[STORER_OTHERS_ROOM];
    others_meet(&storer->others, storer->store);
    others_whole(&storer->others, storer->store, true);
    others_here(&storer->others, here, sizeof here);
    pthread_mutex_lock(&storer->lock);
    memcpy(storer->here, here, sizeof here);
    pthread_mutex_unlock(&storer->lock);
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
    storer->most = batch_most(batch, &reading);
    batch_work(batch, read == -ESTALE ? 0 : read, &storer->swaps, storer->store);
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
    pthread_mutex_lock(&storer->lock);
    storer->lost = storer->filled = false;
    pthread_mutex_unlock(&storer->lock);
    state_set(storer, e); /* where it failed the keys still say `filling` or are missing */
}

/* Takes up to a batch of jobs; while memcached is empty only those of the refill. */
static struct storer_job *batch_take(struct storer *storer)
{
    struct storer_job *batch = NULL, **end = &batch;
    if (storer->in.first || storer->check) /* not at once: memcached did not answer just now */
        queue_precede(&storer->in, &storer->again);
    struct storer_job **at = &storer->in.first;
    for (unsigned n = 0; *at && n < storer->most;) {
        struct storer_job *job = *at;
        if (storer->lost && job->class != STORER_REFILL) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        storer->in.count--;
        job->next = NULL;
        *end = job;
        end = &job->next;
        n++;
    }
    if (!*at)
        storer->in.end = at;
    return batch;
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

static void *storer_run(void *ctx)
{
    struct storer *storer = ctx;
    pthread_mutex_lock(&storer->lock);
    while (!storer->stop) {
        struct storer_job *batch = batch_take(storer);
        bool check = storer->check, lost = storer->lost;
        bool filled = !batch && lost && storer->filled,
             idle = !batch && !filled && (!check || lost);
        storer->check = false;
        if (idle && news_count_left(&storer->news, clock_us()) != 0) {
            work_await(storer);
            continue;
        }
        pthread_mutex_unlock(&storer->lock);
        if (filled)
            filled_look(storer);
        else if (!idle)
            batch_run(storer, batch, check, lost);
        news_count_tell(&storer->news, storer->store, clock_us());
        pthread_mutex_lock(&storer->lock);
    }
    pthread_mutex_unlock(&storer->lock);
    news_count_tell(&storer->news, storer->store, storer->news.due); /* whatever is left */
    return NULL;
}

/* ---- on the loop ---- */

struct storer *storer_start(const struct storer_options *options, char *why, size_t room)
{
    struct storer *storer = calloc(1, sizeof *storer);
    char run[40];
    if (!storer) {
        (void)snprintf(why, room, "out of memory");
        return NULL;
    }
    storer->options = *options;
    storer->most = STORER_BATCH;
    storer->store = store_open(options->servers, options->prefix, why, room);
    if (storer->store)
        alive_start(&storer->alive, store_servers(storer->store), options->instance);
    (void)snprintf(storer->started, sizeof storer->started, "%lld", (long long)options->started);
    (void)snprintf(run, sizeof run, "%s-%d", storer->started, (int)getpid());
    others_start(&storer->others, &storer->alive, run, options->others ? options->others : "");
    queue_empty(&storer->in);
    queue_empty(&storer->out);
    queue_empty(&storer->again);
    news_count_begin(&storer->news, options->instance);
    (void)pthread_mutex_init(&storer->lock, NULL); /* cannot fail with default attributes */
    (void)pthread_cond_init(&storer->work, NULL);
    storer->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int e = storer->fd < 0 ? errno : 0;
    if (storer->store && e == 0 &&
        (e = pthread_create(&storer->thread, NULL, storer_run, storer)) == 0)
        return storer;
    if (e)
        (void)snprintf(why, room, "the storer's thread cannot start: %s", strerror(e));
    store_close(storer->store);
    if (storer->fd >= 0)
        close(storer->fd);
    free(storer);
    return NULL;
}

static void queue_cancel(struct queue *queue, bool ran)
{
    for (struct storer_job *job = queue->first, *next; job; job = next) {
        next = job->next;
        if (!ran)
            job->e = -ECANCELED;
        job->done(job);
    }
    queue_empty(queue);
}

void storer_stop(struct storer *storer)
{
    if (!storer)
        return;
    pthread_mutex_lock(&storer->lock);
    storer->stop = true;
    pthread_cond_signal(&storer->work);
    pthread_mutex_unlock(&storer->lock);
    (void)pthread_join(storer->thread, NULL); /* it exists and nobody else joins it */
    queue_cancel(&storer->out, true);
    queue_cancel(&storer->again, true);
    queue_cancel(&storer->in, false);
    store_close(storer->store);
    close(storer->fd);
    free(storer);
}

int storer_put(struct storer *storer, struct storer_job *job)
{
    bool asleep;
    int e = 0;
    pthread_mutex_lock(&storer->lock);
    if (storer->stop || (job->class == STORER_NEW && storer->waiting >= storer->options.limit))
        e = -EAGAIN;
    if (e == 0) {
        storer->waiting += job->class == STORER_NEW;
        queue_put(&storer->in, job);
    }
    asleep = storer->asleep;
    pthread_mutex_unlock(&storer->lock);
    if (asleep)
        storer->options.wake(storer->options.ctx);
    return e;
}

void storer_wake(struct storer *storer)
{
    pthread_cond_signal(&storer->work);
}

int storer_fd(const struct storer *storer)
{
    return storer->fd;
}

void storer_reap(struct storer *storer)
{
    uint64_t count;
    ssize_t n = read(storer->fd, &count, sizeof count);
    (void)n; /* nothing to read is no error: somebody reaped before */
    pthread_mutex_lock(&storer->lock);
    struct storer_job *job = storer->out.first;
    queue_empty(&storer->out);
    bool tell = storer->lost && !storer->lost_told;
    storer->lost_told |= tell;
    pthread_mutex_unlock(&storer->lock);
    for (struct storer_job *next; job; job = next) {
        next = job->next;
        job->done(job);
    }
    if (tell)
        storer->options.lost(storer->options.ctx);
}

void storer_news(struct storer *storer)
{
    pthread_mutex_lock(&storer->lock); /* else it might miss the signal on its way to sleep */
    bool unaware = news_count_add(&storer->news) && storer->asleep;
    pthread_mutex_unlock(&storer->lock);
    if (unaware)
        storer->options.wake(storer->options.ctx);
}

static void signal_flag(struct storer *storer, bool *flag)
{
    pthread_mutex_lock(&storer->lock);
    *flag = true;
    pthread_cond_signal(&storer->work);
    pthread_mutex_unlock(&storer->lock);
}

void storer_check(struct storer *storer)
{
    signal_flag(storer, &storer->check);
}

void storer_filled(struct storer *storer)
{
    signal_flag(storer, &storer->filled);
}

bool storer_up(struct storer *storer)
{
    pthread_mutex_lock(&storer->lock);
    bool up = storer->up;
    pthread_mutex_unlock(&storer->lock);
    return up;
}

unsigned storer_waiting(struct storer *storer)
{
    pthread_mutex_lock(&storer->lock);
    unsigned count = storer->in.count + storer->out.count;
    pthread_mutex_unlock(&storer->lock);
    return count;
}

void storer_others(struct storer *storer, char names[STORER_OTHERS_ROOM])
{
    pthread_mutex_lock(&storer->lock);
    memcpy(names, storer->here, sizeof storer->here);
    pthread_mutex_unlock(&storer->lock);
}
