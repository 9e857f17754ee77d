/* Answers from mobiles: each part and its charging record in one transaction, repetitions told. */
#ifndef SMPP_SPOOL_REPLY_H
#define SMPP_SPOOL_REPLY_H

struct job;
struct ledger;

enum { REPLY_UNANSWERED_MS = 5000 }; /* an answer owed for so long may be repeated by the SMSC */

int reply_keep(struct ledger *ledger, struct job *job);
int reply_doubt(struct ledger *ledger, struct job *job);
int reply_shown(struct ledger *ledger, struct job *job);

#endif
