#ifndef SMSI_SLIM_H
#define SMSI_SLIM_H
/*
 * A connection's memory while it waits. APR keeps what answers used for the next one, a page's 25
 * kB as well, and the core what the request was read into; while the connection waits that is half
 * of all a visitor takes. MaxMemFree would keep less for everybody, at four times the processor
 * time a request, for each block is mapped anew.
 */
#include <httpd.h>

/* Gives what the connection keeps for later, up to 64 kB of it, back to the system. `pool`: of the
 * request that waits. */
void slim_down(conn_rec *c, apr_pool_t *pool);

#endif
