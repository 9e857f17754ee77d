/* Starts in order: each part needs those before it. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/daemon/notify.h"
#include "smpp/daemon/smppd.h"
#include "smpp/version.h"

enum { TRIM_TICKS = 60, READY_MS = 20 };

/* The spool counts on threads of its own; once a second its figures join the others. */
static void spool_count(struct smppd *d)
{
    struct spool_stats stats;
    spool_stats(d->spool, &stats);
    counter_set(COUNTER_SPOOL_ERRORS, stats.failures);
    for (unsigned i = 0; i < SPOOL_LATENCY_BUCKETS; i++) {
        if (stats.latency[i] > d->commits[i])
            histogram_add_many(HISTOGRAM_COMMIT, (UINT64_C(2) << i) - 1,
                               stats.latency[i] - d->commits[i]);
        d->commits[i] = stats.latency[i];
    }
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct smppd *d = arg;
    int64_t us = clock_us();
    if (d->ticked)
        histogram_add(HISTOGRAM_LOOP,
                      us - d->ticked > 1000000 ? (uint64_t)(us - d->ticked - 1000000) : 0);
    d->ticked = us;
    if (switch_is_ready(d->sb)) /* a record may be void as soon as others have been heard */
        spool_tick(d->spool, clock_now(&d->clock), clock_wall());
    spool_count(d);
    if (++d->ticks % TRIM_TICKS == 0)
        (void)malloc_trim(0); /* what a burst left behind, between what still lives */
}

void smppd_ready_tell(const struct smppd *d)
{
    event_add(d->readiness, &(struct timeval){.tv_usec = READY_MS * 1000});
}

/* Asked often until what the spool held is read back and whoever started us has room to hear it:
 * one who never does would end us. */
static void readiness_look(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct smppd *d = arg;
    if (d->stopping)
        event_del(d->readiness);
    if (d->stopping || !switch_is_ready(d->sb))
        return;
    if (!d->announced)
        log_notice("SD0001", "ready: version=" SMPPD_VERSION " socket=%s links=%u", d->conf->socket,
                   d->conf->links);
    d->announced = true;
    if (notify_send("READY=1") != -EAGAIN)
        event_del(d->readiness);
}

static void watchdog_feed(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    (void)notify_send("WATCHDOG=1");
}

static void anchor_read(struct smppd *d, struct clock_anchor *kept)
{
    char zero[32];
    *kept = (struct clock_anchor){0};
    if (spool_meta_read(d->spool, "clock-zero", zero, sizeof zero) < 0 ||
        spool_meta_read(d->spool, "boot-id", kept->boot_id, sizeof kept->boot_id) < 0)
        kept->boot_id[0] = '\0';
    else
        kept->zero = strtoll(zero, NULL, 10);
}

static void anchor_keep(struct smppd *d)
{
    char zero[32];
    struct spool_done nobody = {0};
    snprintf(zero, sizeof zero, "%lld", (long long)d->clock.anchor.zero);
    if (spool_meta(d->spool, "clock-zero", zero, nobody) < 0 ||
        spool_meta(d->spool, "boot-id", d->clock.anchor.boot_id, nobody) < 0)
        log_warning("SD0009", "the clock's anchor is not kept; a restart may move deadlines");
}

static void spool_log(void *ctx, int level, const char *id, const char *sentence,
                      const char *fields)
{
    (void)ctx;
    log_at((enum log_level)level, id, "%s: %s", sentence, fields);
}

/* A service manager would end it for having taken too long, again and again. */
static void spool_updating(void *ctx)
{
    (void)ctx;
    log_notice("SD0014", "the spool is of an older version and is brought up to date");
    (void)notify_send("EXTEND_TIMEOUT_USEC=3600000000");
}

static bool start_spool(struct smppd *d, char *why, size_t room)
{
    const struct conf *conf = d->conf;
    struct spool_options options = {
        .directory = conf->state,
        .cdr_directory = conf->cdr_directory,
        .queue = conf->spool_queue,
        .cdr_period_ms = conf->cdr_period_ms,
        .cdr_records = conf->cdr_records,
        .text_keep_ms = conf->keep_texts_ms,
        .cdr_keep_ms = conf->keep_cdrs_ms,
        .repeat_ms = conf->repeat_ms,
        .max_octets = conf->spool_octets,
        .log = spool_log,
        .updating = spool_updating,
    };
    struct clock_anchor kept;
    d->spool = spool_open(&options, why, room);
    if (!d->spool)
        return false;
    anchor_read(d, &kept);
    if (clock_start(&d->clock, &kept))
        anchor_keep(d);
    return true;
}

static void links_changed(void *ctx, struct link *const *links, size_t count)
{
    struct smppd *d = ctx;
    if (switch_links(d->sb, links, count) < 0)
        log_error("SD0010", "there is no memory left for the links");
}

static bool start_switch(struct smppd *d, char *why, size_t room)
{
    struct switch_parts parts = {.base = d->base,
                                 .conf = d->conf,
                                 .clock = &d->clock,
                                 .spool = d->spool,
                                 .drain = smppd_drain_asked,
                                 .reload = smppd_reload_asked,
                                 .ctx = d};
    d->sb = switch_new(&parts, why, room);
    return d->sb != NULL;
}

static bool start_fleet(struct smppd *d, char *why, size_t room)
{
    struct fleet_parts parts = {.base = d->base,
                                .events = &switch_link_events,
                                .events_ctx = d->sb,
                                .changed = links_changed,
                                .ctx = d};
    d->fleet = fleet_new(&parts);
    if (!d->fleet) {
        snprintf(why, room, "there is no memory left");
        return false;
    }
    fleet_set(d->fleet, d->conf);
    return true;
}

static bool start_door(struct smppd *d, char *why, size_t room)
{
    struct door_parts parts = smppd_door_parts(d);
    d->door = door_open(&parts, why, room);
    if (!d->door)
        return false;
    switch_door(d->sb, d->door);
    return true;
}

static void timer_start(struct smppd *d, struct event **timer, event_callback_fn call, int64_t ms)
{
    *timer = event_new(d->base, -1, EV_PERSIST, call, d);
    if (*timer && ms)
        event_add(*timer, &(struct timeval){.tv_sec = (time_t)(ms / 1000),
                                            .tv_usec = (suseconds_t)(ms % 1000) * 1000});
}

static bool start_loop(struct smppd *d, char *why, size_t room)
{
    static const struct {
        int number;
        event_callback_fn call;
    } signals[SMPPD_SIGNALS] = {{SIGTERM, smppd_stop_signalled},
                                {SIGINT, smppd_stop_signalled},
                                {SIGHUP, smppd_reload_signalled}};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* write(2) says so too */
    d->base = event_base_new();
    for (unsigned i = 0; d->base && i < SMPPD_SIGNALS; i++) {
        d->signals[i] = evsignal_new(d->base, signals[i].number, signals[i].call, d);
        if (d->signals[i])
            event_add(d->signals[i], NULL);
    }
    if (d->base) {
        timer_start(d, &d->tick, tick, 1000);
        timer_start(d, &d->readiness, readiness_look, READY_MS);
        timer_start(d, &d->deadline, smppd_stop_overdue, 0);
        timer_start(d, &d->watchdog, watchdog_feed, notify_watchdog_ms());
    }
    if (d->base && d->tick && d->readiness && d->deadline && d->watchdog)
        return true;
    snprintf(why, room, "there is no memory left");
    return false;
}

/* The directories of the state, where the one above them is there. */
static bool start_directories(struct smppd *d, char *why, size_t room)
{
    const char *paths[] = {d->conf->state, d->conf->cdr_directory};
    for (unsigned i = 0; i < 2; i++)
        if (mkdir(paths[i], 0750) < 0 && errno != EEXIST) {
            snprintf(why, room, "the directory %s cannot be made: %s", paths[i], strerror(errno));
            return false;
        }
    return true;
}

/* What libevent itself says, as of name servers that do not answer. */
static void libevent_log(int severity, const char *said)
{
    (void)severity; /* each concerns somebody */
    log_notice("SD0042", "libevent: %s", said);
}

bool smppd_start(struct smppd *d)
{
    static bool (*const steps[])(struct smppd *, char *, size_t) = {
        start_loop, start_directories, start_spool, start_switch, start_fleet, start_door};
    char why[512] = "";
    event_set_log_callback(libevent_log);
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!steps[i](d, why, sizeof why)) {
            log_error("SD0011", "cannot start: %s", why);
            return false;
        }
    return true;
}
