/* The links there are: made from the configuration, changed by a reload, drained at the end.
 *
 * A link whose bind did not change is kept bound; one that left the configuration is drained and
 * then freed. Each holds the configuration its profile points into. */
#ifndef SMPP_DAEMON_FLEET_H
#define SMPP_DAEMON_FLEET_H

#include <stddef.h>

#include "smpp/conf/conf.h"
#include "smpp/link/link.h"

struct event_base;
struct fleet;

struct fleet_parts {
    struct event_base *base;
    const struct link_events *events;
    void *events_ctx;
    /* The links there are from now on, those on their way out too: over them answers are still
     * acknowledged. Called before any is freed. */
    void (*changed)(void *ctx, struct link *const *links, size_t count);
    void *ctx; /* of changed */
};

/* NULL without memory. */
struct fleet *fleet_new(const struct fleet_parts *parts);

/* Makes, tunes, replaces and drains links until they are those of conf. A link that cannot be made
 * is logged and tried again. */
void fleet_set(struct fleet *fleet, struct conf *conf);

/* Drains all links, then calls done once. */
void fleet_drain(struct fleet *fleet, void (*done)(void *ctx), void *ctx);

/* Drops all links at once and frees. NULL is nothing. */
void fleet_free(struct fleet *fleet);

#endif
