/* The storer's jobs that change the route of one conversation after it was claimed. */
#ifndef SMPP_STORER_ROUTE_MOVE_H
#define SMPP_STORER_ROUTE_MOVE_H

#include "smpp/storer/storer.h"

/* Nothing happens where the route has gone to another conversation. */
enum route_move {
    ROUTE_MOVE_UNDO,  /* a claim that led to nothing: free again, and not used */
    ROUTE_MOVE_RENEW, /* answered while memcached was away: it lives until `at` */
    ROUTE_MOVE_SEEN   /* its first message is on the handset at `at` */
};

/* Fire and forget; -ENOMEM. */
int route_move(struct storer *storer, enum route_move move, const char *mobile,
               const char *conversation, int64_t at, int64_t now, int64_t memory);

#endif
