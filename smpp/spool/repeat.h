/* Which answer repeats which: the rule of struct spool_reply, for what comes to this smppd and for
 * what another one asks about. */
#ifndef SMPP_SPOOL_REPEAT_H
#define SMPP_SPOOL_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

struct job;
struct ledger;

enum { REPEAT_UNANSWERED_MS = 5000 }; /* an answer owed for so long may be repeated by the SMSC */

/* One of which it is asked whether an earlier one is the same. */
struct repeat {
    uint64_t likeness;
    const char *mobile, *code, *smsc_id;
    uint64_t arrival, asker; /* 0: none */
    int64_t received;
};

/* The earlier one. */
struct repeat_of {
    uint64_t id;
    uint64_t original; /* the first of a row of repetitions */
    bool doubt;        /* it is one because the response to that was in doubt */
    bool counts;       /* that is billed here: neither held nor another smppd's */
};

/* What the spool keeps of a likeness. */
int64_t repeat_digest(const struct ledger *ledger, uint64_t likeness);

/* 1: *of is repeated; 0: this answer is new. */
int repeat_find(struct ledger *ledger, const struct repeat *repeat, struct repeat_of *of);

/* One doubt excuses one repetition, `asker`'s where another smppd has it; the next must be in doubt
 * itself. */
int repeat_settle(struct ledger *ledger, uint64_t id, uint64_t asker);

int reply_asked(struct ledger *ledger, struct job *job);
int reply_end(struct ledger *ledger, struct job *job);

#endif
