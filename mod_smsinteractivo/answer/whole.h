/*
 * An answer goes to the client in one piece, for what others do with several stays with the
 * connection, on which somebody waits later: the core, which sees the head before the body, sets it
 * aside in a pool of 4 kB; mod_ssl gathers small pieces in a buffer of 8.
 */
#ifndef SMSI_WHOLE_H
#define SMSI_WHOLE_H

#include <httpd.h>

void whole_register(void);

/* For the answer that is about to be passed to r->output_filters. */
void whole_put(request_rec *r);

#endif
