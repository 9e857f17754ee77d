/* How a conversation goes on or ends: more time, the visitor's stop, the end of a session
 * and its time being over. */
#ifndef SMPP_SWITCH_CLOSING_H
#define SMPP_SWITCH_CLOSING_H

#include <stdint.h>

struct conversation;
struct line;
struct request;
struct switchboard;

/* The verbs `extend`, `stop` and `end`. */
void closing_extend(void *sb, struct request *request);
void closing_stop(void *sb, struct request *request);
void closing_end(void *sb, struct request *request);

/* `wiped`: a visitor ended all of a session. Told to the others, for what they hold of it would
 * come back should memcached be emptied; and heard from one of them. */
void closing_tell(struct switchboard *sb, const char *session);
void closing_heard(struct switchboard *sb, const struct line *line);

/* Its pair was given to somebody else by an smppd that could not know of it: it ends at the next
 * tick, and nothing of it goes out any more. */
void closing_taken(struct switchboard *sb, struct conversation *conversation);

/* Conversations whose time is over, unless another daemon knows better. */
void closing_tick(struct switchboard *sb, int64_t now);

#endif
