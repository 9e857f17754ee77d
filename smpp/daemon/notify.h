/* Tells a service manager how we are: the datagrams of sd_notify(3), without its library. Without
 * NOTIFY_SOCKET every call does nothing. */
#ifndef SMPP_DAEMON_NOTIFY_H
#define SMPP_DAEMON_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "STATUS=..."; several are separated by LF. 0 or negative errno. */
int notify_send(const char *state);

/* RELOADING=1 with the time systemd wants beside it. */
int notify_reloading(void);

/* STOPPING=1, which may take `drain_ms` and what the spool needs; else a service manager would not
 * wait that long. */
int notify_stopping(int64_t drain_ms);

/* ms between two WATCHDOG=1 (half of what was asked for); 0 where nobody watches. */
int64_t notify_watchdog_ms(void);

#endif
