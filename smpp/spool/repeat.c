/* Repetitions told from repeated words; see repeat.h. */
#include "smpp/spool/repeat.h"

#include <stdio.h>
#include <string.h>

#include "smpp/spool/cdr.h"
#include "smpp/spool/digest.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

/* Without a secret, for all smppd must come to the same; what is looked for here is keyed. */
uint64_t spool_likeness(const struct spool_reply *reply)
{
    static const uint8_t open[16];
    const char *mobile = reply->mobile ? reply->mobile : "", *code = reply->code ? reply->code : "";
    uint64_t parts[] = {
        digest_of(open, reply->octets.at, reply->octets.length),
        digest_of(open, mobile, strlen(mobile)),
        digest_of(open, code, strlen(code)),
        (uint64_t)reply->data_coding << 32 | reply->ref,
        (uint64_t)reply->total << 32 | reply->seq,
    };

    return digest_of(open, parts, sizeof parts);
}

int64_t repeat_digest(const struct ledger *ledger, uint64_t likeness)
{
    return (int64_t)digest_of(ledger->secret, &likeness, sizeof likeness);
}

static bool in_doubt(const struct ledger *ledger, const struct repeat *repeat, uint64_t id,
                     int64_t received)
{
    /* A response not yet written is no reason in itself: a person's two equal answers may come in
     * one segment. Only where the SMSC has waited long enough to give up does it repeat. */
    return id > atomic_load(&ledger->answered) &&
           repeat->received - received >= REPEAT_UNANSWERED_MS;
}

/* Columns: id, total, arrival, smsc_id, doubt, received, original, original of that. */
static bool is_repetition(const struct ledger *ledger, const struct repeat *repeat,
                          struct query *query, struct repeat_of *of)
{
    const char *smsc_id = query_text(query, 3);
    int64_t doubt = query_number(query, 4), original = query_number(query, 6);

    of->id = (uint64_t)query_number(query, 0);
    of->original = original > 0 ? (uint64_t)original : of->id;
    of->doubt = doubt == 1;
    of->counts = query_number(query, 7) == 0;
    if (query_number(query, 1) > 1 || of->doubt)
        return true;
    if (repeat->asker != 0 && (uint64_t)doubt == repeat->asker)
        return true;
    if (repeat->arrival != 0 && (uint64_t)query_number(query, 2) == repeat->arrival)
        return true;
    if (*smsc_id && strcmp(smsc_id, repeat->smsc_id) == 0)
        return true;
    return in_doubt(ledger, repeat, of->id, query_number(query, 5));
}

int repeat_find(struct ledger *ledger, const struct repeat *repeat, struct repeat_of *of)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_BY_DIGEST);
    int stepped;

    query_bind(query, 1, repeat_digest(ledger, repeat->likeness));
    query_bind_text(query, 2, repeat->mobile);
    query_bind_text(query, 3, repeat->code);
    query_bind(query, 4, repeat->received - ledger->options.repeat_ms);
    while ((stepped = query_step(query)) == 1)
        if (is_repetition(ledger, repeat, query, of))
            break;
    query_end(query);
    return stepped;
}

int repeat_settle(struct ledger *ledger, uint64_t id, uint64_t asker)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_SETTLE_DOUBT);

    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, (int64_t)asker);
    return query_run(query);
}

/* It costs nothing any more and is shown to nobody. */
static int reply_void(struct ledger *ledger, uint64_t id)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_VOID);
    char fields[64];
    int error;

    query_bind(query, 1, (int64_t)id);
    error = query_run(query);
    if (error == 0)
        error = cdr_void(ledger, id);
    if (error == 1) {
        snprintf(fields, sizeof fields, "cdr=%s-%llu", ledger->export.instance,
                 (unsigned long long)id);
        ledger_log(ledger, SPOOL_LOG_WARNING, "SD0205",
                   "An answer that another smppd has billed too stands in a file already.", fields);
    }
    return error < 0 ? error : 0;
}

int reply_asked(struct ledger *ledger, struct job *job)
{
    const struct spool_twin *twin = (const void *)job->request;
    struct repeat repeat = {.likeness = twin->likeness,
                            .mobile = twin->mobile,
                            .code = twin->code,
                            .smsc_id = twin->smsc_id,
                            .asker = twin->asker,
                            .received = twin->now};
    struct repeat_of of = {0};
    int error = repeat_find(ledger, &repeat, &of);

    if (error < 0)
        return error;
    if (!of.counts && twin->first && !twin->kept)
        error = 0; /* else each might give its own up for the other's */
    job->result.verdict = error == 1 ? SPOOL_DUPLICATE : SPOOL_KEPT;
    if (error == 0)
        return 0;
    if (of.doubt && (error = repeat_settle(ledger, of.id, twin->asker)) < 0)
        return error;
    return twin->kept ? reply_void(ledger, of.original) : 0;
}

int reply_end(struct ledger *ledger, struct job *job)
{
    const struct reply_end_request *request = (const void *)job->request;
    struct query *query;
    int error;

    job->result.verdict = SPOOL_DUPLICATE;
    if (request->repeated) {
        ledger->counts.duplicates++;
        return reply_void(ledger, request->reply);
    }
    query = db_query(ledger->db, QUERY_REPLY_HOLD_END);
    query_bind(query, 1, (int64_t)request->reply);
    error = query_run(query);
    if (error == 0 && db_changes(ledger->db) > 0)
        job->result.verdict = SPOOL_KEPT;
    return error;
}
