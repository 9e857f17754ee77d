/* Stops in order: what is under way ends, links unbind, then the parts come down. */
#include "smpp/logbook/log.h"
#include "smpp/daemon/notify.h"
#include "smpp/daemon/smppd.h"

static void stop_loop(void *ctx)
{
    struct smppd *d = ctx;
    event_base_loopexit(d->base, NULL);
}

void smppd_stop_overdue(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    log_warning("SD0007", "stopping although something is still under way; it stays in the spool");
    stop_loop(arg);
}

static void links_done(void *ctx)
{
    struct smppd *d = ctx;
    switch_settle(d->sb, stop_loop, d);
}

/* No message is under way any more. */
static void drain_done(void *ctx)
{
    struct smppd *d = ctx;
    d->drained = true;
    log_notice("SD0006", "drained: no message is under way");
    for (unsigned i = 0; i < d->waiters; i++)
        request_yes(d->waiting[i]);
    d->waiters = 0;
    if (d->stopping)
        fleet_drain(d->fleet, links_done, d);
}

static void drain_begin(struct smppd *d)
{
    if (d->draining)
        return;
    d->draining = true;
    switch_drain(d->sb, drain_done, d);
}

void smppd_drain_asked(void *ctx, struct request *request)
{
    struct smppd *d = ctx;
    if (d->drained) {
        request_yes(request);
    } else if (d->waiters == SMPPD_WAITING) {
        request_refuse_for(request, "queue-full", 1);
    } else {
        d->waiting[d->waiters++] = request;
        drain_begin(d);
    }
}

void smppd_stop_signalled(evutil_socket_t number, short what, void *arg)
{
    (void)what;
    struct smppd *d = arg;
    if (d->stopping) {
        stop_loop(d); /* asked twice: at once */
        return;
    }
    log_notice("SD0005", "stopping: signal=%d", (int)number);
    event_del(d->readiness);
    d->stopping = true;
    int64_t ms = d->conf->drain_ms;
    (void)notify_stopping(ms); /* whoever started us reads it, or does not care */
    event_add(d->deadline, &(struct timeval){.tv_sec = (time_t)(ms / 1000),
                                             .tv_usec = (suseconds_t)(ms % 1000) * 1000});
    if (d->drained)
        fleet_drain(d->fleet, links_done, d);
    else
        drain_begin(d);
}

/* The reverse, as far as it had come. */
void smppd_stop(struct smppd *d)
{
    if (d->door)
        door_shut(d->door);
    while (d->waiters)
        request_refuse(d->waiting[--d->waiters], "draining");
    if (d->sb)
        switch_cut(d->sb);
    fleet_free(d->fleet);
    if (d->spool)
        spool_finish(d->spool); /* while those it reports to are still there */
    if (d->sb)
        switch_free(d->sb);
    door_close(d->door);
    if (d->spool)
        spool_close(d->spool);
    struct event *events[] = {d->signals[0], d->signals[1], d->signals[2], d->tick,
                              d->readiness,  d->watchdog,   d->deadline};
    for (unsigned i = 0; i < sizeof events / sizeof *events; i++)
        if (events[i])
            event_free(events[i]);
    if (d->base)
        event_base_free(d->base);
    conf_drop(d->conf);
}
