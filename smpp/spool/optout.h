/* Who wants no messages, which notices were sent, and the daemon's own values. */
#ifndef SMPP_SPOOL_OPTOUT_H
#define SMPP_SPOOL_OPTOUT_H

struct job;
struct ledger;

int optout_add(struct ledger *ledger, struct job *job);
int optout_remove(struct ledger *ledger, struct job *job);
int notice_keep(struct ledger *ledger, struct job *job);
int meta_keep(struct ledger *ledger, struct job *job);

#endif
