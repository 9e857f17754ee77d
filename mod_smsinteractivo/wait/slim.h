#ifndef SMSI_SLIM_H
#define SMSI_SLIM_H
/*
 * A connection's memory while it waits. APR keeps what answers used for the next one, a page's 25
 * kB as well; while the connection waits that is half of all a visitor takes. MaxMemFree would keep
 * less for everybody, at four times the processor time a request, for each block is mapped anew.
 */
#include <apr_pools.h>

/* Gives what the pool's allocator keeps free, up to 64 kB of it, back to the system. */
void slim_down(apr_pool_t *pool);

#endif
