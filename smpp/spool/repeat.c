/* Repetitions told from repeated words; see repeat.h. */
#include "smpp/spool/repeat.h"

#include <string.h>

#include "smpp/spool/digest.h"
#include "smpp/spool/ledger.h"

/* Without a secret, for all smppd must come to the same; what is looked for here is keyed. */
uint64_t spool_likeness(const struct spool_reply *reply)
{
    static const uint8_t open[16];
    const char *mobile = reply->mobile ? reply->mobile : "", *code = reply->code ? reply->code : "";
    uint64_t parts[] = {
        digest_of(open, reply->octets.at, reply->octets.length),
        digest_of(open, mobile, strlen(mobile)),
        digest_of(open, code, strlen(code)),
        (uint64_t)reply->data_coding << 32 | reply->ref,
        (uint64_t)reply->total << 32 | reply->seq,
    };
    uint64_t likeness;

    if (reply->data_coding == SPOOL_WIPED && reply->octets.length == sizeof likeness) {
        memcpy(&likeness, reply->octets.at, sizeof likeness);
        return likeness;
    }
    return digest_of(open, parts, sizeof parts);
}

int64_t repeat_digest(const struct ledger *ledger, uint64_t likeness)
{
    return (int64_t)digest_of(ledger->secret, &likeness, sizeof likeness);
}

/* Its repetition may still come, or came in between. A response not yet written is no reason in
 * itself: a person's two equal answers may come in one segment. Only where the SMSC has waited long
 * enough to give up does it repeat. */
static bool in_doubt(const struct ledger *ledger, const struct repeat *repeat, uint64_t id,
                     int64_t doubt, int64_t received)
{
    return doubt == 1 ||
           (doubt == 0 && id > atomic_load(&ledger->answered) &&
            repeat->received - received >= REPEAT_UNANSWERED_MS) ||
           (doubt > repeat->received && repeat->elsewhere);
}

/* Since that part came, another number of its reference was given to other words: it belongs to an
 * answer before this one. What came long before or after either of the two is not looked at. */
static bool is_begun_anew(const struct ledger *ledger, const struct repeat *repeat, uint64_t part)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_BEGUN_ANEW);
    int stepped;

    query_bind(query, 1, (int64_t)part);
    query_bind(query, 2, (int64_t)ledger->counts.last_reply);
    query_bind(query, 3, repeat->received);
    stepped = query_step(query);
    query_end(query);
    return stepped == 1;
}

/* Columns: id, total, arrival, smsc_id, doubt, received, original, original of that. */
static bool is_repetition(const struct ledger *ledger, const struct repeat *repeat,
                          struct query *query, struct repeat_of *of)
{
    const char *smsc_id = query_text(query, 3);
    int64_t doubt = query_number(query, 4), original = query_number(query, 6);

    of->id = (uint64_t)query_number(query, 0);
    of->original = original > 0 ? (uint64_t)original : of->id;
    of->standing = query_number(query, 7);
    of->received = query_number(query, 5);
    of->doubt = in_doubt(ledger, repeat, of->id, doubt, of->received);
    of->sure =
        (doubt == repeat->received && repeat->elsewhere) ||
        (repeat->arrival != 0 && (uint64_t)query_number(query, 2) == repeat->arrival) ||
        (*smsc_id && strcmp(smsc_id, repeat->smsc_id) == 0) ||
        (query_number(query, 1) > 1 && (of->doubt || !is_begun_anew(ledger, repeat, of->original)));
    return of->sure || of->doubt;
}

int repeat_find(struct ledger *ledger, const struct repeat *repeat, struct repeat_of *of)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_BY_DIGEST);
    int64_t since = repeat->received - ledger->options.repeat_ms;
    int stepped;

    query_bind(query, 1, repeat->digest);
    query_bind_text(query, 2, repeat->mobile);
    query_bind_text(query, 3, repeat->code);
    query_bind(query, 4, since > repeat->after ? since : repeat->after + 1);
    query_bind(query, 5, repeat->received - repeat->elsewhere); /* two never repeat each other */
    query_bind(query, 6, repeat->id ? (int64_t)repeat->id : INT64_MAX);
    while ((stepped = query_step(query)) == 1)
        if (is_repetition(ledger, repeat, query, of))
            break;
    query_end(query);
    return stepped;
}

int repeat_settle(struct ledger *ledger, uint64_t id, int64_t received)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_SETTLE_DOUBT);

    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, received);
    return query_run(query);
}
