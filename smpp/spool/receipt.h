/* Delivery receipts find their message, whichever of receipt and submit_sm_resp comes first. */
#ifndef SMPP_SPOOL_RECEIPT_H
#define SMPP_SPOOL_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/spool/spool.h"

struct job;
struct ledger;

enum { RECEIPTS_EARLY_MAX = 100000, RECEIPTS_EARLY_MS = 3600000, RECEIPT_SMSCS = 16 };

/* How ids are written: how many in a row had no letter, and whether one ever had. */
struct id_style {
    unsigned plain;
    bool lettered;
};

/* What an SMSC gives and what its receipts name, and whether they say by more than their text what
 * they are; learnt anew after each start. */
struct smsc_style {
    uint64_t smsc; /* digest of its name */
    struct id_style given, named;
    bool marks, hides; /* has done so; has not done so */
};

int receipt_keep(struct ledger *ledger, struct job *job);

/* Remembers the SMSC's id of a part; a receipt that waited for it gives the state and reason. */
int receipt_claim(struct ledger *ledger, const struct spool_part *part, enum spool_state *state,
                  char *reason, size_t room);

/* Forgets receipts that waited for an hour, or are too many; at most 2,000 at a time. */
int receipt_prune(struct ledger *ledger, int64_t now);

/* How many wait, counted anew. */
int receipt_count(struct ledger *ledger);

#endif
