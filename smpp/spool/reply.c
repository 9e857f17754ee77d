/* Answers from mobiles: each part and its charging record in one transaction. */
#include "smpp/spool/reply.h"

#include <string.h>

#include "smpp/spool/cdr.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/repeat.h"

/* `original`: the one it repeats; 0: none. */
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
    query_bind(query, next + 1, original == 0 && reply->held ? REPLY_HELD : (int64_t)original);
    return query_run(query);
}

int reply_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_reply *reply = (const void *)job->request;
    struct repeat repeat = {.digest = repeat_digest(ledger, spool_likeness(reply)),
                            .mobile = reply->mobile,
                            .code = reply->code,
                            .smsc_id = reply->smsc_id,
                            .arrival = reply->arrival,
                            .received = reply->received};
    struct repeat_of of = {0};
    uint64_t original = 0;
    int error = repeat_find(ledger, &repeat, &of);

    if (error < 0)
        return error;
    if (error == 1 && (of.sure || !reply->held))
        original = of.original;
    else if (error == 1)
        job->result.until = of.received; /* one given to another since is asked for first */
    if (original != 0 && of.doubt && (error = repeat_settle(ledger, of.id, reply->received)) < 0)
        return error;
    error = reply_insert(ledger, reply, repeat.digest, original);
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

int reply_note_shown(struct ledger *ledger, uint64_t id)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_SHOWN);

    query_bind(query, 1, (int64_t)id);
    return query_run(query);
}

int reply_shown(struct ledger *ledger, struct job *job)
{
    const struct shown_request *request = (const void *)job->request;
    const char *at = request->replies.at;
    int error = 0;

    for (size_t i = 0; error == 0 && i < request->replies.length; i += sizeof(uint64_t)) {
        uint64_t id;

        memcpy(&id, at + i, sizeof id);
        error = reply_note_shown(ledger, id);
    }
    return error;
}
