/*
 * Answers that another smppd may have been given before: the SMSC had no response from it and gave
 * them to us. Each is on disk and acknowledged, but held: the other one is asked, over what is left
 * in memcached for it (stray.h), whether its own rule calls it a repetition of what it keeps. If so
 * it costs nothing here. Where it says nothing, for it is down, ours is shown and billed, and it is
 * told until it has heard, so that its own costs nothing.
 */
#ifndef SMPP_SWITCH_REPEAT_H
#define SMPP_SWITCH_REPEAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "smpp/storer/answer_look.h"

struct line;
struct spool_reply;
struct switchboard;

struct repeats {
    TAILQ_HEAD(repeat_queue, repeat) due;
    unsigned count; /* held, or claimed and not heard of by all */
};

void repeats_start(struct repeats *repeats);
void repeats_end(struct repeats *repeats);

/* What is asked about. */
struct repeat_facts {
    uint64_t reply, likeness; /* the spool's name for it; spool_likeness */
    const char *mobile, *code, *smsc_id;
    int64_t received, after; /* ms: what came to others between the two is asked for */
    bool claimed;            /* by the last run: it counts, and others are told */
    /* Who was given an equal one, the last first; 0: nobody remembers, as after a restart, and all
     * are asked. */
    unsigned twins;
    const struct look_twin *twin;
};

/* Whether one more may be held; else the SMSC keeps it for now. */
bool repeats_have_room(const struct repeats *repeats);
/* An answer is on disk, held. */
void repeats_put(struct switchboard *sb, const struct repeat_facts *facts);
/* What the last run asked others about, or told them. */
void repeats_recall(struct switchboard *sb, const struct spool_reply *reply);

/* Lines `asked`, `kept` and `filed` of another smppd, and `verdict` of one that was asked. */
void repeat_asked(struct switchboard *sb, const struct line *line);
void repeat_verdict(struct switchboard *sb, const struct line *line);

/* Asks and tells again, and decides what nobody has said anything about in time. */
void repeats_tick(struct switchboard *sb, int64_t now);

#endif
