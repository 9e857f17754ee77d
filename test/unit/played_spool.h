/* A spool played by hand: its statements are real, its threads and the disk are the test's. A test
 * that links it sees each job of spool.h wait until it has it committed. */
#ifndef TEST_UNIT_PLAYED_SPOOL_H
#define TEST_UNIT_PLAYED_SPOOL_H

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

/* Stands where code under test has its struct spool. */
struct played_spool {
    struct ledger ledger;
    struct job_list todo;
    bool full; /* the disk */
    /* Before the job's own `done`; may be NULL. */
    void (*told)(struct played_spool *spool, const struct job *job);
};

/* In a new directory; started then, and again after each kill. */
void played_spool_begin(struct played_spool *spool, const struct spool_options *options);
void played_spool_start(struct played_spool *spool);
/* With all that was not committed. */
void played_spool_kill(struct played_spool *spool);
/* The same, but what it was to keep it keeps; nobody is told any more. */
void played_spool_stop(struct played_spool *spool);
/* Removes its files; it was killed before. */
void played_spool_end(struct played_spool *spool);

void played_spool_push(struct played_spool *spool, enum job_kind kind, const void *request,
                       struct spool_done done);
/* Commits the next job and hands the result over; false where there is none or the disk refuses. */
bool played_spool_commit(struct played_spool *spool);

#endif
