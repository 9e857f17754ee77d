/* Messages to mobiles: kept once by key and nonce, then one state for each part. */
#include "smpp/spool/message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "smpp/spool/digest.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/receipt.h"
#include "smpp/spool/transcript.h"

/* How far a part has come: a message is as far as its last part. */
static const unsigned ADVANCE[] = {
    [SPOOL_QUEUED] = 0,          [SPOOL_IN_DOUBT] = 1,  [SPOOL_IN_FLIGHT] = 2,
    [SPOOL_IN_FLIGHT_AGAIN] = 3, [SPOOL_SUBMITTED] = 4, [SPOOL_WAITING] = 5,
    [SPOOL_UNKNOWN] = 6,         [SPOOL_DELIVERED] = 7, [SPOOL_FAILED] = 8,
};

enum spool_state message_state_of(uint64_t states, unsigned part)
{
    return (enum spool_state)(states >> (MESSAGE_PART_BITS * (part - 1)) & MESSAGE_PART_MASK);
}

static uint64_t state_put(uint64_t states, unsigned part, enum spool_state state)
{
    unsigned shift = MESSAGE_PART_BITS * (part - 1);

    return (states & ~((uint64_t)MESSAGE_PART_MASK << shift)) | (uint64_t)state << shift;
}

/* What stands after old was told next. */
static enum spool_state message_state_next(enum spool_state old, enum spool_state next)
{
    if (old == SPOOL_DELIVERED || old == SPOOL_FAILED)
        return old;
    /* What the SMSC has said is not unsaid by a time-out or by an older answer. */
    if (old >= SPOOL_SUBMITTED && next < SPOOL_SUBMITTED)
        return old;
    if (old == SPOOL_WAITING && next == SPOOL_SUBMITTED)
        return old;
    return next;
}

enum spool_state message_state_whole(uint64_t states, unsigned parts)
{
    enum spool_state whole = SPOOL_DELIVERED;

    for (unsigned part = 1; part <= parts; part++) {
        enum spool_state state = message_state_of(states, part);

        if (state == SPOOL_FAILED)
            return state;
        if (ADVANCE[state] < ADVANCE[whole])
            whole = state;
    }
    return whole;
}

static bool is_settled(uint64_t states, unsigned parts)
{
    for (unsigned part = 1; part <= parts; part++)
        if (message_state_of(states, part) < SPOOL_SUBMITTED)
            return false;
    return true;
}

/* What the indexes hold of a message's key and nonce. */
struct claims {
    bool has_key, has_nonce;
    uint8_t key[CLAIM_SIZE], nonce[CLAIM_SIZE];
};

/* None is NULL, of which there may be many and which equals nothing. */
static void claim_bind(struct query *query, int nth, bool has, const uint8_t claim[CLAIM_SIZE])
{
    if (has)
        query_bind_octets(query, nth, claim, CLAIM_SIZE);
    else
        query_bind_text(query, nth, NULL);
}

static void claims_make(const struct ledger *ledger, const struct spool_message *message,
                        struct claims *claims)
{
    claims->has_key = *message->key != '\0';
    claims->has_nonce = *message->nonce != '\0';
    digest_claim(ledger->secret, message->session, message->key, claims->key);
    digest_claim(ledger->secret, "", message->nonce, claims->nonce);
}

/* Tells the first answer to a key kept before; 1 where there was one. */
static int key_find(struct ledger *ledger, struct job *job, const struct claims *claims)
{
    struct query *query = db_query(ledger->db, QUERY_MESSAGE_BY_KEY);
    struct spool_result *result = &job->result;
    int found;

    claim_bind(query, 1, claims->has_key, claims->key);
    found = query_step(query);
    if (found == 1) {
        result->verdict = SPOOL_KNOWN;
        result->message = (uint64_t)query_number(query, 0);
        result->conversation = (uint64_t)query_number(query, 1);
        job_tell_code(job, query_text(query, 2));
        result->parts = (unsigned)query_number(query, 3);
        result->until = query_number(query, 4);
        ledger->counts.known++;
    }
    query_end(query);
    return found;
}

int message_ask(struct ledger *ledger, struct job *job)
{
    const struct key_request *request = (const void *)job->request;
    struct claims claims = {.has_key = true};
    int found;

    digest_claim(ledger->secret, request->session, request->key, claims.key);
    found = key_find(ledger, job, &claims);
    if (found == 0)
        job->result.error = -ENOENT;
    return found < 0 ? found : 0;
}

/* The first answer to a key kept before, or the nonce that stood in the way. */
static int message_known(struct ledger *ledger, struct job *job, const struct claims *claims)
{
    struct spool_result *result = &job->result;
    struct query *query;
    int found = key_find(ledger, job, claims);

    if (found != 0)
        return found < 0 ? found : 0;
    query = db_query(ledger->db, QUERY_MESSAGE_BY_NONCE);
    claim_bind(query, 1, claims->has_nonce, claims->nonce);
    found = query_step(query);
    query_end(query);
    if (found == 1)
        result->verdict = SPOOL_NONCE_USED;
    else if (found == 0)
        result->error = -EEXIST;
    return found < 0 ? found : 0;
}

/* The conversation that the message opens is on disk with it, or neither is. */
static int conversation_open(struct ledger *ledger, const struct spool_message *message)
{
    struct spool_conversation row = {
        .id = message->conversation,
        .session = message->session,
        .mobile = message->mobile,
        .code = message->code,
        .name = message->name,
        .until = message->until,
        .last = message->accepted,
        .unanswered = 1,
    };

    return conversation_row_put(ledger, &row);
}

void messages_forget(struct ledger *ledger)
{
    for (int i = 0; i < LEDGER_MESSAGES; i++)
        ledger->message[i].id = 0;
}

/* Two that share a place are read by turns. */
static struct message_place *place_of(struct ledger *ledger, uint64_t id)
{
    return &ledger->message[(id * UINT64_C(0x9E3779B97F4A7C15) >> 32) % LEDGER_MESSAGES];
}

static void message_tell(struct job *job, const struct message_place *row)
{
    struct spool_result *result = &job->result;

    result->message = row->id;
    result->conversation = row->conversation;
    result->parts = row->parts;
    result->state = message_state_whole(row->states, row->parts);
    job_tell_session(job, row->session);
    job_tell_reason(job, row->reason);
}

/* What comes of a message comes soon, as a rule. */
static const struct message_place *
message_remember(struct ledger *ledger, const struct spool_message *message, uint64_t states)
{
    struct message_place *place = place_of(ledger, message->id);

    place->id = message->id;
    place->states = states;
    place->conversation = message->conversation;
    place->parts = message->parts;
    place->open = true;
    strcpy(place->session, message->session); /* the shape bounds it */
    place->reason[0] = '\0';
    return place;
}

int message_keep(struct ledger *ledger, struct job *job)
{
    const struct spool_message *message = (const void *)job->request;
    struct query *query = db_query(ledger->db, QUERY_MESSAGE_KEEP);
    struct claims claims;
    uint64_t states = 0;
    int next, error;

    for (unsigned part = 1; part <= message->in_flight; part++)
        states = state_put(states, part, SPOOL_IN_FLIGHT);
    next = record_bind(&MESSAGE_RECORD, query, message);
    query_bind(query, next, (int64_t)states);
    claims_make(ledger, message, &claims);
    claim_bind(query, next + 1, claims.has_key, claims.key);
    claim_bind(query, next + 2, claims.has_nonce, claims.nonce);
    error = query_run(query);
    if (error < 0)
        return error;
    if (db_changes(ledger->db) == 0)
        return message_known(ledger, job, &claims);
    job->result.verdict = SPOOL_KEPT;
    job->result.until = message->until;
    job_tell_code(job, message->code);
    message_tell(job, message_remember(ledger, message, states));
    ledger->counts.kept++;
    return message->opens ? conversation_open(ledger, message) : 0;
}

/* Nothing of a settled one has to be sent any more. */
static int states_put(struct ledger *ledger, struct message_place *row)
{
    bool settle = row->open && is_settled(row->states, row->parts);
    struct query *query =
        db_query(ledger->db, settle ? QUERY_MESSAGE_SETTLE : QUERY_MESSAGE_STATES_PUT);

    row->open &= !settle;
    query_bind(query, 1, (int64_t)row->id);
    query_bind(query, 2, (int64_t)row->states);
    query_bind_text(query, 3, row->reason);
    return query_run(query);
}

/* A message's row, remembered or read: 1 with *place, 0 or an error. */
static int message_find(struct ledger *ledger, uint64_t id, struct message_place **place)
{
    struct message_place *row = *place = place_of(ledger, id);
    struct query *query;
    int found;

    if (row->id == id)
        return 1;
    query = db_query(ledger->db, QUERY_MESSAGE_STATES);
    query_bind(query, 1, (int64_t)id);
    found = query_step(query);
    if (found == 1) {
        row->id = id;
        row->states = (uint64_t)query_number(query, 0);
        row->parts = (unsigned)query_number(query, 1);
        row->conversation = (uint64_t)query_number(query, 2);
        snprintf(row->session, sizeof row->session, "%s", query_text(query, 3));
        snprintf(row->reason, sizeof row->reason, "%s", query_text(query, 4));
        row->open = query_number(query, 5) != 0;
    }
    query_end(query);
    return found;
}

static uint64_t states_move(uint64_t states, unsigned first, unsigned last, enum spool_state state)
{
    for (unsigned part = first; part <= last; part++)
        states = state_put(states, part, message_state_next(message_state_of(states, part), state));
    return states;
}

int message_move(struct ledger *ledger, struct job *job, uint64_t message, unsigned part,
                 enum spool_state state, const char *reason)
{
    struct spool_result *result = &job->result;
    struct message_place *row;
    uint64_t old;
    int found = message_find(ledger, message, &row);

    if (found == 0 || (found == 1 && part > row->parts))
        result->error = -ENOENT;
    if (found < 0 || result->error < 0)
        return found < 0 ? found : 0;
    old = row->states;
    row->states = states_move(old, part ? part : 1, part ? part : row->parts, state);
    result->part = part;
    result->part_state = message_state_of(row->states, part ? part : 1);
    if (row->states != old && result->part_state == state)
        strcpy(row->reason, reason); /* the shape bounds it */
    message_tell(job, row);
    return row->states == old ? 0 : states_put(ledger, row);
}

static int way_put(struct ledger *ledger, const struct spool_part *part)
{
    struct query *query = db_query(ledger->db, QUERY_MESSAGE_WAY_PUT);

    query_bind(query, 1, (int64_t)part->message);
    query_bind(query, 2, part->way);
    return query_run(query);
}

int message_part_state(struct ledger *ledger, struct job *job)
{
    const struct spool_part *part = (const void *)job->request;
    enum spool_state state = part->state;
    char early[SPOOL_REASON_MAX + 1];
    const char *reason = part->reason;
    int error = part->way ? way_put(ledger, part) : 0;

    if (error < 0)
        return error;
    if (state == SPOOL_SUBMITTED && *part->smsc_id) {
        error = receipt_claim(ledger, part, &state, early, sizeof early);
        if (error < 0)
            return error;
        if (state != part->state)
            reason = early;
    }
    return message_move(ledger, job, part->message, part->part, state, reason);
}
