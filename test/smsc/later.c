// A binary heap under one libevent timer: a hundred thousand receipts a second wait cheaply.
#include "test/smsc/later.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

uint64_t now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int item_is_before(const struct later_item *a, const struct later_item *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void heap_rise(struct later *l, size_t i)
{
    struct later_item item = l->heap[i];

    while (i > 0 && item_is_before(&item, &l->heap[(i - 1) / 2])) {
        l->heap[i] = l->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    l->heap[i] = item;
}

static struct later_item heap_take(struct later *l)
{
    struct later_item first = l->heap[0], last = l->heap[--l->used];
    size_t i = 0;

    while (2 * i + 1 < l->used) {
        size_t child = 2 * i + 1;
        if (child + 1 < l->used && item_is_before(&l->heap[child + 1], &l->heap[child]))
            child++;
        if (!item_is_before(&l->heap[child], &last))
            break;
        l->heap[i] = l->heap[child];
        i = child;
    }
    l->heap[i] = last;
    return first;
}

static void timer_arm(struct later *l)
{
    uint64_t now = now_us(), wait;

    if (l->used == 0)
        return;
    wait = l->heap[0].due > now ? l->heap[0].due - now : 0;
    struct timeval tv = {(time_t)(wait / 1000000), (suseconds_t)(wait % 1000000)};
    evtimer_add(l->timer, &tv);
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
    struct later *l = arg;
    uint64_t now = now_us();

    (void)fd, (void)what; // libevent's shape
    for (int most = 10000; most && l->used && l->heap[0].due <= now; most--) {
        struct later_item item = heap_take(l);
        item.happen(l->with, item.what);
    }
    timer_arm(l);
}

int later_open(struct later *l, struct event_base *base, void *with)
{
    *l = (struct later){.with = with};
    l->timer = evtimer_new(base, timer_fired, l);
    return l->timer ? 0 : -ENOMEM;
}

void later_close(struct later *l)
{
    for (size_t i = 0; i < l->used; i++)
        if (l->heap[i].drop)
            l->heap[i].drop(l->heap[i].what);
    free(l->heap);
    if (l->timer)
        event_free(l->timer);
    *l = (struct later){0};
}

void later_add(struct later *l, uint64_t delay_us, void (*happen)(void *, void *), void *what,
               void (*drop)(void *))
{
    if (l->used == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        struct later_item *heap = realloc(l->heap, room * sizeof *heap);
        if (!heap) {
            happen(l->with, what);
            return;
        }
        l->heap = heap;
        l->room = room;
    }
    l->heap[l->used] = (struct later_item){now_us() + delay_us, l->order++, happen, what, drop};
    heap_rise(l, l->used++);
    if (l->heap[0].order == l->order - 1)
        timer_arm(l);
}
