/* The storer's jobs on the routes of a mobile: a code for a visitor's message, whose an answer is,
 * and what changes a route afterwards. Inputs are copied; `then` is called on the loop and owns the
 * job. */
#ifndef SMPP_STORER_CLAIM_H
#define SMPP_STORER_CLAIM_H

#include "smpp/storer/change.h"
#include "smpp/storer/route.h"

/* What this daemon knows of the mobile, for what memcached may have dropped. */
struct claim_known {
    unsigned count;
    struct route *route; /* malloc'ed, freed with the job */
};

struct claim {
    struct storer_job job;
    void (*then)(struct claim *claim);
    void *sb, *ctx; /* the caller's */

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

enum { LOOK_TWINS = 4 }; /* more are not asked */

/* Another smppd that was given an equal answer. */
struct look_twin {
    char instance[GIVEN_INSTANCE_ROOM];
    bool down;
};

/* Whose an answer is. A live route is renewed. */
struct answer_look {
    struct storer_job job;
    void (*then)(struct answer_look *look);
    void *sb, *ctx;

    char mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM];
    int64_t now, idle, memory, guard;
    struct claim_known known;
    /* Which answer it is, and the smppd it was given to; likeness 0: it costs nothing and is given
     * to nobody. */
    uint64_t likeness;
    char instance[GIVEN_INSTANCE_ROOM];
    bool concerns_nobody; /* a word to the service, whoever has the code */

    /* The outcome: job.e is 0 or -EAGAIN. */
    enum route_verdict verdict; /* ROUTE_LATE only while the session lives, else ROUTE_NONE */
    bool ended;                 /* the verdict would have been LATE but for the session */
    bool open;                  /* another smppd, which is away, may know better */
    struct route route;         /* unless ROUTE_NONE and not ended */
    int64_t at;                 /* when it was given us; 0: nobody keeps that */
    unsigned twins;             /* the one that was given its last is the first */
    struct look_twin twin[LOOK_TWINS];
};

struct answer_look *answer_look_new(void (*then)(struct answer_look *));
int answer_look_put(struct storer *storer, struct answer_look *look);
void answer_look_free(struct answer_look *look);

/* Changes to the route of one conversation; nothing happens where it has gone to another. */
enum route_move {
    ROUTE_MOVE_UNDO,  /* a claim that led to nothing: free again, and not used */
    ROUTE_MOVE_RENEW, /* answered while memcached was away: it lives until `at` */
    ROUTE_MOVE_SEEN   /* its first message is on the handset at `at` */
};

/* Fire and forget; -ENOMEM. */
int route_move(struct storer *storer, enum route_move move, const char *mobile,
               const char *conversation, int64_t at, int64_t now, int64_t memory);

#endif
