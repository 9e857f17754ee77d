/* Jobs one behind the other. */
#ifndef SMPP_STORER_QUEUE_H
#define SMPP_STORER_QUEUE_H

#include "smpp/storer/storer.h"

struct queue {
    struct storer_job *first, **end;
    unsigned count;
};

/* Also before its first use. */
void queue_empty(struct queue *queue);
void queue_put(struct queue *queue, struct storer_job *job);
/* Puts all of `before` at the head, and empties it. */
void queue_precede(struct queue *queue, struct queue *before);

#endif
