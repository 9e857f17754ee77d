/*
 * Messages on disk on their way to an SMSC. Each pair (mobile, code) is a lane: one part of
 * one message at a time, so that parts and messages keep their order even when one has to be sent
 * again. A part is committed as IN_FLIGHT before its octets leave; where its fate is unknown a
 * visitor's part is sent once more and a notice's is not.
 */
#ifndef SMPP_SWITCH_OUTBOX_H
#define SMPP_SWITCH_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "smpp/switch/conversation.h"
#include "smpp/link/link.h"
#include "smpp/spool/spool.h"
#include "smpp/text/text.h"

struct switchboard;
struct lane;
struct road;

struct outgoing {
    TAILQ_ENTRY(outgoing) in_lane, by_expiry;
    struct lane *lane; /* until outbox_add: one for where the pair has none */
    uint64_t id, conversation;
    enum spool_kind kind;
    char session[ROUTE_ID_ROOM];
    unsigned part, parts; /* the one on its way, 0-based */
    uint8_t state[SPOOL_PARTS];
    bool committed; /* its part is on disk as in flight, and no octet of it has left */
    unsigned reference, tries;
    unsigned way; /* how its parts are split, of part.c; 0: not known */
    int64_t expiry;
    char text[]; /* as composed, UTF-8 */
};

TAILQ_HEAD(outgoing_queue, outgoing);
TAILQ_HEAD(lane_queue, lane);

struct outbox {
    struct index lanes, flights;
    struct outgoing_queue expiry;       /* in the order of expiry */
    struct outgoing *newest;            /* put there last, or one before: the next belongs behind */
    TAILQ_HEAD(road_queue, road) roads; /* of each code that was ever sent from */
    struct lane_queue later;
    TAILQ_HEAD(flight_queue, flight) doubts; /* overdue, may still be answered */
    unsigned doubt_count, count, committing;
    uint64_t tag;
};

void outbox_start(struct outbox *outbox);
void outbox_end(struct outbox *outbox);

/* Room for a message, had before it is kept: what is on disk shall not wait for memory. `composed`
 * is the text that goes out. For outbox_add or outgoing_drop; NULL without memory. */
struct outgoing *outgoing_new(struct outbox *outbox, const char *mobile, const char *code,
                              const char *composed);
/* NULL is nothing. */
void outgoing_drop(struct outgoing *outgoing);

/* A message that is on disk. */
void outbox_add(struct switchboard *sb, const struct spool_message *message,
                struct outgoing *outgoing);

/* Whether a message of one part that is about to be kept would go at once: then it may be kept as
 * in flight, which saves a commit. outbox_reserved takes it back, before outbox_add or after a
 * failure. */
bool outbox_reserve(struct switchboard *sb, const char *mobile, const char *code);
void outbox_reserved(struct switchboard *sb, const char *code);

/* Sends what may be sent now: also called where a link is up or has room again. */
void outbox_run(struct switchboard *sb);

/* Messages whose validity has ended, lanes whose pause is over. */
void outbox_tick(struct switchboard *sb, int64_t now);

/* What waits for a mobile will not be sent, for that reason. session "": from anybody. */
void outbox_refuse(struct switchboard *sb, const char *mobile, const char *session,
                   const char *reason);

/* For switch_link_events. */
void outbox_submitted(struct switchboard *sb, struct link *link, const struct link_result *result);
void outbox_in_doubt(struct switchboard *sb, uint64_t tag);
void outbox_unsent(struct switchboard *sb, uint64_t tag);

unsigned outbox_in_flight(const struct outbox *outbox);

#endif
