/* Shared by outgoing.c, which knows one message, outbox.c, which sends, part.c, which encodes, and
 * outbox_result.c, which hears what became of it. */
#ifndef SMPP_SWITCH_OUTBOX_INNER_H
#define SMPP_SWITCH_OUTBOX_INNER_H

#include "smpp/switch/lane.h"

/* Takes it out, settled or not: its lane goes on with the next one. */
void outgoing_free(struct outbox *outbox, struct outgoing *message);

/* For spool_done: tells the visitor the state that is on disk now; ctx is the switchboard. */
void outbox_told(void *ctx, const struct spool_result *result);

/* Writes a part's state down (1..; 0: all parts), told once it is on disk. */
void part_settle(struct switchboard *sb, uint64_t message, unsigned part, enum spool_state state,
                 const char *reason);

/* The late answer to the first submit of the message's part came while a second one was under way:
 * whatever becomes of that one, the mobile gets it. */
bool part_is_taken(const struct outgoing *message);

/* The part the lane's message is at has gone as far as it will: its next part, or the
 * next message. */
void lane_advance(struct switchboard *sb, struct lane *lane);

/* How a message of several parts is split, to be committed with its first one; else 0. As the link
 * wants it that would take that part now, chosen anew unless the part is sent `again`, for it may
 * be there. */
unsigned part_way(struct switchboard *sb, struct outgoing *message, bool again);

/* Gives the part a message is at to a link, under a tag. As link_submit, and -EINVAL where the link
 * cannot carry the message in as many parts as were counted. */
int part_submit(struct switchboard *sb, struct link *link, struct outgoing *message, uint64_t tag);

/* Will never be sent. */
void message_fail(struct switchboard *sb, struct outgoing *message, const char *reason);

#endif
