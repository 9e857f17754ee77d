/* One lock, one table made once, lists by index: nothing is allocated while visitors wait. */
#include "mod_smsinteractivo/wait/parking.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum place { FREE, PARKED, QUEUED, WOKEN };

enum {
    NOBODY = UINT32_MAX,
    BUCKETS = 4096,
    SESSION_PLACES = 4, /* windows of one visitor; more would take what other visitors wait in */
};

struct waiter {
    char session[SESSION_NAME_LEN + 1];
    enum place place;
    uint32_t stay; /* how often this slot has been taken */
    int eventfd;
    int64_t after, deadline;
    uint32_t next_in_bucket;
    uint32_t next; /* in the free list or in the queue of those to be woken */
};

static struct {
    pthread_mutex_t lock;
    struct waiter *slot;
    unsigned cap, pace, waiting, in_flight;
    uint32_t free, queue_head, queue_tail;
    uint32_t bucket[BUCKETS];
    bool stopping;
} the = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool parking_begin(unsigned cap, unsigned pace)
{
    the.slot = calloc(cap, sizeof *the.slot);
    if (!the.slot)
        return false;
    the.cap = cap;
    the.pace = pace ? pace : 1;
    the.waiting = the.in_flight = 0;
    the.stopping = false;
    the.queue_head = the.queue_tail = NOBODY;
    for (unsigned i = 0; i < BUCKETS; i++)
        the.bucket[i] = NOBODY;
    for (uint32_t i = 0; i < cap; i++)
        the.slot[i].next = i + 1 < cap ? i + 1 : NOBODY;
    the.free = cap ? 0 : NOBODY;
    return true;
}

void parking_end(void)
{
    pthread_mutex_lock(&the.lock);
    for (unsigned i = 0; i < the.cap; i++)
        if (the.slot[i].place != FREE)
            close(the.slot[i].eventfd);
    free(the.slot);
    the.slot = NULL;
    the.cap = 0;
    pthread_mutex_unlock(&the.lock);
}

/* Session names are hashes already: any part of them spreads evenly. */
static uint32_t *bucket_of(const char *session)
{
    uint32_t hash = 2166136261U;
    for (; *session; session++)
        hash = (hash ^ (unsigned char)*session) * 16777619U;
    return &the.bucket[hash % BUCKETS];
}

static parking_ticket ticket_of(uint32_t index)
{
    return (parking_ticket)the.slot[index].stay << 32 | (index + 1);
}

/* The waiter of a ticket, or NULL where that stay is over. */
static struct waiter *waiter_of(parking_ticket ticket, uint32_t *index)
{
    *index = (uint32_t)ticket - 1;
    if (ticket == 0 || *index >= the.cap)
        return NULL;
    struct waiter *waiter = &the.slot[*index];
    return waiter->place != FREE && waiter->stay == ticket >> 32 ? waiter : NULL;
}

/* Wakes the first of the queue as long as fewer than `pace` are on their way. */
static void pump(void)
{
    while (the.in_flight < the.pace && the.queue_head != NOBODY) {
        struct waiter *waiter = &the.slot[the.queue_head];
        the.queue_head = waiter->next;
        if (the.queue_head == NOBODY)
            the.queue_tail = NOBODY;
        waiter->place = WOKEN;
        the.in_flight++;
        (void)eventfd_write(waiter->eventfd, 1); /* its counter begins at 0 and is written once */
    }
}

/* Into the queue of those to be woken; pump() has to follow. */
static void enqueue(uint32_t index)
{
    struct waiter *waiter = &the.slot[index];
    if (waiter->place != PARKED)
        return;
    waiter->place = QUEUED;
    waiter->next = NOBODY;
    if (the.queue_tail == NOBODY)
        the.queue_head = index;
    else
        the.slot[the.queue_tail].next = index;
    the.queue_tail = index;
}

static bool session_has_room(const char *session)
{
    unsigned taken = 0;
    for (uint32_t i = *bucket_of(session); i != NOBODY; i = the.slot[i].next_in_bucket)
        taken += strcmp(the.slot[i].session, session) == 0;
    return taken < SESSION_PLACES;
}

parking_ticket parking_enter(const char *session, int64_t after, int64_t deadline, int *fd)
{
    parking_ticket ticket = 0;
    *fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (*fd < 0)
        return 0;
    pthread_mutex_lock(&the.lock);
    if (!the.stopping && the.cap && the.free != NOBODY && session_has_room(session)) {
        uint32_t index = the.free, *bucket = bucket_of(session);
        struct waiter *waiter = &the.slot[index];
        the.free = waiter->next;
        *waiter = (struct waiter){.place = PARKED,
                                  .stay = waiter->stay + 1,
                                  .eventfd = *fd,
                                  .after = after,
                                  .deadline = deadline,
                                  .next_in_bucket = *bucket,
                                  .next = NOBODY};
        memcpy(waiter->session, session, strnlen(session, SESSION_NAME_LEN));
        *bucket = index;
        the.waiting++;
        ticket = ticket_of(index);
    }
    pthread_mutex_unlock(&the.lock);
    if (!ticket)
        close(*fd);
    return ticket;
}

static void bucket_remove(uint32_t index)
{
    uint32_t *at = bucket_of(the.slot[index].session);
    while (*at != index)
        at = &the.slot[*at].next_in_bucket;
    *at = the.slot[index].next_in_bucket;
}

/* Only a client that closes leaves from the middle of the queue, so a walk is cheap enough. */
static void queue_remove(uint32_t index)
{
    uint32_t before = NOBODY;
    for (uint32_t at = the.queue_head; at != index; at = the.slot[at].next)
        before = at;
    if (before == NOBODY)
        the.queue_head = the.slot[index].next;
    else
        the.slot[before].next = the.slot[index].next;
    if (the.queue_tail == index)
        the.queue_tail = before;
}

void parking_leave(parking_ticket ticket)
{
    uint32_t index;
    int fd = -1;
    pthread_mutex_lock(&the.lock);
    struct waiter *waiter = waiter_of(ticket, &index);
    if (waiter) {
        fd = waiter->eventfd;
        bucket_remove(index);
        if (waiter->place == QUEUED)
            queue_remove(index);
        if (waiter->place == WOKEN)
            the.in_flight--;
        waiter->place = FREE;
        waiter->next = the.free;
        the.free = index;
        the.waiting--;
        pump();
    }
    pthread_mutex_unlock(&the.lock);
    if (fd >= 0)
        close(fd);
}

void parking_wake(parking_ticket ticket)
{
    uint32_t index;
    pthread_mutex_lock(&the.lock);
    if (waiter_of(ticket, &index))
        enqueue(index);
    pump();
    pthread_mutex_unlock(&the.lock);
}

void parking_news(const char *session, int64_t last)
{
    pthread_mutex_lock(&the.lock);
    if (the.cap)
        for (uint32_t i = *bucket_of(session); i != NOBODY; i = the.slot[i].next_in_bucket)
            if (the.slot[i].after != last && strcmp(the.slot[i].session, session) == 0)
                enqueue(i);
    pump();
    pthread_mutex_unlock(&the.lock);
}

static void enqueue_until(int64_t now)
{
    for (uint32_t i = 0; i < the.cap; i++)
        if (the.slot[i].place == PARKED && the.slot[i].deadline <= now)
            enqueue(i);
    pump();
}

void parking_tick(int64_t now)
{
    pthread_mutex_lock(&the.lock);
    if (the.waiting)
        enqueue_until(now);
    pthread_mutex_unlock(&the.lock);
}

void parking_stop(void)
{
    pthread_mutex_lock(&the.lock);
    the.stopping = true;
    enqueue_until(INT64_MAX);
    pthread_mutex_unlock(&the.lock);
}

unsigned parking_waiting(void)
{
    pthread_mutex_lock(&the.lock);
    unsigned waiting = the.waiting;
    pthread_mutex_unlock(&the.lock);
    return waiting;
}

unsigned parking_sessions(unsigned *from, char (*names)[SESSION_NAME_LEN + 1], unsigned room)
{
    unsigned told = 0;
    pthread_mutex_lock(&the.lock);
    for (; *from < the.cap && told < room; (*from)++)
        if (the.slot[*from].place == PARKED)
            memcpy(names[told++], the.slot[*from].session, sizeof *names);
    pthread_mutex_unlock(&the.lock);
    return told;
}
