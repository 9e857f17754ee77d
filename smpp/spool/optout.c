/* Who wants no messages, which notices were sent, and the daemon's own values. */
#include "smpp/spool/optout.h"

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

/* Puts the whole request in by one statement. */
static int put(struct ledger *ledger, struct job *job, enum query_name name)
{
    struct query *query = db_query(ledger->db, name);
    int error;

    record_bind(JOB_TYPE[job->kind].record, query, job->request);
    error = query_run(query);
    job->result.records = db_changes(ledger->db);
    return error;
}

int optout_add(struct ledger *ledger, struct job *job)
{
    return put(ledger, job, QUERY_OPTOUT_PUT);
}

int optout_remove(struct ledger *ledger, struct job *job)
{
    const struct optout_request *request = (const void *)job->request;
    struct query *query = db_query(ledger->db, QUERY_OPTOUT_REMOVE);
    int error;

    query_bind_text(query, 1, request->mobile);
    query_bind(query, 2, request->until);
    error = query_run(query);
    job->result.records = db_changes(ledger->db);
    return error;
}

int notice_keep(struct ledger *ledger, struct job *job)
{
    return put(ledger, job, QUERY_NOTICE_PUT);
}

int meta_keep(struct ledger *ledger, struct job *job)
{
    return put(ledger, job, QUERY_META_PUT);
}
