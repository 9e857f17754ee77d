/* The links there are, and those on their way out. */
#include "smpp/daemon/fleet.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/log.h"

enum {
    MEMBERS = 2 * CONF_LINKS, /* those in use, and as many on their way out */
    SWEEP_MS = 20,
    AGAIN_MS = 1000,
};

struct member {
    struct link *link; /* NULL: the place is free */
    struct conf *conf; /* what its profile points into */
    bool leaving;      /* draining: answers may still be given over it */
    bool closed;       /* freed as soon as nobody is told of it any more */
};

struct fleet {
    struct fleet_parts parts;
    struct conf *wanted;     /* NULL: all links drain */
    bool paused[CONF_LINKS]; /* those of `wanted`, when that was taken over */
    bool lacks;              /* a link that is wanted could not be made */
    struct member member[MEMBERS];
    struct event *sweep;
    void (*drained)(void *ctx);
    void *drained_ctx;
};

static void member_free(struct member *member)
{
    link_free(member->link);
    conf_drop(member->conf);
    *member = (struct member){0};
}

static void fleet_tell(struct fleet *fleet)
{
    struct link *links[MEMBERS];
    size_t count = 0;
    for (unsigned i = 0; i < MEMBERS; i++)
        if (fleet->member[i].link && !fleet->member[i].closed)
            links[count++] = fleet->member[i].link;
    fleet->parts.changed(fleet->parts.ctx, links, count);
}

static void closed_free(struct fleet *fleet)
{
    fleet_tell(fleet);
    for (unsigned i = 0; i < MEMBERS; i++)
        if (fleet->member[i].closed && fleet->member[i].link)
            member_free(&fleet->member[i]);
}

static bool fleet_is_empty(const struct fleet *fleet)
{
    for (unsigned i = 0; i < MEMBERS; i++)
        if (fleet->member[i].link)
            return false;
    return true;
}

static struct member *member_find(struct fleet *fleet, const char *name)
{
    for (unsigned i = 0; i < MEMBERS; i++) {
        struct member *member = &fleet->member[i];
        if (member->link && !member->leaving && strcmp(link_conf(member->link)->name, name) == 0)
            return member;
    }
    return NULL;
}

static struct member *member_free_place(struct fleet *fleet)
{
    for (unsigned i = 0; i < MEMBERS; i++)
        if (!fleet->member[i].link)
            return &fleet->member[i];
    return NULL;
}

/* Keeps a link bound where nothing of its bind changed. */
static bool member_tune(struct member *member, struct conf *conf, const struct conf_link *wanted)
{
    if (!link_conf_same_bind(link_conf(member->link), &wanted->bind) ||
        link_tune(member->link, &wanted->bind) < 0)
        return false;
    conf_drop(member->conf);
    member->conf = conf_keep(conf);
    return true;
}

static bool member_add(struct fleet *fleet, struct conf *conf, const struct conf_link *wanted,
                       bool paused)
{
    char why[256] = "too many links are still on their way out";
    struct member *member = member_free_place(fleet);
    struct link *link = NULL;
    if (member)
        link = link_new(fleet->parts.base, &wanted->bind, fleet->parts.events,
                        fleet->parts.events_ctx, why, sizeof why);
    if (!link) {
        log_error("SD0041", "link cannot be made: link=%s why=%s", wanted->bind.name, why);
        return false;
    }
    *member = (struct member){.link = link, .conf = conf_keep(conf)};
    if (paused)
        link_pause(link);
    return true;
}

static const struct conf_link *wanted_find(const struct conf *conf, const char *name)
{
    for (unsigned i = 0; i < conf->links; i++)
        if (strcmp(conf->link[i].bind.name, name) == 0)
            return &conf->link[i];
    return NULL;
}

/* What an operator paused stays so, though another bind takes its place, now or later. */
static bool is_paused(struct fleet *fleet, const char *name)
{
    const struct member *member = member_find(fleet, name);
    const struct conf_link *lacking = fleet->wanted ? wanted_find(fleet->wanted, name) : NULL;
    struct link_stats stats;
    if (!member)
        return lacking && fleet->paused[lacking - fleet->wanted->link];
    link_stats(member->link, &stats);
    return stats.paused;
}

static void links_add(struct fleet *fleet)
{
    struct conf *conf = fleet->wanted;
    fleet->lacks = false;
    for (unsigned i = 0; i < conf->links; i++)
        if (!member_find(fleet, conf->link[i].bind.name))
            fleet->lacks |= !member_add(fleet, conf, &conf->link[i], fleet->paused[i]);
}

/* ---- those on their way out ---- */

static void sweep_later(struct fleet *fleet, int ms)
{
    event_add(fleet->sweep,
              &(struct timeval){.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000});
}

/* Frees what has drained, and makes what could not be made before. Asked for now and then, since
 * link_free may not be called from a link's own callback. */
static void fleet_sweep(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct fleet *fleet = arg;
    bool leaving = false, closed = false;
    for (unsigned i = 0; i < MEMBERS; i++) {
        struct member *member = &fleet->member[i];
        member->closed = member->leaving && link_state(member->link) == LINK_CLOSED;
        closed = closed || member->closed;
        leaving = leaving || (member->leaving && !member->closed);
    }
    if (closed)
        closed_free(fleet);
    if (fleet->lacks && (closed || !leaving)) {
        links_add(fleet);
        fleet_tell(fleet);
    }
    if (leaving || fleet->lacks) {
        sweep_later(fleet, leaving ? SWEEP_MS : AGAIN_MS);
    } else if (fleet->drained && fleet_is_empty(fleet)) {
        void (*drained)(void *) = fleet->drained;
        fleet->drained = NULL;
        drained(fleet->drained_ctx);
    }
}

/* ---- all of them ---- */

struct fleet *fleet_new(const struct fleet_parts *parts)
{
    struct fleet *fleet = calloc(1, sizeof *fleet);
    if (!fleet)
        return NULL;
    fleet->parts = *parts;
    fleet->sweep = evtimer_new(parts->base, fleet_sweep, fleet);
    if (fleet->sweep)
        return fleet;
    free(fleet);
    return NULL;
}

static void wanted_set(struct fleet *fleet, struct conf *conf)
{
    conf_drop(fleet->wanted);
    fleet->wanted = conf ? conf_keep(conf) : NULL;
}

void fleet_set(struct fleet *fleet, struct conf *conf)
{
    bool leaves[MEMBERS] = {false}, paused[CONF_LINKS] = {false};
    for (unsigned i = 0; i < conf->links; i++)
        paused[i] = is_paused(fleet, conf->link[i].bind.name);
    wanted_set(fleet, conf);
    memcpy(fleet->paused, paused, sizeof paused);
    for (unsigned i = 0; i < MEMBERS; i++) {
        struct member *member = &fleet->member[i];
        if (!member->link || member->leaving)
            continue;
        const struct conf_link *wanted = wanted_find(conf, link_conf(member->link)->name);
        leaves[i] = member->leaving = !wanted || !member_tune(member, conf, wanted);
    }
    links_add(fleet);
    for (unsigned i = 0; i < MEMBERS; i++)
        if (leaves[i])
            link_drain(fleet->member[i].link, NULL);
    fleet_tell(fleet);
    sweep_later(fleet, SWEEP_MS);
}

void fleet_drain(struct fleet *fleet, void (*done)(void *ctx), void *ctx)
{
    wanted_set(fleet, NULL);
    fleet->lacks = false;
    fleet->drained = done;
    fleet->drained_ctx = ctx;
    for (unsigned i = 0; i < MEMBERS; i++) {
        struct member *member = &fleet->member[i];
        if (member->link && !member->leaving) {
            member->leaving = true;
            link_drain(member->link, NULL);
        }
    }
    sweep_later(fleet, SWEEP_MS);
}

void fleet_free(struct fleet *fleet)
{
    if (!fleet)
        return;
    for (unsigned i = 0; i < MEMBERS; i++)
        fleet->member[i].closed = true;
    closed_free(fleet);
    wanted_set(fleet, NULL);
    event_free(fleet->sweep);
    free(fleet);
}
