/* Who wants no messages from the web: this daemon's own in memory and in its spool,
 * everybody's in memcached (`b:MOBILE`), where claims look. */
#ifndef SMPP_SWITCH_OPTOUTS_H
#define SMPP_SWITCH_OPTOUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "smpp/switch/index.h"

struct switchboard;

struct optouts {
    struct index index; /* by mobile */
};

void optouts_end(struct optouts *optouts);

/* Whether the mobile refuses everybody or this session. */
bool optouts_has(const struct optouts *optouts, const char *mobile, const char *session);

/* Adds or removes in memory, memcached and spool. session "": everybody; removing that removes all.
 * `done` tells when it is on disk (NULL: nobody waits). 0, or -EAGAIN, -ENOMEM. */
struct spool_done;
int optouts_add(struct switchboard *sb, const char *mobile, const char *session, const char *how,
                const struct spool_done *done);
int optouts_remove(struct switchboard *sb, const char *mobile, const struct spool_done *done);

/* One found in the spool: into memory, and into memcached where `publish`. */
void optouts_found(struct switchboard *sb, const char *mobile, const char *session, int64_t since,
                   bool publish);

#endif
