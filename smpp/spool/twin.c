/* Gives way or stays; see twin.h. */
#include "smpp/spool/twin.h"

#include <stdio.h>

#include "smpp/spool/cdr.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/repeat.h"

/* It costs nothing any more and is shown to nobody. */
static int reply_void(struct ledger *ledger, uint64_t id, int64_t standing)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_VOID);
    char fields[64];
    int error;

    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, standing);
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

static int way_give(struct ledger *ledger, struct job *job, uint64_t id, int64_t standing)
{
    job->result.verdict = SPOOL_KEPT;
    job->result.reply = id;
    return reply_void(ledger, id, standing);
}

/* The other one holds its own. */
static int held_judge(struct ledger *ledger, struct job *job, const struct repeat_of *of,
                      bool first)
{
    bool waits = of->standing == REPLY_HELD || of->standing == REPLY_YIELDED;

    if (of->standing == REPLY_HELD && first)
        return way_give(ledger, job, of->original, REPLY_YIELDED);
    job->result.verdict = !waits ? SPOOL_DUPLICATE : first ? SPOOL_KEPT : SPOOL_LATER;
    return 0;
}

/* The other one's counts. */
static int kept_judge(struct ledger *ledger, struct job *job, const struct repeat_of *of,
                      bool first)
{
    bool counts = of->standing == REPLY_COUNTS || of->standing == REPLY_CLAIMED,
         stays = counts && ((of->standing == REPLY_CLAIMED && !first) ||
                            of->original <= ledger->counts.file_last);

    if (!stays && (counts || of->standing == REPLY_HELD))
        return way_give(ledger, job, of->original, (int64_t)of->original);
    job->result.verdict = stays ? SPOOL_DUPLICATE : SPOOL_KEPT;
    return 0;
}

int reply_asked(struct ledger *ledger, struct job *job)
{
    const struct spool_twin *twin = (const void *)job->request;
    struct repeat repeat = {.likeness = twin->likeness,
                            .mobile = twin->mobile,
                            .code = twin->code,
                            .smsc_id = twin->smsc_id,
                            .asker = twin->asker,
                            .received = twin->received};
    struct repeat_of of = {0};
    int error = repeat_find(ledger, &repeat, &of);

    job->result.verdict = SPOOL_KEPT;
    if (error == 1 && of.doubt && (error = repeat_settle(ledger, of.id, twin->asker)) == 0)
        error = 1;
    if (error <= 0)
        return error;
    return (twin->kept ? kept_judge : held_judge)(ledger, job, &of, twin->first);
}

int reply_end(struct ledger *ledger, struct job *job)
{
    const struct reply_end_request *request = (const void *)job->request;
    struct query *query;
    int error;

    job->result.verdict = SPOOL_DUPLICATE;
    if (request->end == SPOOL_END_REPEATED) {
        ledger->counts.duplicates++;
        return reply_void(ledger, request->reply, (int64_t)request->reply);
    }
    query = db_query(ledger->db, QUERY_REPLY_HOLD_END);
    query_bind(query, 1, (int64_t)request->reply);
    query_bind(query, 2, request->end == SPOOL_END_CLAIMED ? REPLY_CLAIMED : REPLY_COUNTS);
    error = query_run(query);
    if (error == 0 && db_changes(ledger->db) > 0)
        job->result.verdict = SPOOL_KEPT;
    return error;
}
