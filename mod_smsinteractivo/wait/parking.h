/*
 * Where held polls stand: a bounded table of waiters, found by session, each with an eventfd that
 * becomes readable when it is woken. Wakes are paced, for a thousand woken at once would take every
 * worker of the child and make the MPM close its keep-alive connections. Knows nothing of httpd.
 * Every function may be called from any thread.
 */
#ifndef SMSI_PARKING_H
#define SMSI_PARKING_H

#include <stdbool.h>
#include <stdint.h>

#include "smpp/store/transcript.h"

/* Names one stay of one waiter: a slot and how often it has been taken. 0 names none. */
typedef uint64_t parking_ticket;

/* Room for `cap` waiters, at most `pace` of them woken and not yet gone. False where memory is out.
 */
bool parking_begin(unsigned cap, unsigned pace);
void parking_end(void);

/*
 * A place for a client that knows the session's events up to `after` and waits until `deadline` (ms
 * of CLOCK_BOOTTIME). `eventfd` is the parking's: it is closed by parking_leave. 0 where all places
 * are taken, or the four one session may have, the child is stopping or descriptors are out; then
 * `eventfd` is -1.
 */
parking_ticket parking_enter(const char *session, int64_t after, int64_t deadline, int *eventfd);

/* The waiter goes, and the next may be woken. Harmless where it has gone before. */
void parking_leave(parking_ticket ticket);

/* Wakes one, where it still waits. */
void parking_wake(parking_ticket ticket);
/* Wakes whoever waits for a session and does not yet know event `last`. */
void parking_news(const char *session, int64_t last);
/* Wakes those whose deadline is not after `now`. */
void parking_tick(int64_t now);
/* Wakes all and lets nobody in any more. */
void parking_stop(void);

/* How many places are taken. */
unsigned parking_waiting(void);

/*
 * Copies the session names of up to `room` waiters, beginning with slot *from, which moves on; 0
 * when all have been told. A session may be told more than once.
 */
unsigned parking_sessions(unsigned *from, char (*names)[SESSION_NAME_LEN + 1], unsigned room);

#endif
