/* What an operator sees of a link. */
#include "smpp/link/state.h"

const struct link_conf *link_conf(const struct link *link)
{
    return link->conf;
}

enum link_state link_state(const struct link *link)
{
    switch (link->binds[0].state) {
    case BIND_CLOSED:
        return LINK_CLOSED;
    case BIND_CONNECTING:
    case BIND_BINDING:
        return link->draining ? LINK_DRAINING : LINK_CONNECTING;
    case BIND_BOUND:
        return link->draining ? LINK_DRAINING : link->paused ? LINK_DOWN : LINK_UP;
    default:
        return link->draining ? LINK_DRAINING : LINK_DOWN;
    }
}

bool link_is_leaving(const struct link *link)
{
    return link->draining;
}

const char *link_state_name(enum link_state state)
{
    static const char *const names[] = {[LINK_DOWN] = "down",
                                        [LINK_CONNECTING] = "connecting",
                                        [LINK_UP] = "up",
                                        [LINK_DRAINING] = "draining",
                                        [LINK_CLOSED] = "closed"};
    return names[state];
}

void link_stats(const struct link *link, struct link_stats *out)
{
    *out = link->stats;
    out->state = link_state(link);
    out->paused = link->paused;
    out->in_flight = link->binds[0].window.open;
    out->delivers = link->inbox.used;
    out->rate = pace_rate(&link->pace);
    for (unsigned i = 0; i < link->bind_count; i++)
        if (bind_receives(&link->binds[i]) && link->binds[i].state == BIND_BOUND)
            out->receiving = true;
}
