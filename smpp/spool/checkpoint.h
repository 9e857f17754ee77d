/* What the log holds goes into the database, most of it beside what is executed.
 *
 * A thread of its own copies, by a connection of its own, what was synced when it was asked to.
 * Meanwhile jobs are executed, committed, synced and reported. What the log gained then is copied
 * the same way, less each time, until so little is left that it is done between two batches; then
 * the log begins anew. A connection that reads what was synced keeps SQLite from copying more
 * (sqlite.org/wal.html, "Checkpointing"), so that what may yet be cut off is never in
 * the database. */
#ifndef SMPP_SPOOL_CHECKPOINT_H
#define SMPP_SPOOL_CHECKPOINT_H

#include <pthread.h>
#include <stdbool.h>

struct spool;

struct checkpoint {
    pthread_t thread;
    bool started; /* as long as the spool, after its first use */
    /* Between it and who executes, under the spool's lock. */
    pthread_cond_t asked, done;
    bool copying, over;
    int error; /* of the last copy */
    /* Of the one that executes. */
    bool holding;    /* a copy was begun, and nobody has looked what became of it */
    unsigned copies; /* one after the other */
};

void checkpoint_start(struct checkpoint *checkpoint);
/* Once the spool's other threads have ended. */
void checkpoint_end(struct spool *spool);

/* By the one that executes, between two transactions, without the lock: begins a copy or looks what
 * became of it, or puts the rest into the database. */
void checkpoint_look(struct spool *spool);

/* By the same: returns when nothing is copied any more. */
void checkpoint_settle(struct spool *spool);

#endif
