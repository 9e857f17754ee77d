/* What a session's box shows: conversations and events, for the refill of memcached. */
#include "smpp/spool/transcript.h"

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/twin.h"

int conversation_row_put(struct ledger *ledger, const struct spool_conversation *conversation)
{
    struct query *query = db_query(ledger->db, QUERY_CONVERSATION_PUT);

    record_bind(&CONVERSATION_RECORD, query, conversation);
    return query_run(query);
}

int conversation_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_conversation *conversation = (const void *)job->request;

    job->result.conversation = conversation->id;
    return conversation_row_put(ledger, conversation);
}

int event_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_event *event = (const void *)job->request;
    struct query *query = db_query(ledger->db, QUERY_EVENT_PUT);

    record_bind(&EVENT_RECORD, query, event);
    return query_run(query);
}

int session_wipe(struct ledger *ledger, struct job *job)
{
    static const enum query_name WIPES[] = {QUERY_EVENT_WIPE, QUERY_REPLY_WIPE,
                                            QUERY_CONVERSATION_WIPE};
    const struct session_request *request = (const void *)job->request;
    int error = reply_wipe_open(ledger, request->session);

    for (size_t i = 0; error == 0 && i < sizeof WIPES / sizeof WIPES[0]; i++) {
        struct query *query = db_query(ledger->db, WIPES[i]);

        query_bind_text(query, 1, request->session);
        error = query_run(query);
        job->result.records += db_changes(ledger->db);
    }
    return error;
}
