/* What becomes of a row of the spool: into memory at the start, into memcached after a loss; see
 * refill.h. */
#include "smpp/switch/refill_inner.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/storer/refill_job.h"
#include "smpp/switch/closing.h"
#include "smpp/wire/copy.h"

static struct route route_of_row(const struct spool_conversation *row)
{
    struct route route = {.until = row->until, .last = row->last};
    conversation_hex(route.conversation, row->id);
    copy_put(route.code, sizeof route.code, row->code);
    copy_put(route.session, sizeof route.session, row->session);
    copy_put(route.name, sizeof route.name, row->name);
    return route;
}

static void conversation_found(struct switchboard *sb, const struct spool_conversation *row)
{
    struct route route = route_of_row(row);
    if (row->ended || !switch_is_mobile(row->mobile))
        return;
    /* One whose time passed while we were away is here too: it ends at the next tick. */
    struct conversation *conversation = conversation_put(&sb->conversations, row->mobile, &route);
    if (!conversation)
        return;
    conversation->unanswered = row->unanswered;
    conversation_more(conversation, row);
}

/* While we were down, and memcached lost all, somebody else was given its pair. */
static void pair_is_taken(void *ctx, const char *id)
{
    struct switchboard *sb = ctx;
    struct conversation *conversation =
        conversation_find(&sb->conversations, conversation_unhex(id));
    if (conversation && !conversation->over && conversation->until > switch_now(sb))
        closing_taken(sb, conversation);
}

void refill_conversation(struct switchboard *sb, const struct spool_conversation *row)
{
    const struct conversation *mine = conversation_find(&sb->conversations, row->id);
    struct conversation kept = {.until = row->until, .last = row->last};
    if (!switch_is_mobile(row->mobile))
        return;
    conversation_more(&kept, row);
    if (!mine) /* else memory may be ahead of the disk */
        mine = &kept;
    struct refill_route known = {
        .mobile = row->mobile,
        .route = route_of_row(row),
        .shown = session_find(&sb->conversations, row->session) != NULL,
        .unanswered = row->unanswered,
        .instance = sb->conf->instance,
        .given = mine->given,
        .answers = CONVERSATION_GIVEN,
        .taken = pair_is_taken,
        .ctx = sb,
    };
    known.route.until = mine->until;
    known.route.last = mine->last;
    known.route.answered = mine->answered;
    known.route.ended = mine->over || (mine == &kept && row->ended);
    /* One that stands as it was opened may have been handed over; it matters if
     * another's is there. */
    bool handed = row->more.length == 0 || mine->handed;
    known.route.seen = mine->last + (handed ? SWITCH_SEEN_MS : -SWITCH_GUARD_MS);
    if (refill_put_route(sb->storer, &known, switch_now(sb), sb->conf->memory_ms) < 0)
        log_error("SD0341", "a conversation could not be put back into memcached");
}

/* Its visitor wiped all, for else it has a name; another smppd may still hold what lived then: who
 * was down has not heard of it, and memcached has lost that too. */
static bool is_wiped_lately(const struct switchboard *sb, const struct spool_conversation *row)
{
    return row->ended && !*row->name && row->until + 2 * sb->conf->conversation_ms > switch_now(sb);
}

void refill_lines_flush(struct switchboard *sb)
{
    struct lines *lines = sb->refill.lines;
    sb->refill.lines = NULL;
    if (lines && refill_put_lines(sb->storer, lines, switch_now(sb)) < 0)
        log_error("SD0342", "a transcript could not be put back into memcached");
}

static void event_row(struct switchboard *sb, const struct spool_event *row)
{
    struct refill *refill = &sb->refill;
    struct session *session = session_find(&sb->conversations, row->session);
    if (!session)
        return;
    if (row->n > session->last)
        session->last = row->n;
    if (refill->step == REFILL_READING)
        return;
    session->lost = true;
    if (refill->lines && strcmp(refill->lines->session, row->session) != 0)
        refill_lines_flush(sb);
    if (!refill->lines)
        refill->lines = lines_new(row->session);
    if (!refill->lines || lines_add(refill->lines, row->line) < 0)
        log_error("SD0343", "out of memory: an event is not put back");
}

/* A message of the last run. What was in flight then is in doubt now: a visitor's goes once more, a
 * notice does not. */
static void message_row(struct switchboard *sb, const struct spool_message *row)
{
    struct spool_message message = *row;
    unsigned to_send = 0;
    char *composed = strndup(row->prepared.at, row->prepared.length);
    for (unsigned part = 0; part < message.parts; part++) {
        uint8_t *state = &message.state[part];
        bool once_more = *state == SPOOL_IN_FLIGHT && row->kind == SPOOL_VISITOR;
        to_send += *state < SPOOL_IN_FLIGHT || *state == SPOOL_IN_DOUBT || once_more;
        if (*state != SPOOL_IN_FLIGHT && *state != SPOOL_IN_FLIGHT_AGAIN)
            continue;
        struct spool_part settled = {.message = row->id,
                                     .part = part + 1,
                                     .state = once_more ? SPOOL_IN_DOUBT : SPOOL_UNKNOWN,
                                     .now = switch_now(sb)};
        counter_add(COUNTER_SUBMITS_IN_DOUBT, 1);
        if (spool_part_state(sb->spool, &settled, (struct spool_done){0}) < 0)
            log_warning("SD0344", "the spool takes no more at the start");
        *state = (uint8_t)settled.state;
    }
    if (to_send && row->kind == SPOOL_VISITOR)
        send_recall(sb, row);
    struct outgoing *outgoing =
        composed && to_send ? outgoing_new(&sb->outbox, row->mobile, row->code, composed) : NULL;
    if (outgoing)
        outbox_add(sb, &message, outgoing);
    else if (to_send)
        log_error("SD0301", "out of memory: the message waits in the spool until a restart");
    free(composed);
}

/* What the last run had on disk, but perhaps not on the page any more. */
static void settled_row(struct switchboard *sb, const struct spool_settled *row)
{
    struct spool_result result = {.message = row->id,
                                  .conversation = row->conversation,
                                  .session = row->session,
                                  .reason = row->reason,
                                  .state = row->state,
                                  .part_state = row->state};
    if (conversation_find(&sb->conversations, row->conversation))
        delivery_tell(sb, &result);
}

void refill_row(void *ctx, const struct spool_row *row)
{
    struct switchboard *sb = ctx;
    sb->refill.rows++;
    switch (row->scan) {
    case SPOOL_SCAN_CONVERSATIONS:
        if (sb->refill.step == REFILL_READING) {
            conversation_found(sb, &row->conversation);
            break;
        }
        refill_conversation(sb, &row->conversation);
        if (is_wiped_lately(sb, &row->conversation))
            closing_tell(sb, row->conversation.session);
        break;
    case SPOOL_SCAN_OPTOUTS:
        optouts_found(sb, &row->optout, sb->refill.step == REFILL_FILLING);
        break;
    case SPOOL_SCAN_NOTICES:
        notice_sent(&sb->notices, row->notice.mobile, row->notice.at);
        break;
    case SPOOL_SCAN_EVENTS:
        event_row(sb, &row->event);
        break;
    case SPOOL_SCAN_MESSAGES:
        message_row(sb, &row->message);
        break;
    case SPOOL_SCAN_SETTLED:
        settled_row(sb, &row->settled);
        break;
    case SPOOL_SCAN_REPLIES:
        answers_found(sb, &row->reply, true);
        break;
    case SPOOL_SCAN_EARLY:
        strays_found(sb, &row->early);
        break;
    }
}
