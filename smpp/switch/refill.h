/*
 * What is read back from the spool: at the start everything that is still under way, into memory;
 * and whenever memcached has lost what it held, conversations, routes, transcripts and opt-outs,
 * into memcached, merged with what other daemons have put there.
 */
#ifndef SMPP_SWITCH_REFILL_H
#define SMPP_SWITCH_REFILL_H

#include <stdbool.h>
#include <stdint.h>

struct switchboard;

enum refill_step {
    REFILL_READING, /* the start: nothing is accepted before it is over */
    REFILL_IDLE,
    REFILL_FILLING
};

struct refill {
    enum refill_step step;
    unsigned scan;     /* which table is being read */
    bool lost;         /* memcached is to be filled as soon as the start is over */
    int64_t filled_at; /* ms; 0: no gap may be open */
    int64_t since;     /* us, for the log */
    uint64_t rows;
    unsigned losses;     /* how often memcached was found empty */
    struct lines *lines; /* of the session being read */
};

/* Begins to read. 0, or a negative errno of the spool. */
int refill_start(struct switchboard *sb);
void refill_end(struct refill *refill);

/* What others left in memcached has been read, or cannot be. */
void refill_strays_are_read(struct switchboard *sb);

/* Whether the start is over. */
bool refill_is_read(const struct switchboard *sb);

/* memcached is empty: for storer_options. */
void refill_lost(void *sb);
/* One transcript has vanished. */
void refill_session(struct switchboard *sb, const char *session);

/* True once, when other daemons have had time to put their events back. */
bool refill_gaps_are_over(struct switchboard *sb, int64_t now);

#endif
