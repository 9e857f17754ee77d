/*
 * What mobiles send: whose it is, kept with its charging record before the SMSC is answered, joined
 * from its parts, shown to its visitor, confirmed to its sender.
 */
#ifndef SMPP_SWITCH_ANSWERS_H
#define SMPP_SWITCH_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "smpp/switch/assembly.h"
#include "smpp/link/link.h"

struct switchboard;
struct spool_reply;

/* Ten digits of a Dominican mobile however the SMSC writes it (8095551234, 18095551234, +1809...);
 * else, false, as it came. `out` has room for an address. */
bool answer_sender(char *out, const struct pdu_address *address);

struct answers {
    struct assemblies assemblies;
    unsigned waiting;     /* received and not yet on disk */
    uint32_t connections; /* numbers of binds, different in each run */
};

void answers_start(struct answers *answers, int64_t now);
void answers_end(struct answers *answers);

/* A deliver_sm or data_sm that is no receipt. */
void answers_deliver(struct switchboard *sb, struct link *link, const struct message *message,
                     uint64_t token);

/* One found in the spool that was kept and not shown. `told`: its sender has been confirmed, or
 * will not be. */
void answers_found(struct switchboard *sb, const struct spool_reply *reply, bool told);

/* Shows what has waited long enough for its missing parts. */
void answers_tick(struct switchboard *sb, int64_t now);

#endif
