/* Roads to memcached, lent to one request at a time. A child makes one per thread when it begins
 * and keeps them; each connects when it is first used. */
#ifndef SMSI_BACKEND_H
#define SMSI_BACKEND_H

#include <stddef.h>

#include "mod_smsinteractivo/settings.h"
#include "smpp/store/store.h"
#include "smpp/store/transcript.h"

struct backend {
    struct store *store;
    struct backend *next;
    char value[TRANSCRIPT_MAX + 1]; /* room for what was read, for the lender's time */
};

/* In child_init of a child with `threads` workers, and when the child ends. */
void backend_begin(const struct deployment *deployment, int threads);
void backend_end(void);

/* NULL where memory is out. */
struct backend *backend_take(void);
void backend_give(struct backend *backend);

/* A road of one's own, as the deployment says; the caller closes it. NULL where memory is out. */
struct store *backend_store(const struct deployment *deployment);

/* Passes `e` of a store_ function on and notes whether memcached answered. */
int backend_note(int e);

#endif
