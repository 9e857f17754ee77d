/* Who wants no messages from the web: in memory and in each smppd's spool, and in memcached
 * (`b:MOBILE`), where claims look, for the others hear of it only within a second. */
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

/* Whether a row of the spool says that the mobile took back all it refused until then. */
struct spool_optout;
bool optout_is_taken_back(const struct spool_optout *row);

/* Whether the mobile refuses everybody or this session. */
bool optouts_has(const struct optouts *optouts, const char *mobile, const char *session);

/* Adds or removes in memory, memcached and spool, and tells the other smppd. session "": everybody;
 * removing removes all. `done` tells when it is on disk (NULL: nobody waits). 0 or -EAGAIN. */
struct spool_done;
int optouts_add(struct switchboard *sb, const char *mobile, const char *session, const char *how,
                const struct spool_done *done);
int optouts_remove(struct switchboard *sb, const char *mobile, const struct spool_done *done);

/* `optout` or `optin`, as the smppd that heard it from the mobile or its operator told. */
struct line;
void optouts_heard(struct switchboard *sb, const struct line *line);

/* One found in the spool: into memory, and into memcached where `publish`. */
void optouts_found(struct switchboard *sb, const struct spool_optout *row, bool publish);

#endif
