/* Which of the jobs that wait is executed next.
 *
 * Their own order, but a message and an answer, which a caller and an SMSC wait for, pass what is
 * noted of others: events, states of parts, receipts, answers shown. None of these looks at what
 * the other writes. All else passes nothing and is passed by nothing. Where very many wait nobody
 * passes, so that each is executed in the end. */
#ifndef SMPP_SPOOL_ORDER_H
#define SMPP_SPOOL_ORDER_H

#include "smpp/spool/job.h"

struct order {
    struct job_list ahead, rest;
    bool passes;
    unsigned count, bars;   /* in the rest; of these, such as are not passed */
    unsigned conversations; /* ... such as what opens a conversation does not pass */
};

/* An empty one; `passes`: false where all are to keep their own order. It is not to be moved. */
void order_begin(struct order *order, bool passes);
/* Takes all of `jobs`, which come after those it has. */
void order_add(struct order *order, struct job_list *jobs);
/* The next one, or NULL. */
struct job *order_take(struct order *order);
/* What is left, appended to `jobs`. */
void order_end(struct order *order, struct job_list *jobs);

#endif
