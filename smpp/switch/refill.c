/* Reads the spool's tables one after the other; see refill.h. */
#include "smpp/switch/refill.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/storer/refill_job.h"
#include "smpp/switch/switchboard.h"

/* Another daemon looks at memcached once a second and then needs a moment. */
enum { GAPS_MS = 4000 };

/* The order matters: conversations first, for the others ask whether their session lives. */
static const enum spool_scan at_start[] = {
    SPOOL_SCAN_CONVERSATIONS, SPOOL_SCAN_OPTOUTS,  SPOOL_SCAN_NOTICES, SPOOL_SCAN_EVENTS,
    SPOOL_SCAN_SETTLED,       SPOOL_SCAN_MESSAGES, SPOOL_SCAN_REPLIES, SPOOL_SCAN_EARLY};
static const enum spool_scan at_loss[] = {SPOOL_SCAN_CONVERSATIONS, SPOOL_SCAN_OPTOUTS,
                                          SPOOL_SCAN_EVENTS};

bool refill_is_read(const struct switchboard *sb)
{
    return sb->refill.step != REFILL_READING;
}

/* ---- one row ---- */

static void conversation_found(struct switchboard *sb, const struct spool_conversation *row)
{
    struct conversation_facts facts = {
        .id = row->id,
        .session = row->session,
        .mobile = row->mobile,
        .code = row->code,
        .name = row->name,
        .until = row->until,
        .last = row->last,
    };
    if (row->ended || !switch_is_mobile(row->mobile))
        return;
    /* One whose time passed while we were away is here too: it ends at the next tick. */
    struct conversation *conversation = conversation_put(&sb->conversations, &facts);
    if (!conversation)
        return;
    conversation->unanswered = row->unanswered;
    conversation_more(conversation, row);
}

static void conversation_fill(struct switchboard *sb, const struct spool_conversation *row)
{
    const struct session *session = session_find(&sb->conversations, row->session);
    const struct conversation *mine = conversation_find(&sb->conversations, row->id);
    struct conversation kept = {.until = row->until, .last = row->last};
    if (!switch_is_mobile(row->mobile))
        return;
    conversation_more(&kept, row);
    if (!mine) /* else memory may be ahead of the disk */
        mine = &kept;
    bool ended = mine->over || (mine == &kept && row->ended);
    struct route route = {
        .until = mine->until, .last = mine->last, .answered = mine->answered, .ended = ended};
    struct transcript_conversation line = {
        .until = mine->until, .unanswered = (int)row->unanswered, .ended = ended};
    conversation_hex(route.conversation, row->id);
    (void)snprintf(route.code, sizeof route.code, "%s", row->code);
    (void)snprintf(route.session, sizeof route.session, "%s", row->session);
    (void)snprintf(route.name, sizeof route.name, "%s", row->name);
    memcpy(line.id, route.conversation, sizeof line.id);
    memcpy(line.code, route.code, sizeof line.code);
    memcpy(line.name, route.name, sizeof line.name);
    (void)snprintf(line.to, sizeof line.to, "%s", row->mobile);
    /* One that stands as it was opened may have been handed over; it matters if
     * another's is there. */
    bool handed = row->more.length == 0 || mine->handed;
    route.seen = mine->last + (handed ? SWITCH_SEEN_MS : -SWITCH_GUARD_MS);
    struct refill_given given = {
        .instance = sb->conf->instance, .digest = mine->given, .count = CONVERSATION_GIVEN};
    if (refill_put_route(sb->storer, row->mobile, &route, &given, session ? &line : NULL,
                         session ? row->session : NULL, switch_now(sb), sb->conf->memory_ms) < 0)
        log_error("SD0341", "a conversation could not be put back into memcached");
}

static void lines_flush(struct switchboard *sb)
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
        lines_flush(sb);
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
    if (composed && to_send)
        (void)outbox_add(sb, &message, composed); /* told there */
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

static void row_take(void *ctx, const struct spool_row *row)
{
    struct switchboard *sb = ctx;
    sb->refill.rows++;
    switch (row->scan) {
    case SPOOL_SCAN_CONVERSATIONS:
        if (sb->refill.step == REFILL_READING)
            conversation_found(sb, &row->conversation);
        else
            conversation_fill(sb, &row->conversation);
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

/* ---- one table after the other ---- */

static void scan_done(void *ctx, const struct spool_result *result);

/* Ids begin with the time: messages of live conversations have greater ones than the oldest of
 * those. */
static uint64_t before_the_live(const struct switchboard *sb)
{
    uint64_t least = INT64_MAX;
    const struct due *all = &sb->conversations.due;
    for (unsigned i = 0; i < all->count; i++)
        if (all->at[i]->id < least)
            least = all->at[i]->id;
    return least;
}

static int scan_next(struct switchboard *sb)
{
    bool start = sb->refill.step == REFILL_READING;
    enum spool_scan scan = start ? at_start[sb->refill.scan] : at_loss[sb->refill.scan];
    /* What another smppd has shown meanwhile, or a visitor wiped, is not shown again. */
    if (start && scan == SPOOL_SCAN_SETTLED && !sb->strays.asked && strays_look(sb))
        return 0;
    struct spool_reader reader = {.row = row_take, .done = {scan_done, sb}};
    if (scan == SPOOL_SCAN_SETTLED)
        reader.after = before_the_live(sb);
    return spool_scan(sb->spool, scan, "", &reader);
}

static void filling_begin(struct switchboard *sb)
{
    struct refill *refill = &sb->refill;
    refill->lost = false;
    refill->step = REFILL_FILLING;
    refill->scan = 0;
    refill->rows = 0;
    refill->since = clock_us();
    if (scan_next(sb) < 0) { /* the spool is full: the storer finds memcached empty again */
        refill->step = REFILL_IDLE;
        refill->lost = true;
    }
}

static void filling_over(struct switchboard *sb)
{
    lines_flush(sb);
    storer_filled(sb->storer);
    sb->refill.filled_at = switch_now(sb);
    counter_add(COUNTER_REFILLS, 1);
    log_notice("SD0345", "memcached is filled from the spool: rows=%llu ms=%lld",
               (unsigned long long)sb->refill.rows,
               (long long)((clock_us() - sb->refill.since) / 1000));
}

/* The last table is read. */
static void scans_over(struct switchboard *sb)
{
    struct refill *refill = &sb->refill;
    if (refill->step == REFILL_FILLING)
        filling_over(sb);
    else
        log_info("SD0347", "read back from the spool: rows=%llu conversations=%u messages=%u",
                 (unsigned long long)refill->rows, sb->conversations.ids.count, sb->outbox.count);
    refill->step = REFILL_IDLE;
    if (refill->lost)
        filling_begin(sb);
    sends_go(sb);
    outbox_run(sb);
}

static void scan_done(void *ctx, const struct spool_result *result)
{
    struct switchboard *sb = ctx;
    struct refill *refill = &sb->refill;
    size_t scans = refill->step == REFILL_READING ? sizeof at_start / sizeof *at_start
                                                  : sizeof at_loss / sizeof *at_loss;
    if (result->error == -ECANCELED)
        return;
    if (result->error < 0) /* one table cannot be read: the others may */
        log_error("SD0346", "the spool cannot be read back: table=%u error=%s", refill->scan,
                  strerror(-result->error));
    if (++refill->scan == scans || scan_next(sb) < 0)
        scans_over(sb);
}

void refill_strays_are_read(struct switchboard *sb)
{
    if (sb->refill.step == REFILL_READING && scan_next(sb) < 0)
        scans_over(sb);
}

int refill_start(struct switchboard *sb)
{
    sb->refill = (struct refill){.step = REFILL_READING};
    return scan_next(sb);
}

void refill_end(struct refill *refill)
{
    lines_free(refill->lines);
}

void refill_lost(void *ctx)
{
    struct switchboard *sb = ctx;
    sb->refill.lost = sb->strays.lost = true;
    sb->refill.losses++;
    if (sb->refill.step == REFILL_IDLE)
        filling_begin(sb);
}

/* ---- one session ---- */

struct session_refill {
    struct switchboard *sb;
    struct lines *lines;
};

static void session_line(void *ctx, const struct spool_row *row)
{
    struct session_refill *one = ctx;
    if (lines_add(one->lines, row->event.line) < 0)
        log_error("SD0348", "out of memory: an event is not put back");
}

/* Its events, and behind them the lines of its conversations. */
static void session_done(void *ctx, const struct spool_result *result)
{
    struct session_refill *one = ctx;
    struct switchboard *sb = one->sb;
    char name[ROUTE_ID_ROOM];
    struct conversation *conversation;
    memcpy(name, one->lines->session, sizeof name);
    if (result->error < 0 || refill_put_lines(sb->storer, one->lines, switch_now(sb)) < 0)
        log_error("SD0349", "a transcript could not be put back into memcached");
    if (result->error < 0)
        lines_free(one->lines);
    free(one);
    struct session *session = session_find(&sb->conversations, name);
    if (!session)
        return;
    session->filling = false;
    TAILQ_FOREACH(conversation, &session->own, in_session)
    {
        struct spool_conversation row = conversation_row(conversation, false);
        conversation_fill(sb, &row);
    }
}

void refill_session(struct switchboard *sb, const char *session)
{
    struct session *known = session_find(&sb->conversations, session);
    struct session_refill *one = known && !known->filling ? calloc(1, sizeof *one) : NULL;
    if (!one)
        return;
    one->sb = sb;
    one->lines = lines_new(session);
    struct spool_reader reader = {.row = session_line, .done = {session_done, one}};
    known->lost = known->filling = true;
    if (!one->lines || spool_scan(sb->spool, SPOOL_SCAN_EVENTS, session, &reader) < 0) {
        known->filling = false;
        lines_free(one->lines);
        free(one);
    }
}

bool refill_gaps_are_over(struct switchboard *sb, int64_t now)
{
    if (!sb->refill.filled_at || now < sb->refill.filled_at + GAPS_MS)
        return false;
    sb->refill.filled_at = 0;
    return true;
}
