/* A conversation as the spool keeps it: written, and read back. What has no column stands in
 * `more`, a line of the common grammar. */
#ifndef SMPP_SWITCH_CONVERSATION_ROW_H
#define SMPP_SWITCH_CONVERSATION_ROW_H

#include <stdbool.h>

#include "smpp/spool/spool.h"

struct conversation;
struct switchboard;

/* Without `more`. Its strings are the conversation's. */
struct spool_conversation conversation_row(const struct conversation *conversation, bool ended);
/* Takes what stands in `more`. */
void conversation_more(struct conversation *conversation, const struct spool_conversation *row);

/* Writes it to the spool as it stands. */
void conversation_save(struct switchboard *sb, const struct conversation *conversation, bool ended);

#endif
