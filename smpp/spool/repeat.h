/* Which answer repeats which: the rule of struct spool_reply, for what comes to this smppd and for
 * what another one asks about. */
#ifndef SMPP_SPOOL_REPEAT_H
#define SMPP_SPOOL_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum { REPEAT_UNANSWERED_MS = 5000 }; /* an answer owed for so long may be repeated by the SMSC */

/* reply.original: what an answer stands for in the books. Above 0 it is the answer that this one
 * repeats, itself where that is another smppd's; where ours, which counted, gave way to a later one
 * that stands in a file, the moment at which that was received. */
enum {
    REPLY_COUNTS = 0,
    REPLY_HELD = -1,
    REPLY_CLAIMED = -2, /* it counts, for others that were given it too said nothing in time; they
                           are told, and until then it is found as not shown, or */
    REPLY_CLAIMED_SHOWN = -3
};

/* One of which it is asked whether an earlier one is the same. */
struct repeat {
    int64_t digest; /* repeat_digest */
    const char *mobile, *code, *smsc_id;
    uint64_t arrival;        /* 0: none */
    int64_t received, after; /* it repeats only what came between the two */
    uint64_t id;             /* its own, where it is kept here already */
    bool elsewhere;          /* another smppd's */
};

/* The earlier one. */
struct repeat_of {
    uint64_t id;
    uint64_t original; /* the first of a row of repetitions */
    int64_t standing;  /* reply.original of that */
    int64_t received;
    bool doubt; /* the response to that was in doubt */
    bool sure;  /* without that it is one too */
};

/* What the spool keeps of a likeness. */
int64_t repeat_digest(const struct ledger *ledger, uint64_t likeness);

/* 1: *of is repeated; 0: this answer is new. */
int repeat_find(struct ledger *ledger, const struct repeat *repeat, struct repeat_of *of);

/* One doubt excuses one repetition, which was `received` then: the first, whoever is told first;
 * the next must be in doubt itself. */
int repeat_settle(struct ledger *ledger, uint64_t id, int64_t received);

#endif
