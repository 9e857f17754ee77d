/* Answers from mobiles: each part and its charging record in one transaction. */
#ifndef SMPP_SPOOL_REPLY_H
#define SMPP_SPOOL_REPLY_H

struct job;
struct ledger;

int reply_keep(struct ledger *ledger, struct job *job);
int reply_doubt(struct ledger *ledger, struct job *job);
int reply_shown(struct ledger *ledger, struct job *job);

#endif
