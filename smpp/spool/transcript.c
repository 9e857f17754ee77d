/* What a session's box shows: conversations and events, for the refill of memcached. */
#include "smpp/spool/transcript.h"

#include <string.h>

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/twin.h"

enum { SESSION_NAME_COLUMN = 2, EVENTS_OF_ONE = 1 << 20 };

void sessions_forget(struct ledger *ledger)
{
    for (int i = 0; i < LEDGER_SESSIONS; i++)
        ledger->session[i].number = 0;
}

/* The number of its row, which is made where there is none: as a rule, for those that were written
 * to lately are remembered. */
static int session_find(struct ledger *ledger, const char *name, int64_t *number)
{
    struct query *query = db_query(ledger->db, QUERY_SESSION_PUT);
    int found, error;

    query_bind_text(query, 1, name);
    error = query_run(query);
    if (error < 0)
        return error;
    *number = db_last_id(ledger->db);
    if (db_changes(ledger->db) == 1)
        return 0;
    query = db_query(ledger->db, QUERY_SESSION_BY_NAME);
    query_bind_text(query, 1, name);
    found = query_step(query);
    if (found == 1)
        *number = query_number(query, 0);
    query_end(query);
    return found < 0 ? found : 0;
}

/* Two that share a place look for their numbers by turns. */
static struct session_place *place_of(struct ledger *ledger, const char *name)
{
    unsigned hash = 0;

    for (; *name; name++)
        hash = hash * 31 + (unsigned char)*name;
    return &ledger->session[hash % LEDGER_SESSIONS];
}

/* The same: a message's conversation and events come soon one after the other. */
static int session_number(struct ledger *ledger, const char *name, int64_t *number)
{
    struct session_place *place = place_of(ledger, name);
    int error = 0;

    if (place->number == 0 || strcmp(place->name, name) != 0) {
        place->number = 0;
        error = session_find(ledger, name, &place->number);
        strcpy(place->name, name); /* the shape bounds it */
    }
    *number = place->number;
    return error;
}

int conversation_row_put(struct ledger *ledger, const struct spool_conversation *conversation)
{
    struct query *query = db_query(ledger->db, QUERY_CONVERSATION_PUT);
    int64_t session = 0;
    int error = session_number(ledger, conversation->session, &session);

    if (error < 0)
        return error;
    record_bind(&CONVERSATION_RECORD, query, conversation);
    query_bind(query, SESSION_NAME_COLUMN, session); /* in the place of the name */
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
    int64_t session = 0;
    int error = session_number(ledger, event->session, &session);

    if (error < 0)
        return error;
    record_bind(&EVENT_RECORD, query, event);
    query_bind(query, 1, session * EVENTS_OF_ONE + event->n); /* in the place of the name */
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
