/*
 * One thread per child that wakes waiters: it reads smppd's news, watches the clients' sockets for
 * a FIN or RST, ticks for time-outs and sweeps for what came by another machine's smppd.
 */
#ifndef SMSI_WATCHER_H
#define SMSI_WATCHER_H

#include <stdbool.h>

#include "mod_smsinteractivo/settings.h"
#include "mod_smsinteractivo/wait/parking.h"

/* In child_init, after parking_begin. False where the thread cannot be made: then nobody may wait.
 */
bool watcher_begin(const struct deployment *deployment);
/* Ends and joins the thread. */
void watcher_end(void);

/* From now on a client that closes its side wakes its waiter; until watcher_unwatch. */
void watcher_watch(int client, parking_ticket ticket);
void watcher_unwatch(int client);

#endif
