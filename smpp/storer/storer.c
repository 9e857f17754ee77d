/* What the loop asks of the storer; see storer.h. */
#include "smpp/storer/storer_inner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "smpp/store/store.h"

struct storer *storer_start(const struct storer_options *options, char *why, size_t room)
{
    struct storer *storer = calloc(1, sizeof *storer);
    char run[40];
    if (!storer) {
        (void)snprintf(why, room, "out of memory");
        return NULL;
    }
    storer->options = *options;
    storer->servers = strdup(options->servers);
    storer->most = STORER_BATCH;
    storer->store = store_open(options->servers, options->prefix, why, room);
    if (storer->store)
        alive_start(&storer->alive, store_servers(storer->store), options->instance);
    (void)snprintf(storer->started, sizeof storer->started, "%lld", (long long)options->started);
    (void)snprintf(run, sizeof run, "%s-%d", storer->started, (int)getpid());
    others_start(&storer->others, &storer->alive, run, options->others ? options->others : "",
                 options->patience_ms * 1000);
    queue_empty(&storer->in);
    queue_empty(&storer->patient);
    queue_empty(&storer->out);
    queue_empty(&storer->again);
    news_count_begin(&storer->news, options->instance);
    (void)pthread_mutex_init(&storer->lock, NULL); /* cannot fail with default attributes */
    (void)pthread_cond_init(&storer->work, NULL);
    storer->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int e = storer->fd < 0 ? errno : storer->servers ? 0 : ENOMEM;
    if (storer->store && e == 0 &&
        (e = pthread_create(&storer->thread, NULL, storer_run, storer)) == 0)
        return storer;
    if (e)
        (void)snprintf(why, room, "the storer's thread cannot start: %s", strerror(e));
    store_close(storer->store);
    if (storer->fd >= 0)
        close(storer->fd);
    free(storer->servers);
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
    queue_cancel(&storer->patient, false);
    queue_cancel(&storer->in, false);
    store_close(storer->store);
    close(storer->fd);
    free(storer->servers);
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
        storer->pending++;
        queue_put(job->class == STORER_PATIENT ? &storer->patient : &storer->in, job);
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
    storer->pending -= storer->out.count;
    queue_empty(&storer->out);
    bool tell = storer->lost && !storer->lost_told;
    storer->lost_told |= tell;
    pthread_mutex_unlock(&storer->lock);
    for (struct storer_job *next; job; job = next) {
        next = job->next;
        __builtin_prefetch(next); /* the storer's thread had it last */
        job->done(job);
    }
    if (tell)
        storer->options.lost(storer->options.ctx);
}

void storer_news(struct storer *storer)
{
    if (!news_count_add(&storer->news))
        return;                        /* it looks at them in time */
    pthread_mutex_lock(&storer->lock); /* else it might miss the signal on its way to sleep */
    bool asleep = storer->asleep;
    pthread_mutex_unlock(&storer->lock);
    if (asleep)
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
    unsigned count = storer->pending;
    pthread_mutex_unlock(&storer->lock);
    return count;
}

bool storer_is_shared(struct storer *storer)
{
    pthread_mutex_lock(&storer->lock);
    bool shared = storer->shared;
    pthread_mutex_unlock(&storer->lock);
    return shared;
}

void storer_others(struct storer *storer, char names[STORER_OTHERS_ROOM])
{
    pthread_mutex_lock(&storer->lock);
    memcpy(names, storer->here, sizeof storer->here);
    pthread_mutex_unlock(&storer->lock);
}
