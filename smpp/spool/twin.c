/* Gives way or stays; see twin.h. */
#include "smpp/spool/twin.h"

#include <stdio.h>
#include <string.h>

#include "smpp/spool/cdr.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/repeat.h"

/* It costs nothing any more and is shown to nobody. */
static int reply_void(struct ledger *ledger, uint64_t id, uint64_t original)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_VOID);
    char fields[64];
    int error;

    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, (int64_t)original);
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

/* The asker's counts. */
static int kept_judge(struct ledger *ledger, const struct repeat_of *of, struct job *job)
{
    bool is_filed = of->original <= ledger->counts.file_last, counts = of->standing == REPLY_COUNTS;

    if (of->standing == REPLY_CLAIMED || (counts && is_filed))
        return 0;
    job->result.verdict = SPOOL_KEPT;
    job->result.original = of->original;
    return counts ? reply_void(ledger, of->original, of->original) : 0;
}

int reply_asked(struct ledger *ledger, struct job *job)
{
    const struct spool_twin *twin = (const void *)job->request;
    struct repeat repeat = {.digest = repeat_digest(ledger, twin->likeness),
                            .mobile = twin->mobile,
                            .code = twin->code,
                            .smsc_id = twin->smsc_id,
                            .asker = {twin->asker, twin->also},
                            .received = twin->received,
                            .after = twin->after};
    struct repeat_of of = {0};
    int error = repeat_find(ledger, &repeat, &of);

    job->result.verdict = SPOOL_KEPT;
    if (error == 1 && of.doubt && (error = repeat_settle(ledger, of.id, twin->asker)) == 0)
        error = 1;
    if (error <= 0)
        return error;
    job->result.verdict = of.standing == REPLY_HELD ? SPOOL_LATER : SPOOL_DUPLICATE;
    return twin->kept && of.standing != REPLY_HELD ? kept_judge(ledger, &of, job) : 0;
}

/* No other smppd has what it repeats; then it may repeat an earlier one of ours. 1: it does. */
static int end_repeats(struct ledger *ledger, const struct reply_end_request *request)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_OPEN);
    struct repeat repeat = {.id = request->reply, .smsc_id = "", .asker = {request->also}};
    struct repeat_of of = {0};
    char mobile[SPOOL_NAME_MAX + 1], code[SPOOL_NAME_MAX + 1];
    bool is_held = false;
    int error;

    query_bind(query, 1, (int64_t)request->reply);
    error = query_step(query);
    if (error == 1) {
        repeat.digest = query_number(query, 0);
        repeat.mobile = strcpy(mobile, query_text(query, 1));
        repeat.code = strcpy(code, query_text(query, 2));
        repeat.received = query_number(query, 3);
        is_held = query_number(query, 4) == REPLY_HELD;
    }
    query_end(query);
    if (error == 1)
        error = repeat_find(ledger, &repeat, &of);
    if (error <= 0 || (!is_held && of.standing > 0))
        return error < 0 ? error : 0;
    /* Where one that said nothing may have been given it between the two, that is excused too. */
    if (request->end == SPOOL_END_COUNTS && of.doubt)
        error = repeat_settle(ledger, of.id, REPEAT_HERE);
    if (error >= 0)
        error = reply_void(ledger, request->reply, of.original);
    return error < 0 ? error : 1;
}

int reply_end(struct ledger *ledger, struct job *job)
{
    const struct reply_end_request *request = (const void *)job->request;
    struct query *query = db_query(ledger->db, QUERY_REPLY_HOLD_END);
    int error = 0;

    job->result.verdict = SPOOL_DUPLICATE;
    if (request->end == SPOOL_END_REPEATED)
        error = reply_void(ledger, request->reply, request->reply);
    else
        error = end_repeats(ledger, request);
    if (error != 0 || request->end == SPOOL_END_REPEATED) {
        ledger->counts.duplicates += error >= 0;
        return error < 0 ? error : 0;
    }
    query_bind(query, 1, (int64_t)request->reply);
    query_bind(query, 2, request->end == SPOOL_END_CLAIMED ? REPLY_CLAIMED : REPLY_COUNTS);
    error = query_run(query);
    if (error == 0 && db_changes(ledger->db) > 0)
        job->result.verdict = SPOOL_KEPT;
    return error;
}
