/* What an answer does to the conversation that it belongs to. */
#ifndef SMPP_SWITCH_ANSWERED_H
#define SMPP_SWITCH_ANSWERED_H

#include <stdbool.h>
#include <stdint.h>

struct route;
struct switchboard;

/* It restarts the time of the route's conversation; of which likeness it is says given.h. */
void answered(struct switchboard *sb, const char *mobile, const struct route *route,
              uint64_t likeness);

/* It came too late, and its event, which we may be alone to hold, stays as long as its session. */
void answered_late(struct switchboard *sb, const char *mobile, const struct route *route);

/* memcached is away: whether the pair is live as far as this daemon knows, and the route then. */
bool answered_alone(struct switchboard *sb, const char *mobile, const char *code,
                    struct route *route);

#endif
