/* See watcher.h. */
#include "mod_smsinteractivo/wait/watcher.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/wait/news.h"
#include "mod_smsinteractivo/wait/sweep.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    TICK_MS = 250,
    EVENTS = 64,
};

/* What an epoll event is about, beside the tickets of waiters, whose low half is never 0. */
enum { ABOUT_STOP = 0, ABOUT_NEWS = (uint64_t)1 << 32 };

static struct {
    pthread_t thread;
    int epoll, stop;
    atomic_bool stopping;
    struct news news;
    struct sweep sweep;
    int64_t tick; /* ms of CLOCK_BOOTTIME: when everybody's deadline is looked at next */
} the = {.epoll = -1, .stop = -1};

void watcher_watch(int client, parking_ticket ticket)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.u64 = ticket};
    /* Where it fails the client's leaving is noticed when its answer is written. */
    (void)epoll_ctl(the.epoll, EPOLL_CTL_ADD, client, &event);
}

void watcher_unwatch(int client)
{
    (void)epoll_ctl(the.epoll, EPOLL_CTL_DEL, client, NULL); /* it may never have been added */
}

static void events_take(const struct epoll_event *event, int count)
{
    for (int i = 0; i < count; i++) {
        if (event[i].data.u64 == ABOUT_NEWS)
            news_read(&the.news, boottime_ms());
        else if (event[i].data.u64 != ABOUT_STOP)
            parking_wake(event[i].data.u64);
    }
}

/* Keeps the subscription; a fresh one means that news may have been missed. */
static bool subscription_keep(int64_t now)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = ABOUT_NEWS};
    if (!news_connect(&the.news, now))
        return false;
    if (epoll_ctl(the.epoll, EPOLL_CTL_ADD, the.news.link.fd, &event) == 0)
        return true;
    news_lose(&the.news, now);
    return false;
}

/* It looks at every place, so news must not make it happen more often. */
static void tick(int64_t now)
{
    if (now < the.tick)
        return;
    the.tick = now + TICK_MS;
    parking_tick(now);
}

static void *watch(void *unused)
{
    struct epoll_event event[EVENTS];
    (void)unused;
    while (!the.stopping) {
        int64_t now = boottime_ms();
        bool fresh = subscription_keep(now);
        tick(now);
        bool more = sweep_step(&the.sweep, now, the.news.link.greeting.instance, fresh);
        int count = epoll_wait(the.epoll, event, EVENTS, more ? 0 : TICK_MS);
        events_take(event, count);
    }
    return NULL;
}

static void close_all(void)
{
    store_close(the.sweep.store);
    the.sweep.store = NULL;
    if (the.epoll >= 0)
        close(the.epoll);
    if (the.stop >= 0)
        close(the.stop);
    the.epoll = the.stop = -1;
}

/* Signals are for httpd's own threads. */
static bool thread_make(void)
{
    sigset_t all, before;
    (void)sigfillset(&all); /* cannot fail */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int e = pthread_create(&the.thread, NULL, watch, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return e == 0;
}

bool watcher_begin(const struct deployment *deployment)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = ABOUT_STOP};
    the.stopping = false;
    the.tick = 0;
    the.sweep = (struct sweep){.store = backend_store(deployment)};
    the.epoll = epoll_create1(EPOLL_CLOEXEC);
    the.stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    news_begin(&the.news, deployment->daemon);
    if (the.sweep.store && deployment->store_wait > STORE_WAIT_MS)
        store_patience(the.sweep.store, STORE_WAIT_MS); /* wakes wait meanwhile */
    if (the.sweep.store && the.epoll >= 0 && the.stop >= 0 &&
        epoll_ctl(the.epoll, EPOLL_CTL_ADD, the.stop, &event) == 0 && thread_make())
        return true;
    close_all();
    return false;
}

void watcher_end(void)
{
    if (the.epoll < 0)
        return;
    the.stopping = true;
    (void)eventfd_write(the.stop, 1); /* its counter begins at 0 and is written once */
    pthread_join(the.thread, NULL);
    news_end(&the.news);
    close_all();
}
