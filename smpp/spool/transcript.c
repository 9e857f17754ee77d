/* What a session's box shows: conversations and events, for the refill of memcached. */
#include "smpp/spool/transcript.h"

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"

/* Its row, which others refer to by number. */
static int session_put(struct ledger *ledger, const char *name)
{
    struct query *query = db_query(ledger->db, QUERY_SESSION_PUT);

    query_bind_text(query, 1, name);
    return query_run(query);
}

int conversation_row_put(struct ledger *ledger, const struct spool_conversation *conversation)
{
    struct query *query;
    int error = session_put(ledger, conversation->session);

    if (error < 0)
        return error;
    query = db_query(ledger->db, QUERY_CONVERSATION_PUT);
    record_bind(&CONVERSATION_RECORD, query, conversation);
    return query_run(query);
}

int conversation_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_conversation *conversation = (const void *)job->request;

    job->result.conversation = conversation->id;
    return conversation_row_put(ledger, conversation);
}

static int event_put(struct ledger *ledger, const struct spool_event *event)
{
    struct query *query = db_query(ledger->db, QUERY_EVENT_PUT);

    record_bind(&EVENT_RECORD, query, event);
    return query_run(query);
}

int event_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_event *event = (const void *)job->request;
    int error = event_put(ledger, event);

    if (error < 0 || db_changes(ledger->db) > 0)
        return error;
    error = session_put(ledger, event->session);
    return error < 0 ? error : event_put(ledger, event);
}

int session_wipe(struct ledger *ledger, struct job *job)
{
    static const enum query_name WIPES[] = {QUERY_EVENT_WIPE, QUERY_REPLY_WIPE,
                                            QUERY_CONVERSATION_WIPE};
    const struct session_request *request = (const void *)job->request;

    for (size_t i = 0; i < sizeof WIPES / sizeof WIPES[0]; i++) {
        struct query *query = db_query(ledger->db, WIPES[i]);
        int error;

        query_bind_text(query, 1, request->session);
        error = query_run(query);
        if (error < 0)
            return error;
        job->result.records += db_changes(ledger->db);
    }
    return 0;
}
