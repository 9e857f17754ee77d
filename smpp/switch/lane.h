/* One pair (mobile, code) that messages wait for; it exists as long as there are any. */
#ifndef SMPP_SWITCH_LANE_H
#define SMPP_SWITCH_LANE_H

#include "smpp/switch/outbox.h"

enum lane_state {
    LANE_IDLE,
    LANE_READY,   /* its first message may go */
    LANE_LATER,   /* ... at retry_at */
    LANE_STALLED, /* ... when a link or the spool has room */
    LANE_BUSY     /* ... is being committed or waits for the SMSC's answer */
};

struct lane {
    struct index_hook hook;
    TAILQ_ENTRY(lane) in_queue; /* of its state; none while IDLE or BUSY */
    struct switchboard *sb;
    char mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM];
    struct outgoing_queue messages;
    enum lane_state state;
    int64_t retry_at;
};

/* The lane of a pair, made where there is none; NULL without memory. */
struct lane *lane_take(struct outbox *outbox, const char *mobile, const char *code);
struct lane *lane_find(const struct outbox *outbox, const char *mobile, const char *code);
void lane_move(struct outbox *outbox, struct lane *lane, enum lane_state state);
/* READY, before all others. */
void lane_move_first(struct outbox *outbox, struct lane *lane);
void lane_free(struct outbox *outbox, struct lane *lane);

#endif
