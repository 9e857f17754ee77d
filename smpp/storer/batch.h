/* What the storer does with the jobs it takes at once: two round trips to memcached for all of
 * them, one that reads and one that swaps. `jobs` are linked by `next`; NULL is none. */
#ifndef SMPP_STORER_BATCH_H
#define SMPP_STORER_BATCH_H

#include "smpp/storer/reading.h"
#include "smpp/storer/swaps.h"

/* Reads what the jobs want, and the alive: keys with it (all of them where `thorough` or one of the
 * jobs is `whole`). 0, -EAGAIN, or -ESTALE where memcached has lost what it held. `reading` is to
 * be freed in any case. */
int batch_read(struct storer_job *jobs, struct reading *reading, const struct alive *alive,
               bool thorough, struct store *store);

/* 1 for a job that reads a transcript, which may be long; else 0. */
unsigned batch_transcripts(const struct storer_job *job);
/* How many transcripts the next batch may read, for what it holds to be bounded should they be as
 * long as those that these jobs have read; `before` where these have read none. 1 to
 * STORER_BATCH. */
unsigned batch_most(const struct storer_job *jobs, unsigned before);

/* Works the jobs and sets their `e`; with `read` below 0 to that; `whole`: memcached holds what
 * every smppd knows. `swaps` is empty before and after. */
void batch_work(struct storer_job *jobs, int read, bool whole, struct swaps *swaps,
                struct store *store);

#endif
