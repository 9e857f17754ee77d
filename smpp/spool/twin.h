/* Answers that another smppd was given too, and which of the two gives way. */
#ifndef SMPP_SPOOL_TWIN_H
#define SMPP_SPOOL_TWIN_H

struct job;
struct ledger;

/*
 * Where ours is repeated by what another one asks about:
 *
 *   ours     | it holds its own                  | its own counts
 *   counts   | yes                               | ours gives way: no; in a file already: yes
 *   claimed  | yes                               | the first by name counts
 *   held     | the first by name counts: ours    | ours gives way: no
 *            | gives way: no; or it waits: later |
 *   gave way | yes                               | no
 *   yielded  | the first by name: no; or later   | no
 *
 * So nobody gives way but to one that counts on disk, or is held and the first of the two: at least
 * one of all that are given an answer is left, and as soon as they have heard of each other only
 * one.
 */
int reply_asked(struct ledger *ledger, struct job *job);

int reply_end(struct ledger *ledger, struct job *job);

#endif
