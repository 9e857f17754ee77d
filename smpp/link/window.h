/* The window: which submit_sm are out and unanswered, found by sequence number, ended by age.
 *
 * Pure bookkeeping: no socket, no clock. Times are microseconds of any clock that does
 * not go back. */
#ifndef SMPP_LINK_WINDOW_H
#define SMPP_LINK_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum window_kind { WINDOW_FREE, WINDOW_OPEN, WINDOW_LATE };

struct window_entry {
    uint64_t tag;
    int64_t sent;
    uint64_t mark; /* the caller's: where in its output the request ends */
    uint32_t sequence;
    uint32_t older, newer; /* neighbours by age, indices into the table */
    enum window_kind kind;
};

struct window {
    struct window_entry *table; /* at sequence & mask */
    uint32_t mask;
    uint32_t next; /* sequence number to try first */
    uint32_t oldest, newest;
    unsigned open, limit;
};

/* A window of at most limit open requests whose first sequence number is first. 0 or -ENOMEM. */
int window_init(struct window *w, unsigned limit, uint32_t first);
void window_free(struct window *w);

/* Changes the limit, keeping what is open. 0 or -ENOMEM (nothing changed then). */
int window_resize(struct window *w, unsigned limit);

/* How many may be opened now. */
unsigned window_room(const struct window *w);

/* A sequence number for a request that is not kept here (bind, enquire_link,
 * unbind): 1..0x7FFFFFFF, then again from 1, never one that is open (SMPP 3.4, 3.2). */
uint32_t window_sequence(struct window *w);

/* Opens a request; there must be room. A late entry that stands in the way is forgotten. */
struct window_entry *window_open(struct window *w, uint64_t tag, int64_t now);

/* Settles the request with that sequence number and copies it to *out: WINDOW_OPEN, or WINDOW_LATE
 * if window_expire had it before; WINDOW_FREE if it is not known (any more). */
enum window_kind window_settle(struct window *w, uint32_t sequence, struct window_entry *out);

/* Takes the oldest open request if it was sent at or before `before`: it becomes late. False if
 * there is none. */
bool window_expire(struct window *w, int64_t before, struct window_entry *out);

/* Takes the oldest open request for good, whatever its age; false when none is left (late ones are
 * forgotten then). */
bool window_drop(struct window *w, struct window_entry *out);

/* When the oldest open request was sent; only while w->open > 0. */
int64_t window_oldest(const struct window *w);

/* Starts over with a sequence number; nothing may be open. */
void window_restart(struct window *w, uint32_t first);

#endif
