/* Delivery receipts find their message, whichever of receipt and submit_sm_resp comes first. */
#include "smpp/spool/receipt.h"

#include <stdio.h>
#include <string.h>

#include "smpp/spool/digest.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/message.h"

enum {
    PARTS_OF_ONE = 16, /* submitted.part = message * 16 + part */
    PLAIN_SURE = 32    /* so many ids without a letter are no hexadecimal ones */
};

/* Of two that share a place whoever came last has it, and is learnt anew. */
static struct smsc_style *style_of(struct ledger *ledger, const char *smsc)
{
    uint64_t digest = digest_of(ledger->secret, smsc, strlen(smsc));
    struct smsc_style *style = &ledger->style[digest % RECEIPT_SMSCS];

    if (style->smsc != digest)
        *style = (struct smsc_style){.smsc = digest};
    return style;
}

static void style_note(struct id_style *style, const char *id)
{
    bool lettered = strpbrk(id, "abcdef") != NULL;

    style->lettered |= lettered;
    style->plain = lettered ? 0 : style->plain < PLAIN_SURE ? style->plain + 1 : PLAIN_SURE;
}

/* Which of its keys a receipt may mean, from `first` on: of two messages that one number names in
 * decimal and in hexadecimal, only one. */
static unsigned keys_meant(const struct smsc_style *style, const struct spool_receipt *receipt,
                           unsigned *first)
{
    *first = 0;
    if (style->named.plain < PLAIN_SURE)
        return SPOOL_RECEIPT_KEYS;
    if (style->given.plain == PLAIN_SURE)
        return 1; /* decimal, as it is written */
    if (!style->given.lettered || !*receipt->key[1])
        return SPOOL_RECEIPT_KEYS;
    *first = 1; /* in hexadecimal */
    return 2;
}

/* The part under one key: 1 with *id, 0 or an error. */
static int submitted_find(struct ledger *ledger, const char *smsc, const char *key, int64_t *id)
{
    struct query *query = db_query(ledger->db, QUERY_SUBMITTED_BY_ID);
    int found;

    query_bind_text(query, 1, key);
    query_bind_text(query, 2, smsc);
    found = query_step(query);
    if (found == 1)
        *id = query_number(query, 0);
    query_end(query);
    return found;
}

static int early_keep(struct ledger *ledger, const struct spool_receipt *receipt, unsigned first,
                      unsigned end)
{
    struct query *query = db_query(ledger->db, QUERY_EARLY_PUT);
    uint64_t id = ++ledger->counts.last_early;
    int error;

    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, receipt->state);
    query_bind_text(query, 3, receipt->reason);
    query_bind(query, 4, receipt->now);
    error = query_run(query);
    for (unsigned i = first; error == 0 && i < end; i++) {
        if (!*receipt->key[i])
            continue;
        query = db_query(ledger->db, QUERY_EARLY_KEY_PUT);
        query_bind_text(query, 1, receipt->key[i]);
        query_bind_text(query, 2, receipt->smsc);
        query_bind(query, 3, (int64_t)id);
        error = query_run(query);
    }
    ledger->counts.early++;
    ledger->counts.receipts_early++;
    return error;
}

/* The part that a receipt means: 1 with *id, 0 or an error. */
static int part_find(struct ledger *ledger, const struct spool_receipt *receipt, unsigned first,
                     unsigned end, int64_t *id)
{
    struct query *query;
    int found = 0;

    for (unsigned i = first; found == 0 && i < end; i++)
        if (*receipt->key[i])
            found = submitted_find(ledger, receipt->smsc, receipt->key[i], id);
    if (found != 1 || !receipt->bare || !*receipt->mobile)
        return found;
    query = db_query(ledger->db, QUERY_MESSAGE_WENT_TO);
    query_bind(query, 1, *id / PARTS_OF_ONE);
    query_bind_text(query, 2, receipt->mobile);
    found = query_step(query);
    query_end(query);
    return found;
}

static bool may_be_persons(const struct smsc_style *style, const struct spool_receipt *receipt)
{
    return receipt->bare && *receipt->mobile && style->marks && !style->hides;
}

int receipt_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_receipt *receipt = (const void *)job->request;
    struct smsc_style *style = style_of(ledger, receipt->smsc);
    unsigned first, end;
    int64_t id = 0;
    int found;

    style->marks |= !receipt->bare && !receipt->once; /* others' are not told as they came */
    if (!may_be_persons(style, receipt))
        style_note(&style->named, receipt->key[0]);
    end = keys_meant(style, receipt, &first);
    found = part_find(ledger, receipt, first, end, &id);
    if (found < 0)
        return found;
    style->hides |= receipt->bare && found == 1;
    if (found == 1)
        return message_move(ledger, job, (uint64_t)(id / PARTS_OF_ONE),
                            (unsigned)(id % PARTS_OF_ONE), receipt->state, receipt->reason);
    if (may_be_persons(style, receipt)) {
        job->result.verdict = SPOOL_PERSONS;
        return 0;
    }
    job->result.verdict = SPOOL_LATER;
    return receipt->once ? 0 : early_keep(ledger, receipt, first, end);
}

static int early_take(struct ledger *ledger, const struct spool_part *part, enum spool_state *state,
                      char *reason, size_t room)
{
    struct query *query = db_query(ledger->db, QUERY_EARLY_BY_ID);
    int64_t id;
    int found;

    query_bind_text(query, 1, part->smsc_id);
    query_bind_text(query, 2, part->smsc);
    found = query_step(query);
    if (found != 1)
        return found;
    id = query_number(query, 0);
    *state = (enum spool_state)query_number(query, 1);
    snprintf(reason, room, "%s", query_text(query, 2));
    query_end(query);
    query = db_query(ledger->db, QUERY_EARLY_REMOVE);
    query_bind(query, 1, id);
    ledger->counts.early--;
    return query_run(query);
}

int receipt_claim(struct ledger *ledger, const struct spool_part *part, enum spool_state *state,
                  char *reason, size_t room)
{
    struct query *query = db_query(ledger->db, QUERY_SUBMITTED_PUT);
    int error;

    query_bind_text(query, 1, part->smsc_id);
    query_bind(query, 2, (int64_t)(part->message * PARTS_OF_ONE + part->part));
    query_bind_text(query, 3, part->smsc);
    style_note(&style_of(ledger, part->smsc)->given, part->smsc_id);
    error = query_run(query);
    if (error < 0 || ledger->counts.early == 0)
        return error;
    return early_take(ledger, part, state, reason, room);
}

int receipt_count(struct ledger *ledger)
{
    struct query *query = db_query(ledger->db, QUERY_EARLY_COUNT);
    int stepped = query_step(query);

    if (stepped == 1)
        ledger->counts.early = (uint64_t)query_number(query, 0);
    query_end(query);
    return stepped < 0 ? stepped : 0;
}

int receipt_prune(struct ledger *ledger, int64_t now)
{
    struct query *query;
    int error;

    if (ledger->counts.early == 0)
        return 0;
    query = db_query(ledger->db, QUERY_EARLY_PRUNE);
    query_bind(query, 1, now - RECEIPTS_EARLY_MS);
    query_bind(query, 2, (int64_t)ledger->counts.last_early - RECEIPTS_EARLY_MAX);
    error = query_run(query);
    if (error < 0 || db_changes(ledger->db) == 0)
        return error;
    error = query_run(db_query(ledger->db, QUERY_EARLY_KEY_PRUNE));
    return error < 0 ? error : receipt_count(ledger);
}
