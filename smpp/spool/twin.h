/* Answers that another smppd was given too, and which of the two gives way. */
#ifndef SMPP_SPOOL_TWIN_H
#define SMPP_SPOOL_TWIN_H

struct job;
struct ledger;

/*
 * Where ours is repeated by what another one asks about, which came later:
 *
 *   ours     | it holds its own | its own counts
 *   held     | later            | later
 *   counts   | yes              | ours gives way: no; but in a file already: yes
 *   claimed  | yes              | yes
 *   gave way | yes              | no; it is said which one, for whatever is repeated by that
 *
 * So what is held gives way while another one counts, and what counts only to another one that
 * does: one of all that are given an answer is left, and only one as soon as they have heard of
 * each other.
 */
int reply_asked(struct ledger *ledger, struct job *job);

int reply_end(struct ledger *ledger, struct job *job);

#endif
