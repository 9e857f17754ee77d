/* The storer's part of closing.h: one conversation's route and line, or all of a session's. */
#ifndef SMPP_STORER_CLOSING_JOB_H
#define SMPP_STORER_CLOSING_JOB_H

#include "smpp/storer/change.h"

enum closing_kind { CLOSING_EXTEND, CLOSING_STOP, CLOSING_EXPIRE, CLOSING_END };

struct closing {
    struct storer_job job;
    void (*then)(struct closing *closing);
    void *sb, *ctx;

    enum closing_kind kind;
    char session[ROUTE_ID_ROOM], conversation[ROUTE_ID_ROOM];
    int64_t now, idle, memory;

    /* The outcome: job.e is 0, -ENOENT (no such live conversation), -EBUSY (EXPIRE: it is live
     * until `route.until`), -ENODATA (job.whole: it may be, by what memcached has not got back),
     * or -EAGAIN. */
    char mobile[MOBILE_ROOM];
    bool none;          /* no routes at all of its mobile */
    bool goes_on;       /* EXTEND, EXPIRE: it lives */
    struct route route; /* as it stands now; code "": there is none */
    int64_t session_until, last, n;
    char line[512];         /* of the event, without LF; "" : none */
    unsigned conversations; /* END: how many were live or remembered */
};

struct closing *closing_new(enum closing_kind kind, void (*then)(struct closing *));
int closing_put(struct storer *storer, struct closing *closing);

#endif
