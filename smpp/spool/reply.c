/* Answers from mobiles: each part and its charging record in one transaction, repetitions told. */
#include "smpp/spool/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/spool/cdr.h"
#include "smpp/spool/digest.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

/* An earlier answer of the same content. */
struct twin {
    uint64_t id;
    uint64_t original; /* the first of a row of repetitions; 0: this one is */
    bool doubt;
};

/* Source and destination are compared as they are; the rest by its digest. */
static int64_t reply_digest(const struct ledger *ledger, const struct spool_reply *reply)
{
    uint64_t parts[3];

    parts[0] = digest_of(ledger->secret, reply->octets.at, reply->octets.length);
    parts[1] = (uint64_t)reply->data_coding << 32 | reply->ref;
    parts[2] = (uint64_t)reply->total << 32 | reply->seq;
    return (int64_t)digest_of(ledger->secret, parts, sizeof parts);
}

static bool in_doubt(const struct ledger *ledger, const struct spool_reply *reply, uint64_t id,
                     int64_t received)
{
    /* A response not yet written is no reason in itself: a person's two equal answers may come in
     * one segment. Only where the SMSC has waited long enough to give up does it repeat. */
    return id > atomic_load(&ledger->answered) && reply->received - received >= REPLY_UNANSWERED_MS;
}

/* Columns: id, total, arrival, smsc_id, doubt, received, original. */
static bool is_repetition(const struct ledger *ledger, const struct spool_reply *reply,
                          struct query *query, struct twin *twin)
{
    const char *smsc_id = query_text(query, 3);

    twin->id = (uint64_t)query_number(query, 0);
    twin->original = (uint64_t)query_number(query, 6);
    twin->doubt = query_number(query, 4) != 0;
    if (query_number(query, 1) > 1 || twin->doubt)
        return true;
    if (reply->arrival != 0 && (uint64_t)query_number(query, 2) == reply->arrival)
        return true;
    if (*smsc_id && strcmp(smsc_id, reply->smsc_id) == 0)
        return true;
    return in_doubt(ledger, reply, twin->id, query_number(query, 5));
}

/* 1: *twin is repeated; 0: this answer is new. */
static int twin_find(struct ledger *ledger, const struct spool_reply *reply, int64_t digest,
                     struct twin *twin)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_BY_DIGEST);
    int stepped;

    query_bind(query, 1, digest);
    query_bind_text(query, 2, reply->mobile);
    query_bind_text(query, 3, reply->code);
    query_bind(query, 4, reply->received - ledger->options.repeat_ms);
    while ((stepped = query_step(query)) == 1)
        if (is_repetition(ledger, reply, query, twin))
            break;
    query_end(query);
    return stepped;
}

static int reply_insert(struct ledger *ledger, const struct spool_reply *reply, int64_t digest,
                        uint64_t original)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_KEEP);
    struct spool_reply kept = *reply;
    int next;

    kept.id = ++ledger->counts.last_reply;
    if (original != 0 || reply->shown) {
        /* Nobody will read it again: the digest is enough. */
        kept.shown = true;
        kept.octets = (struct spool_octets){"", 0};
    }
    if (original != 0)
        kept.outcome = SPOOL_OUT_DUPLICATE;
    next = record_bind(&REPLY_RECORD, query, &kept);
    query_bind(query, next, digest);
    query_bind(query, next + 1, (int64_t)original);
    return query_run(query);
}

/* One doubt excuses one repetition; the next must be in doubt itself. */
static int doubt_settle(struct ledger *ledger, uint64_t id)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_SETTLE_DOUBT);

    query_bind(query, 1, (int64_t)id);
    return query_run(query);
}

int reply_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_reply *reply = (const void *)job->request;
    int64_t digest = reply_digest(ledger, reply);
    struct twin twin = {0, 0, false};
    uint64_t original = 0;
    int error = twin_find(ledger, reply, digest, &twin);

    if (error < 0)
        return error;
    if (error == 1)
        original = twin.original ? twin.original : twin.id;
    if (twin.doubt && original != 0 && (error = doubt_settle(ledger, twin.id)) < 0)
        return error;
    error = reply_insert(ledger, reply, digest, original);
    if (error == 0)
        error = cdr_keep(ledger, reply, ledger->counts.last_reply, original != 0);
    job->result.verdict = original ? SPOOL_DUPLICATE : SPOOL_KEPT;
    job->result.reply = ledger->counts.last_reply;
    job->result.original = original;
    job->result.conversation = reply->conversation;
    job_tell_session(job, reply->session);
    ledger->counts.replies++;
    ledger->counts.duplicates += original != 0;
    return error;
}

int reply_doubt(struct ledger *ledger, struct job *job)
{
    const struct doubt_request *request = (const void *)job->request;
    struct query *query = db_query(ledger->db, QUERY_REPLY_DOUBT);
    int error;

    query_bind_text(query, 1, request->smsc);
    query_bind(query, 2, request->since);
    error = query_run(query);
    job->result.records = db_changes(ledger->db);
    return error;
}

int reply_shown(struct ledger *ledger, struct job *job)
{
    const struct shown_request *request = (const void *)job->request;
    const char *at = request->replies.at;
    int error = 0;

    for (size_t i = 0; error == 0 && i < request->replies.length; i += sizeof(uint64_t)) {
        struct query *query = db_query(ledger->db, QUERY_REPLY_SHOWN);
        uint64_t id;

        memcpy(&id, at + i, sizeof id);
        query_bind(query, 1, (int64_t)id);
        error = query_run(query);
    }
    return error;
}
