/* How many polls are held now, over all children. Each child counts its own in shared memory, so
 * that a child that was killed takes its count with it. */
#ifndef SMSI_CENSUS_H
#define SMSI_CENSUS_H

#include <apr_pools.h>
#include <stdint.h>

/* In the parent; lives as long as `pool`. */
apr_status_t census_begin(apr_pool_t *pool);
/* In child_init. */
void census_join(void);

/* One more or one less of this child. */
void census_move(int by);
int64_t census_now(void);

#endif
