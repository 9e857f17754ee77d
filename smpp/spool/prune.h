/* What is over is forgotten, a little each second. */
#ifndef SMPP_SPOOL_PRUNE_H
#define SMPP_SPOOL_PRUNE_H

struct job;
struct ledger;

int prune_tick(struct ledger *ledger, struct job *job);

#endif
