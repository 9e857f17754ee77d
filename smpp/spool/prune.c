/* What is over is forgotten, a little each second: the oldest rows of each table, and a window that
 * wanders over those whose age does not follow their order. */
#include "smpp/spool/prune.h"

#include <stdio.h>

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/message.h"
#include "smpp/spool/receipt.h"

enum { NOTICE_MS = 3600000 };

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

/* The last of the next 2,000 rows after the cursor; a name of "" where there are fewer. */
static int window_end(struct ledger *ledger, enum query_name slice, const struct cursor *cursor,
                      struct cursor *end)
{
    struct query *query = db_query(ledger->db, slice);
    int stepped;

    *end = (struct cursor){0};
    query_bind_text(query, 1, cursor->name);
    query_bind(query, 2, cursor->number);
    stepped = query_step(query);
    if (stepped == 1) {
        snprintf(end->name, sizeof end->name, "%s", query_text(query, 0));
        end->number = query_number(query, 1);
    }
    query_end(query);
    return stepped < 0 ? stepped : 0;
}

/* Looks at the next rows after the cursor and removes those whose time is over. */
static int window_remove(struct ledger *ledger, enum query_name slice, enum query_name remove,
                         struct cursor *cursor, int64_t before, uint64_t *records)
{
    struct cursor end;
    int error = window_end(ledger, slice, cursor, &end);
    struct query *query = db_query(ledger->db, remove);

    if (error < 0)
        return error;
    query_bind_text(query, 1, cursor->name);
    query_bind(query, 2, cursor->number);
    if (*end.name)
        query_bind_text(query, 3, end.name);
    else
        query_bind_octets(query, 3, NULL, 0); /* octets are greater than any text */
    query_bind(query, 4, end.number);
    query_bind(query, 5, before);
    error = query_run(query);
    if (error == 0)
        *records += db_changes(ledger->db);
    *cursor = end;
    return error;
}

int prune_tick(struct ledger *ledger, struct job *job)
{
    const struct tick_request *request = (const void *)job->request;
    const struct spool_options *options = &ledger->options;
    int64_t before = request->now - options->text_keep_ms;
    uint64_t *records = &job->result.records;
    int error = oldest_remove(ledger, QUERY_MESSAGE_PRUNE, before, records);

    messages_forget(ledger);
    if (error == 0) /* those of no message; where there is none at all, each */
        error = window_remove(ledger, QUERY_SUBMITTED_SLICE, QUERY_SUBMITTED_PRUNE,
                              &ledger->submitted, (int64_t)SPOOL_ID_MAX - 1, records);
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
                              &ledger->conversations, before, records);
    if (error == 0)
        error = window_remove(ledger, QUERY_EVENT_SLICE, QUERY_EVENT_PRUNE, &ledger->events,
                              request->now, records);
    if (error == 0)
        error = ledger_answered_note(ledger, request->now);
    return error < 0 ? error : export_due(ledger, request->wall);
}
