/* The storer's job that finds whose an answer is, and who was given an equal one before. As
 * claim.h. */
#ifndef SMPP_STORER_ANSWER_LOOK_H
#define SMPP_STORER_ANSWER_LOOK_H

#include "smpp/storer/claim.h"

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
    void *ctx; /* the caller's */

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

#endif
