/* What a session's box shows: conversations and events, for the refill of memcached. */
#ifndef SMPP_SPOOL_TRANSCRIPT_H
#define SMPP_SPOOL_TRANSCRIPT_H

struct job;
struct ledger;
struct spool_conversation;

int conversation_row_put(struct ledger *ledger, const struct spool_conversation *conversation);
int conversation_keep(struct ledger *ledger, struct job *job);
int event_keep(struct ledger *ledger, struct job *job);
int session_wipe(struct ledger *ledger, struct job *job);

#endif
