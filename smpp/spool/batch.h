/* Executes jobs: a batch is one transaction. When the disk refuses, what must be answered at once
 * fails and the rest is held until it works again. All by the thread that executes, without the
 * lock. */
#ifndef SMPP_SPOOL_BATCH_H
#define SMPP_SPOOL_BATCH_H

#include <stdbool.h>

struct spool;

/* Executes what is held, or some of it, and what comes meanwhile. */
void batch_do(struct spool *spool);

/* What became of it is not on disk: it is held again, and what cannot wait is refused. */
void batch_lost(struct spool *spool, int error);

/* Executes all that is left and ends everything. */
void batch_end(struct spool *spool);

#endif
