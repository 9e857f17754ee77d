/*
 * An answer goes to the client in one piece. Else the core, which sees the head before the body,
 * sets it aside for the time being, in a pool that stays with the connection: 4 kB of everybody who
 * waits on it later.
 */
#ifndef SMSI_WHOLE_H
#define SMSI_WHOLE_H

#include <httpd.h>

void whole_register(void);

/* For the answer that is about to be passed to r->output_filters. */
void whole_put(request_rec *r);

#endif
