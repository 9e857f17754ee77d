/* One pair (mobile, code) that messages wait for; it exists as long as there are any. Lanes of one
 * code leave by the same links: they are a road, and none holds up those of another one. */
#ifndef SMPP_SWITCH_LANE_H
#define SMPP_SWITCH_LANE_H

#include "smpp/switch/outbox.h"

enum lane_state {
    LANE_IDLE,
    LANE_READY, /* its first message may go as soon as a link and the spool have room */
    LANE_LATER, /* ... at retry_at */
    LANE_BUSY   /* ... is being committed or waits for the SMSC's answer */
};

struct road {
    TAILQ_ENTRY(road) in_roads;
    char code[ROUTE_CODE_ROOM];
    struct lane_queue ready;
    unsigned committing; /* of those in outbox.committing */
};

struct lane {
    struct index_hook hook;
    TAILQ_ENTRY(lane) in_queue; /* of its state; none while IDLE or BUSY */
    struct switchboard *sb;
    struct road *road;
    char mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM];
    struct outgoing_queue messages;
    enum lane_state state;
    int64_t retry_at;
};

/* One that is not found yet, for lane_take or free(); NULL without memory. */
struct lane *lane_new(struct outbox *outbox, const char *mobile, const char *code);
/* The lane of its pair: `lane` itself where there was none, else it is freed. */
struct lane *lane_take(struct outbox *outbox, struct lane *lane);
struct lane *lane_find(const struct outbox *outbox, const char *mobile, const char *code);
/* The road of a code, made where there is none; NULL without memory. It stays until roads_free. */
struct road *road_take(struct outbox *outbox, const char *code);
void roads_free(struct outbox *outbox);

void lane_move(struct outbox *outbox, struct lane *lane, enum lane_state state);
/* READY, before all others of its road. */
void lane_move_first(struct outbox *outbox, struct lane *lane);
void lane_free(struct outbox *outbox, struct lane *lane);

#endif
