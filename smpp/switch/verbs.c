/* The table of verbs, and those that only look: health, counters, status, links, queue, routes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/closing.h"
#include "smpp/logbook/counters.h"
#include "smpp/switch/lane.h"
#include "smpp/switch/switchboard.h"
#include "smpp/switch/trouble.h"
#include "smpp/switch/verbs_operator.h"
#include "smpp/version.h"

enum { COUNTERS_WAIT_MS = 2000, EXPORT_WAIT_MS = 600000, DRAIN_WAIT_MS = 600000 };

/* Not those that a reload has replaced. */
static unsigned links_that_stay(const struct switchboard *sb)
{
    unsigned stay = 0;
    for (size_t i = 0; i < sb->links.count; i++)
        stay += !link_is_leaving(sb->links.links[i]);
    return stay;
}

static const char *spool_word(const struct switchboard *sb)
{
    struct spool_stats stats;
    spool_stats(sb->spool, &stats);
    return stats.full ? "full" : stats.down ? "down" : "up";
}

static void health(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    const char *spool = spool_word(sb);
    bool accepts = !sb->draining && refill_is_read(sb) && storer_up(sb->storer) &&
                   strcmp(spool, "up") == 0 && sb->outbox.count < sb->conf->queue_max;
    struct line_writer *w = request_ok(request);
    line_put_number(w, "links", links_that_stay(sb));
    line_put_number(w, "links-up", (int64_t)links_count_up(&sb->links));
    line_put(w, "store", storer_up(sb->storer) ? "up" : "down");
    line_put(w, "spool", spool);
    line_put_number(w, "queue", sb->outbox.count);
    line_put_number(w, "sessions", sb->conversations.sessions.count);
    line_put(w, "accepting", accepts ? "yes" : "no");
    request_done(request);
}

static void counter_tell(void *ctx, const char *name, const char *help, uint64_t value)
{
    struct line_writer *w = request_item(ctx);
    line_put(w, "name", name);
    line_put_number(w, "value", (int64_t)value);
    line_put(w, "help", help);
}

static void counters(void *ctx, struct request *request)
{
    (void)ctx; /* they belong to the process */
    counters_each(counter_tell, request);
    request_yes(request);
}

static void status(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    troubles_tell(sb, request);
    struct line_writer *w = request_ok(request);
    line_put(w, "version", SMPPD_VERSION);
    line_put_number(w, "uptime", (switch_now(sb) - sb->started) / 1000);
    line_put_number(w, "links", links_that_stay(sb));
    line_put_number(w, "links-up", (int64_t)links_count_up(&sb->links));
    line_put(w, "store", storer_up(sb->storer) ? "up" : "down");
    line_put_number(w, "store-waiting", storer_waiting(sb->storer));
    line_put(w, "spool", spool_word(sb));
    line_put_number(w, "queue", sb->outbox.count);
    line_put_number(w, "in-flight", outbox_in_flight(&sb->outbox));
    line_put_number(w, "conversations", sb->conversations.ids.count);
    line_put_number(w, "sends-kept", (int64_t)counter_get(COUNTER_SENDS_KEPT));
    line_put_number(w, "submits-accepted", (int64_t)counter_get(COUNTER_SUBMITS_ACCEPTED));
    line_put_number(w, "replies", (int64_t)counter_get(COUNTER_REPLIES));
    line_put_number(w, "cdrs", (int64_t)counter_get(COUNTER_CDRS));
    line_put(w, "draining", sb->draining ? "yes" : "no");
    request_done(request);
}

static void link_tell(struct request *request, const struct link *link)
{
    struct link_stats stats;
    link_stats(link, &stats);
    struct line_writer *w = request_item(request);
    line_put(w, "name", link_conf(link)->name);
    line_put(w, "state", stats.paused ? "paused" : link_state_name(stats.state));
    line_put(w, "receives", stats.receiving ? "yes" : "no");
    line_put(w, "host", link_conf(link)->host);
    line_put_number(w, "port", link_conf(link)->port);
    line_put_number(w, "window", link_conf(link)->window);
    line_put_number(w, "in-flight", stats.in_flight);
    line_put_number(w, "rate", (int64_t)stats.rate);
    line_put_number(w, "accepted", (int64_t)stats.accepted);
    line_put_number(w, "throttled", (int64_t)stats.throttled);
    line_put_number(w, "refused", (int64_t)stats.refused);
    line_put_number(w, "timeouts", (int64_t)stats.timeouts);
    line_put_number(w, "received", (int64_t)stats.received);
    line_put_number(w, "shed", (int64_t)stats.shed);
    line_put_number(w, "drops", (int64_t)stats.drops);
    line_put(w, "error", stats.error);
}

static void links(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    for (size_t i = 0; i < sb->links.count; i++)
        link_tell(request, sb->links.links[i]);
    request_yes(request);
}

/* Beside the states of lanes. */
enum { QUEUE_WAITING = LANE_BUSY + 1, QUEUE_WORDS };

/* No link that is up carries what is ready. */
static unsigned queue_word(const struct switchboard *sb, const struct lane *lane)
{
    if (lane->state == LANE_READY && !links_up(&sb->links, lane->code))
        return QUEUE_WAITING;
    return lane->state;
}

static void queue(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    static const char *const word[QUEUE_WORDS] = {[LANE_IDLE] = "idle",
                                                  [LANE_READY] = "ready",
                                                  [LANE_LATER] = "retry",
                                                  [LANE_BUSY] = "in-flight",
                                                  [QUEUE_WAITING] = "waiting"};
    struct {
        unsigned count;
        int64_t oldest;
    } states[QUEUE_WORDS] = {{0}};
    struct outgoing *message;
    TAILQ_FOREACH(message, &sb->outbox.expiry, by_expiry)
    {
        unsigned state = queue_word(sb, message->lane);
        int64_t accepted = spool_id_time(message->id);
        if (states[state].count++ == 0 || accepted < states[state].oldest)
            states[state].oldest = accepted;
    }
    for (unsigned i = 0; i < QUEUE_WORDS; i++) {
        if (!states[i].count)
            continue;
        struct line_writer *w = request_item(request);
        line_put(w, "state", word[i]);
        line_put_number(w, "count", states[i].count);
        line_put_number(w, "oldest", states[i].oldest);
    }
    request_yes(request);
}

/* ---- routes of a mobile, as memcached has them ---- */

struct routes_ask {
    struct storer_job job;
    struct switchboard *sb;
    struct request *request;
    char mobile[MOBILE_ROOM];
    int64_t now;
    struct routes routes;
};

static int routes_copy(struct routes *routes, void *ctx)
{
    ((struct routes_ask *)ctx)->routes = *routes;
    return 1;
}

static int routes_work(struct storer_job *job, struct store *store)
{
    struct routes_ask *ask = (struct routes_ask *)job;
    int e = routes_change(store, ask->mobile, &job->value[0], ask->now, ask->sb->conf->memory_ms,
                          routes_copy, ask);
    return e < 0 ? e : 0;
}

static void routes_done(struct storer_job *job)
{
    struct routes_ask *ask = (struct routes_ask *)job;
    for (unsigned i = 0; i < ask->routes.count && job->e == 0; i++) {
        const struct route *route = &ask->routes.route[i];
        struct line_writer *w = request_item(ask->request);
        line_put(w, "code", route->code);
        line_put(w, "conversation", route->conversation);
        line_put_number(w, "until", route->until);
        line_put_number(w, "last", route->last);
        line_put(w, "state", route_is_live(route, ask->now) ? "live" : "ended");
    }
    if (job->e < 0)
        request_refuse_for(ask->request, "store-down", 2);
    else
        request_yes(ask->request);
    free(ask);
}

static void routes(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    const char *mobile = request_get(request, "mobile");
    if (!mobile || !switch_is_mobile(mobile)) {
        request_refuse_field(request, "mobile");
        return;
    }
    struct routes_ask *ask = calloc(1, sizeof *ask);
    if (ask) {
        ask->job =
            (struct storer_job){.class = STORER_NEW, .work = routes_work, .done = routes_done};
        ask->sb = sb;
        ask->request = request;
        ask->now = switch_now(sb);
        memcpy(ask->mobile, mobile, sizeof ask->mobile);
        routes_key(ask->job.key[0], mobile);
    }
    if (!ask || storer_put(sb->storer, &ask->job) < 0) {
        free(ask);
        request_refuse_for(request, "queue-full", 2);
    }
}

const struct door_verb switch_verbs[] = {
    {"send", DOOR_MODULE | DOOR_CTL, send_begin, 0},
    {"extend", DOOR_MODULE | DOOR_CTL, closing_extend, 0},
    {"stop", DOOR_MODULE | DOOR_CTL, closing_stop, 0},
    {"end", DOOR_MODULE | DOOR_CTL, closing_end, 0},
    {"health", DOOR_ANY, health, 0},
    {"counters", DOOR_ANY, counters, COUNTERS_WAIT_MS},
    {"status", DOOR_CTL, status, 0},
    {"links", DOOR_CTL, links, 0},
    {"queue", DOOR_CTL, queue, 0},
    {"routes", DOOR_CTL, routes, 0},
    {"optout-list", DOOR_CTL, verb_optout_list, 0},
    {"optout-add", DOOR_CTL, verb_optout_add, 0},
    {"optout-remove", DOOR_CTL, verb_optout_remove, 0},
    {"cdr-export", DOOR_CTL, verb_cdr_export, EXPORT_WAIT_MS},
    {"link-pause", DOOR_CTL, verb_link_pause, 0},
    {"link-resume", DOOR_CTL, verb_link_resume, 0},
    {"drain", DOOR_CTL, verb_drain, DRAIN_WAIT_MS},
    {"reload", DOOR_CTL, verb_reload, 0},
};
const unsigned switch_verbs_count = sizeof switch_verbs / sizeof *switch_verbs;
