/* The storer's jobs on a session's transcript: an event appended, a conversation's line renewed,
 * the session ended. `then` is called on the loop and owns the job. */
#ifndef SMPP_STORER_PUBLISH_H
#define SMPP_STORER_PUBLISH_H

#include "smpp/storer/change.h"

enum publish_count { PUBLISH_COUNT_STAYS, PUBLISH_COUNT_ONE_MORE, PUBLISH_COUNT_ZERO };

struct publish {
    struct storer_job job;
    struct publish *next; /* the caller's: of those that wait for memcached */
    void (*then)(struct publish *publish);
    /* Further members for transcripts.c, which keeps a publish until it has succeeded. */
    void *sb, *ctx;
    void (*after)(struct publish *publish);
    bool impatient; /* `after` is told as soon as it stands in memcached, or of the first failure */
    bool yields;    /* all others pass it: it might as well have come later */
    unsigned losses; /* of memcached, when it was tried */
    int64_t give_up; /* ms */
    uint64_t of;     /* the conversation, by which its session is found sooner; 0: none */

    char session[ROUTE_ID_ROOM];
    int64_t now;
    int64_t known;   /* events known to stand there: fewer means it was lost, -ESTALE */
    bool after_loss; /* ... for good: numbers go on behind them all the same */
    bool begins;     /* nothing is thought to stand there: it is added, and read only if it does */
    bool settle;     /* give gaps up */

    /* The conversation's line; id "" : none is touched. */
    struct transcript_conversation conversation;
    enum publish_count count;

    /* The event; type NULL: none. One that stands there already (type, message, state) is not
     * written again. Strings point into `octets`. */
    struct transcript_event event;

    /* The outcome, job.e 0: */
    int64_t last, until, n;
    bool gap;   /* `last` stays before a missing event */
    char *line; /* of the event, without LF; NULL where there is none */
    char octets[];
};

/* Copies session, conversation (may be NULL) and event (may be NULL) with its strings. NULL without
 * memory. */
struct publish *publish_new(const char *session, const struct transcript_conversation *conversation,
                            const struct transcript_event *event);
int publish_put(struct storer *storer, struct publish *publish);
void publish_free(struct publish *publish);

#endif
