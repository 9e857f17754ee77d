/* The daemon as a whole, for the four files that start it (start.c), reload it (reload.c), stop it
 * (stop.c) and are its main (smppd.c). Nothing is decided there about messages. */
#ifndef SMPP_DAEMON_SMPPD_H
#define SMPP_DAEMON_SMPPD_H

#include <event2/event.h>

#include "smpp/logbook/clock.h"
#include "smpp/conf/conf.h"
#include "smpp/door/door.h"
#include "smpp/daemon/fleet.h"
#include "smpp/switch/switch.h"
#include "smpp/spool/spool.h"

enum { SMPPD_WAITING = 16, SMPPD_SIGNALS = 3 };

struct smppd {
    const char *path; /* of the configuration */
    int log_level;    /* asked for on the command line; 0: the configuration's */
    struct conf *conf;
    struct clock clock;
    struct event_base *base;
    struct event *signals[SMPPD_SIGNALS], *tick, *readiness, *watchdog, *deadline;
    int64_t ticked; /* us */
    unsigned ticks;
    struct spool *spool;
    uint64_t commits[SPOOL_LATENCY_BUCKETS]; /* counted so far */
    struct switchboard *sb;
    struct fleet *fleet;
    struct door *door;
    bool announced, stopping, draining, drained;
    struct request *waiting[SMPPD_WAITING]; /* operators who asked for a drain */
    unsigned waiters;
};

/* The first thing that is wrong goes back to an operator, all of it to the log. */
struct complaints {
    char first[512];
};
void complain_to_log(void *complaints, const char *sentence);

/* Makes the parts, one after the other. False after the log has said why not. */
bool smppd_start(struct smppd *d);

/* Takes them down again, as far as they had come up. */
void smppd_stop(struct smppd *d);

/* Tells the service manager, once what the spool held is read back. */
void smppd_ready_tell(const struct smppd *d);

/* What of the configuration is the log's. */
void smppd_conf_apply(const struct smppd *d);
struct door_parts smppd_door_parts(struct smppd *d);

/* The verb and SIGHUP. */
void smppd_reload_asked(void *d, struct request *request);
void smppd_reload_signalled(evutil_socket_t number, short what, void *d);

/* The verb; SIGTERM and SIGINT; and when that takes too long. */
void smppd_drain_asked(void *d, struct request *request);
void smppd_stop_signalled(evutil_socket_t number, short what, void *d);
void smppd_stop_overdue(evutil_socket_t fd, short what, void *d);

#endif
