// What is to happen later: one heap, one timer, for delayed answers, receipts and retries alike.
#ifndef SMSC_LATER_H
#define SMSC_LATER_H

#include <stddef.h>
#include <stdint.h>

struct event_base;

struct later_item {
    uint64_t due; // microseconds of the monotonic clock
    uint64_t order;
    void (*happen)(void *with, void *what);
    void *what;
    void (*drop)(void *what); // frees `what` where it never happens; may be NULL
};

struct later {
    struct event *timer;
    struct later_item *heap;
    size_t used, room;
    uint64_t order;
    void *with; // given to every happen()
};

// Microseconds since some start; never set back.
uint64_t now_us(void);

int later_open(struct later *later, struct event_base *base, void *with);
void later_close(struct later *later); // drops what is left
// Calls happen(with, what) once `delay_us` have passed, in order of due time. Without memory it
// happens at once, so that nothing is lost.
void later_add(struct later *later, uint64_t delay_us, void (*happen)(void *, void *), void *what,
               void (*drop)(void *));

#endif
