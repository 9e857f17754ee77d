/* The storer's two queues and its thread: shared by storer.c and storer_thread.c. */
#ifndef SMPP_STORER_STORER_INNER_H
#define SMPP_STORER_STORER_INNER_H

#include <pthread.h>

#include "smpp/storer/news_count.h"
#include "smpp/storer/others.h"
#include "smpp/storer/queue.h"
#include "smpp/storer/storer.h"
#include "smpp/storer/swaps.h"

struct storer {
    struct store *store;
    struct storer_options options; /* without its strings, which may have gone */
    char *servers;                 /* as they were given, for the log */
    struct alive alive;
    struct others others;
    char started[24], here[STORER_OTHERS_ROOM];
    int fd;
    struct news_count news;
    struct swaps swaps;
    unsigned most; /* transcripts that the next batch reads */
    bool patchy;   /* the last batch had to do with a server that did not answer */
    bool away;     /* the log says so */
    pthread_t thread;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t work;
    struct queue in, patient, out, again; /* `again`: stubborn ones */
    unsigned waiting;                     /* of class STORER_NEW */
    unsigned pending;                     /* not yet reaped */
    bool asleep, up, lost, lost_told, filled, check, stop, shared;
};

/* The thread, until `stop`. */
void *storer_run(void *storer);
/* One turn of it: a batch, or a look at memcached. False where there is nothing to do. The lock is
 * held before and after. */
bool storer_turn(struct storer *storer);

#endif
