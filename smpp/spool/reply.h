/* Answers from mobiles: each part and its charging record in one transaction. */
#ifndef SMPP_SPOOL_REPLY_H
#define SMPP_SPOOL_REPLY_H

#include <stdint.h>

struct job;
struct ledger;

int reply_keep(struct ledger *ledger, struct job *job);
int reply_doubt(struct ledger *ledger, struct job *job);
int reply_shown(struct ledger *ledger, struct job *job);
int reply_note_shown(struct ledger *ledger, uint64_t id);

#endif
