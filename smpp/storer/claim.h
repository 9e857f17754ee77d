/* The storer's job that finds a code for a visitor's message. Inputs are copied; `then` is called
 * on the loop and owns the job. */
#ifndef SMPP_STORER_CLAIM_H
#define SMPP_STORER_CLAIM_H

#include "smpp/storer/change.h"
#include "smpp/storer/route.h"

/* What this daemon knows of the mobile, for what memcached may have dropped. */
struct claim_known {
    unsigned count;
    struct route *route; /* malloc'ed, freed with the job */
};
void claim_known_merge(struct routes *routes, const struct claim_known *known, int64_t now);

struct claim {
    struct storer_job job;
    void (*then)(struct claim *claim);
    void *ctx; /* the caller's */

    char mobile[MOBILE_ROOM], session[ROUTE_ID_ROOM], name[ROUTE_NAME_ROOM];
    char conversation[ROUTE_ID_ROOM]; /* the id a new one would get */
    unsigned count, up, carried;      /* of the codes, as struct route_wish has them */
    int64_t now, idle, memory;
    unsigned hourly; /* messages to the mobile in an hour, 0: any number */
    struct claim_known known;

    /* The outcome: job.e is 0, -EBUSY with retry_at, -EACCES (opted out), -EDQUOT with retry_at, or
     * -EAGAIN: then what was taken, if anything, may stand there and is to be undone. */
    struct route taken;
    bool fresh; /* nothing was written in the conversation yet, as far as memcached knows */
    int64_t retry_at;

    char codes[][ROUTE_CODE_ROOM]; /* the pool, then what is only carried on */
};

/* A claim to be filled in and put, with room for so many codes; NULL without memory. */
struct claim *claim_new(void (*then)(struct claim *), unsigned codes);
int claim_put(struct storer *storer, struct claim *claim);
void claim_free(struct claim *claim);

#endif
