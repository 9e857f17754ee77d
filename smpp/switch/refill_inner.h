/* Shared by refill.c, which reads tables, refill_row.c, which deals with a row, and
 * refill_session.c. */
#ifndef SMPP_SWITCH_REFILL_INNER_H
#define SMPP_SWITCH_REFILL_INNER_H

#include "smpp/switch/switchboard.h"

/* For spool_reader; `sb` is the switchboard. */
void refill_row(void *sb, const struct spool_row *row);

/* Puts a conversation's route back into memcached, and its line where its session lives. */
void refill_conversation(struct switchboard *sb, const struct spool_conversation *row);

/* Puts the events gathered so far back: those of one session. */
void refill_lines_flush(struct switchboard *sb);

#endif
