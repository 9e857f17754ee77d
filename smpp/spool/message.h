/* Messages to mobiles: kept once by key and nonce, then one state for each part. */
#ifndef SMPP_SPOOL_MESSAGE_H
#define SMPP_SPOOL_MESSAGE_H

#include <stdint.h>

#include "smpp/spool/spool.h"

struct job;
struct ledger;

enum { MESSAGE_PART_BITS = 4, MESSAGE_PART_MASK = 15 };

int message_keep(struct ledger *ledger, struct job *job);
int message_ask(struct ledger *ledger, struct job *job);
int message_part_state(struct ledger *ledger, struct job *job);

/* Moves a part (0: all) of a message to a state where that is a step forward, and fills the job's
 * result. -ENOENT goes to result.error, not to the caller. */
int message_move(struct ledger *ledger, struct job *job, uint64_t message, unsigned part,
                 enum spool_state state, const char *reason);

/* Of the rows that are remembered none may stand as it was. */
void messages_forget(struct ledger *ledger);

/* One part's state out of the packed ones; part counts from 1. */
enum spool_state message_state_of(uint64_t states, unsigned part);

/* The whole message's: FAILED where a part failed, else that of its least advanced part. */
enum spool_state message_state_whole(uint64_t states, unsigned parts);

#endif
