/* Puts the switchboard together and hands on what queues tell; see switch.h. */
#include "smpp/switch/switch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/switchboard.h"

int64_t switch_now(const struct switchboard *sb)
{
    return sb->reaping ? sb->reaping : clock_now(sb->parts.clock);
}

bool switch_spool_has_room(const struct switchboard *sb)
{
    return spool_room(sb->spool) > SWITCH_SPOOL_RESERVE;
}

const struct conf_link *switch_link_conf(const struct link *link)
{
    return link_conf(link)->profile;
}

/* Dominican: 809, 829 or 849, then 2 to 9, then six more. */
bool switch_is_mobile(const char *digits)
{
    return strlen(digits) == 10 && strspn(digits, "0123456789") == 10 && digits[0] == '8' &&
           strchr("024", digits[1]) && digits[2] == '9' && digits[3] >= '2';
}

bool switch_is_session(const char *name)
{
    return name && strlen(name) == SESSION_NAME_LEN &&
           strspn(name, "0123456789abcdef") == SESSION_NAME_LEN;
}

/* ---- the loop ---- */

/* Where memcached is away nobody waits for it: what it was to be told is in the spool, or words. */
static bool is_settled(const struct switchboard *sb)
{
    struct spool_stats stats;
    spool_stats(sb->spool, &stats);
    return !sb->answers.waiting && !stats.queue &&
           (!storer_up(sb->storer) ||
            (!sb->transcripts.under_way && !sb->strays.count && !storer_waiting(sb->storer)));
}

static void drain_look(struct switchboard *sb)
{
    if (!sb->drained || outbox_in_flight(&sb->outbox) || sb->sends.under_way.count ||
        (sb->settling && !is_settled(sb)))
        return;
    void (*done)(void *) = sb->drained;
    sb->drained = NULL;
    done(sb->drained_ctx);
}

static void spool_readable(evutil_socket_t fd, short what, void *ctx)
{
    struct switchboard *sb = ctx;
    (void)fd;
    (void)what;
    sb->reaping = switch_now(sb);
    (void)spool_collect(sb->spool);
    outbox_run(sb);
    sb->reaping = 0;
}

static void storer_readable(evutil_socket_t fd, short what, void *ctx)
{
    struct switchboard *sb = ctx;
    (void)fd;
    (void)what;
    sb->reaping = switch_now(sb);
    storer_reap(sb->storer);
    sb->reaping = 0;
}

/* At the end of the loop's turn: a thread wakes to all that it brought, and only to that. */
static void storer_rouse(evutil_socket_t fd, short what, void *ctx)
{
    struct switchboard *sb = ctx;
    (void)fd;
    (void)what;
    storer_wake(sb->storer);
}

static void spool_rouse(evutil_socket_t fd, short what, void *ctx)
{
    struct switchboard *sb = ctx;
    (void)fd;
    (void)what;
    spool_wake(sb->spool);
}

static void storer_sleeps(void *ctx)
{
    struct switchboard *sb = ctx;
    event_active(sb->storer_wake, EV_TIMEOUT, 0);
}

static void spool_sleeps(void *ctx)
{
    struct switchboard *sb = ctx;
    event_active(sb->spool_wake, EV_TIMEOUT, 0);
}

static void tick(evutil_socket_t fd, short what, void *ctx)
{
    struct switchboard *sb = ctx;
    int64_t now = switch_now(sb);
    (void)fd;
    (void)what;
    switch_tables_tick(sb, now);
    drain_look(sb);
}

static int loop_watch(struct switchboard *sb)
{
    struct event_base *base = sb->parts.base;
    const struct timeval period = {.tv_usec = SWITCH_TICK_MS * 1000};
    sb->spool_event =
        event_new(base, spool_fd(sb->spool), EV_READ | EV_PERSIST, spool_readable, sb);
    sb->storer_event =
        event_new(base, storer_fd(sb->storer), EV_READ | EV_PERSIST, storer_readable, sb);
    sb->tick = event_new(base, -1, EV_PERSIST, tick, sb);
    sb->storer_wake = event_new(base, -1, 0, storer_rouse, sb);
    sb->spool_wake = event_new(base, -1, 0, spool_rouse, sb);
    if (!sb->spool_event || !sb->storer_event || !sb->tick || !sb->storer_wake || !sb->spool_wake ||
        event_add(sb->spool_event, NULL) < 0 || event_add(sb->storer_event, NULL) < 0 ||
        event_add(sb->tick, &period) < 0)
        return -ENOMEM;
    spool_wake_by(sb->spool, spool_sleeps, sb);
    return 0;
}

/* ---- life ---- */

static bool storer_begin(struct switchboard *sb, char *why, size_t room)
{
    char others[STORER_OTHERS_ROOM];
    fellows_recall(&sb->fellows, sb->spool, sb->started, others);
    struct storer_options options = {
        .servers = sb->conf->store,
        .prefix = sb->conf->store_prefix,
        .instance = sb->conf->instance,
        .limit = sb->conf->store_queue,
        .started = sb->started,
        .others = others,
        .patience_ms = 2 * sb->conf->conversation_ms,
        .lost = refill_lost,
        .wake = storer_sleeps,
        .ctx = sb,
    };
    sb->storer = storer_start(&options, why, room);
    return sb->storer != NULL;
}

static bool loop_begin(struct switchboard *sb, char *why, size_t room)
{
    int e = loop_watch(sb);
    if (e == 0)
        e = refill_start(sb);
    if (e < 0)
        (void)snprintf(why, room, "the switchboard cannot start: %s", strerror(-e));
    return e == 0;
}

struct switchboard *switch_new(const struct switch_parts *parts, char *why, size_t room)
{
    struct switchboard *sb = calloc(1, sizeof *sb);
    if (!sb) {
        (void)snprintf(why, room, "out of memory");
        return NULL;
    }
    sb->parts = *parts;
    sb->conf = conf_keep(parts->conf);
    sb->spool = parts->spool;
    sb->started = sb->ticked = switch_now(sb);
    switch_tables_start(sb);
    if (!storer_begin(sb, why, room) || !loop_begin(sb, why, room)) {
        switch_free(sb);
        return NULL;
    }
    storer_check(sb->storer);
    return sb;
}

static void event_drop(struct event *event)
{
    if (event)
        event_free(event);
}

void switch_free(struct switchboard *sb)
{
    if (!sb)
        return;
    storer_stop(sb->storer);
    spool_wake_by(sb->spool, NULL, NULL);
    event_drop(sb->storer_wake);
    event_drop(sb->spool_wake);
    event_drop(sb->spool_event);
    event_drop(sb->storer_event);
    event_drop(sb->tick);
    switch_tables_end(sb);
    free(sb->links.links);
    free(sb->connection);
    conf_drop(sb->conf);
    free(sb);
}

void switch_greet(void *ctx, struct line_writer *w)
{
    const struct switchboard *sb = ctx;
    line_put_number(w, "now", switch_now(sb));
    line_put(w, "policy", text_policy_name(sb->conf->letters));
    line_put_number(w, "idle", sb->conf->conversation_ms);
    line_put(w, "notice", sb->conf->texts.notice);
    line_put_number(w, "codes", sb->conf->codes.count);
    line_put(w, "instance", sb->conf->instance);
}

void switch_door(struct switchboard *sb, struct door *door)
{
    sb->door = door;
}

void switch_conf(struct switchboard *sb, struct conf *conf)
{
    conf_keep(conf);
    conf_drop(sb->conf);
    sb->conf = conf;
}

void switch_drain(struct switchboard *sb, void (*done)(void *ctx), void *ctx)
{
    sb->draining = true;
    sb->drained = done;
    sb->drained_ctx = ctx;
}

void switch_settle(struct switchboard *sb, void (*done)(void *ctx), void *ctx)
{
    sb->settling = true;
    switch_drain(sb, done, ctx);
}

bool switch_is_ready(const struct switchboard *sb)
{
    return refill_is_read(sb);
}
