/* What is over is forgotten, a little each second: the oldest rows of each table, and a window that
 * wanders over those whose age does not follow their order. */
#include "smpp/spool/prune.h"

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/receipt.h"
#include "smpp/spool/transcript.h"

enum { SLICE = 2000, NOTICE_MS = 3600000 };

static int oldest_remove(struct ledger *ledger, enum query_name name, int64_t before,
                         uint64_t *records)
{
    struct query *query = db_query(ledger->db, name);
    int error;

    query_bind(query, 1, before);
    error = query_run(query);
    if (error == 0)
        *records += db_changes(ledger->db);
    return error;
}

/* Looks at the next rows after the cursor and removes those whose time is over. */
static int window_remove(struct ledger *ledger, enum query_name slice, enum query_name remove,
                         uint64_t *cursor, int64_t before, uint64_t *records)
{
    struct query *query = db_query(ledger->db, slice);
    int64_t rows = 0, last = 0;
    int stepped;

    query_bind(query, 1, (int64_t)*cursor);
    stepped = query_step(query);
    if (stepped == 1) {
        rows = query_number(query, 0);
        last = query_number(query, 1);
    }
    query_end(query);
    if (stepped < 0)
        return stepped;
    query = db_query(ledger->db, remove);
    query_bind(query, 1, (int64_t)*cursor);
    query_bind(query, 2, last);
    query_bind(query, 3, before);
    *cursor = rows < SLICE ? 0 : (uint64_t)last;
    stepped = rows > 0 ? query_run(query) : 0;
    if (stepped == 0 && rows > 0)
        *records += db_changes(ledger->db);
    return stepped;
}

int prune_tick(struct ledger *ledger, struct job *job)
{
    const struct tick_request *request = (const void *)job->request;
    const struct spool_options *options = &ledger->options;
    int64_t before = request->now - options->text_keep_ms;
    uint64_t *records = &job->result.records, sessions = 0;
    int error = oldest_remove(ledger, QUERY_MESSAGE_PRUNE, before, records);

    if (error == 0)
        error = query_run(db_query(ledger->db, QUERY_SUBMITTED_PRUNE));
    if (error == 0)
        error = oldest_remove(ledger, QUERY_REPLY_PRUNE, before, records);
    if (error == 0)
        error = oldest_remove(ledger, QUERY_NOTICE_PRUNE, request->now - NOTICE_MS, records);
    if (error == 0)
        error =
            oldest_remove(ledger, QUERY_CDR_PRUNE, request->wall - options->cdr_keep_ms, records);
    if (error == 0)
        error = receipt_prune(ledger, request->now);
    if (error == 0)
        error = window_remove(ledger, QUERY_CONVERSATION_SLICE, QUERY_CONVERSATION_PRUNE,
                              &ledger->counts.conversation_cursor, before, records);
    if (error == 0)
        error = window_remove(ledger, QUERY_EVENT_SLICE, QUERY_EVENT_PRUNE,
                              &ledger->counts.event_cursor, request->now, records);
    if (error == 0)
        error = window_remove(ledger, QUERY_SESSION_SLICE, QUERY_SESSION_PRUNE,
                              &ledger->counts.session_cursor, 0, &sessions);
    sessions_forget(ledger);
    if (error == 0)
        error = ledger_answered_note(ledger, request->now);
    return error < 0 ? error : export_due(ledger, request->wall);
}
