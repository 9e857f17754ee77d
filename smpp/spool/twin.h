/* Answers that another smppd was given too, and which of the two gives way. */
#ifndef SMPP_SPOOL_TWIN_H
#define SMPP_SPOOL_TWIN_H

struct job;
struct ledger;

/*
 * Where ours is repeated by what another one asks about, which came later:
 *
 *   ours     | it holds its own | its own counts | and stands in a file
 *   held     | later            | later          | later
 *   counts   | yes              | yes            | ours gives way: no; but in a file too: yes
 *   gave way | yes              | yes            | yes; but to that one: no
 *
 * So the later one gives way to the earlier one, whatever that came to, and only what stands in a
 * file does not. Each that gave way leads to an earlier one or to one in a file, never in a circle:
 * at the end of the way one counts, and but one as soon as each has been heard by the one before.
 */
int reply_asked(struct ledger *ledger, struct job *job);

int reply_end(struct ledger *ledger, struct job *job);

/* Answers of this session that are not decided, or not heard of by all, are known by their likeness
 * alone from now on, and shown to nobody. */
int reply_wipe_open(struct ledger *ledger, const char *session);

#endif
