/* One submit_sm given to a link, by the tag the link tells back; kept for a while after its
 * time-out, for a late answer settles the message all the same. */
#ifndef SMPP_SWITCH_FLIGHT_H
#define SMPP_SWITCH_FLIGHT_H

#include "smpp/switch/lane.h"

struct flight {
    struct index_hook hook;
    TAILQ_ENTRY(flight) in_doubts;
    uint64_t tag, message;
    unsigned part;     /* 0-based */
    struct lane *lane; /* NULL once it is in doubt */
    char mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM];
};

/* Of the part the lane's first message is at. NULL without memory. */
struct flight *flight_new(struct outbox *outbox, struct lane *lane);
struct flight *flight_find(const struct outbox *outbox, uint64_t tag);
/* Overdue or lost: the lane goes on without it. The oldest of very many leaves. */
void flight_doubt(struct outbox *outbox, struct flight *flight);
void flight_free(struct outbox *outbox, struct flight *flight);
/* All of them. */
void flights_free(struct outbox *outbox);

#endif
