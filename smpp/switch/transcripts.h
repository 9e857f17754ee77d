/*
 * What visitors are told: every event goes to memcached, where it gets its number, then with that
 * number to the spool for a refill, and to the module as news. While memcached is away events wait
 * in order.
 */
#ifndef SMPP_SWITCH_TRANSCRIPTS_H
#define SMPP_SWITCH_TRANSCRIPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "smpp/storer/publish.h"

struct switchboard;
struct spool_result;

struct transcripts {
    struct publish *waiting, **waiting_end;       /* for memcached */
    struct publish *unrecorded, **unrecorded_end; /* in memcached, for room in the spool */
    unsigned under_way;
};

void transcripts_start(struct transcripts *transcripts);
void transcripts_end(struct transcripts *transcripts);

/* Takes the publish over; `after` (may be NULL) is called when it has succeeded or been given up
 * (job.e). */
void transcripts_put(struct switchboard *sb, struct publish *publish);

/* The visitor's message has a new state. `reason` may be "". */
void transcripts_state(struct switchboard *sb, const char *session, uint64_t conversation,
                       uint64_t message, const char *state, const char *reason);

/* Tries again what waits; gives gaps up. */
void transcripts_tick(struct switchboard *sb, int64_t now);

/* A session has changed by a job of another kind: the line of its event, if it has one, is kept,
 * and subscribers are told. */
void transcripts_news(struct switchboard *sb, const char *session, int64_t last, int64_t until);
void transcripts_gone(struct switchboard *sb, const char *session);

#endif
