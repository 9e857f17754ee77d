/*
 * Holds a poll without a thread, on httpd's event MPM (2.4.63 and later). The connection is given
 * back to the MPM as one that waits for I/O, with an eventfd in the place of the client's
 * descriptor; so waking is writing to that eventfd, and the MPM does the rest. Elsewhere (worker,
 * prefork, HTTP/2, an older httpd, the cap reached) hold_poll says no and the poll is answered at
 * once.
 */
#ifndef SMSI_HOLD_H
#define SMSI_HOLD_H

#include <httpd.h>

#include "mod_smsinteractivo/talk/poll.h"

void hold_register_hooks(void);

/* Whether this httpd, with its MPM, can hold at all; asked at configuration time and in children.
 */
bool hold_is_possible(void);

/* In child_init of a child with `threads` workers. */
void hold_begin(apr_pool_t *pchild, const struct deployment *deployment, int threads);

/*
 * Takes a place for the poll. True: poll_read has to follow; where it finds nothing new return
 * SUSPENDED from the handler, else hold_release. False: the poll cannot wait.
 */
bool hold_poll(struct visit *visit, const struct poll *poll);
void hold_release(struct visit *visit);

/* Whether this request has been held and is now to be answered. */
bool hold_is_over(const request_rec *r);

#endif
