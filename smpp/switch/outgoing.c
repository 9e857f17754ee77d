/* A message in the outbox: put into its lane, moved on part by part, settled; see outbox.h. */
#include "smpp/switch/switchboard.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/log.h"
#include "smpp/switch/outbox_inner.h"
#include "smpp/wire/copy.h"

static void expiry_put(struct outbox *outbox, struct outgoing *message)
{
    struct outgoing *before = outbox->newest, *next;
    while (before && before->expiry > message->expiry)
        before = TAILQ_PREV(before, outgoing_queue, by_expiry);
    next = before ? TAILQ_NEXT(before, by_expiry) : TAILQ_FIRST(&outbox->expiry);
    for (; next && next->expiry <= message->expiry; next = TAILQ_NEXT(next, by_expiry))
        before = next;
    if (before)
        TAILQ_INSERT_AFTER(&outbox->expiry, before, message, by_expiry);
    else
        TAILQ_INSERT_HEAD(&outbox->expiry, message, by_expiry);
    outbox->newest = message;
}

void outgoing_free(struct outbox *outbox, struct outgoing *message)
{
    struct lane *lane = message->lane;
    TAILQ_REMOVE(&lane->messages, message, in_lane);
    if (outbox->newest == message)
        outbox->newest = TAILQ_PREV(message, outgoing_queue, by_expiry);
    TAILQ_REMOVE(&outbox->expiry, message, by_expiry);
    outbox->count--;
    free(message);
}

/* The first part that still has to go out. */
static unsigned part_next(const struct outgoing *message)
{
    unsigned part = 0;
    while (part < message->parts && message->state[part] >= SPOOL_SUBMITTED)
        part++;
    return part;
}

struct outgoing *outgoing_new(struct outbox *outbox, const char *mobile, const char *code,
                              const char *composed)
{
    size_t size = strlen(composed) + 1;
    struct lane *lane = lane_new(outbox, mobile, code);
    struct outgoing *outgoing = lane ? calloc(1, sizeof *outgoing + size) : NULL;
    if (!outgoing) {
        free(lane);
        return NULL;
    }
    outgoing->lane = lane;
    memcpy(outgoing->text, composed, size);
    return outgoing;
}

void outgoing_drop(struct outgoing *outgoing)
{
    if (outgoing)
        free(outgoing->lane);
    free(outgoing);
}

void outbox_add(struct switchboard *sb, const struct spool_message *message,
                struct outgoing *outgoing)
{
    struct outbox *outbox = &sb->outbox;
    struct lane *lane = outgoing->lane = lane_take(outbox, outgoing->lane);
    outgoing->id = message->id;
    outgoing->conversation = message->conversation;
    outgoing->kind = message->kind;
    outgoing->parts = message->parts;
    outgoing->way = message->way;
    outgoing->reference = message->concat_ref;
    outgoing->expiry = message->expiry;
    copy_put(outgoing->session, sizeof outgoing->session, message->session);
    memcpy(outgoing->state, message->state, sizeof outgoing->state);
    outgoing->part = part_next(outgoing);
    outgoing->committed = message->in_flight > 0;
    TAILQ_INSERT_TAIL(&lane->messages, outgoing, in_lane);
    expiry_put(outbox, outgoing);
    outbox->count++;
    if (lane->state == LANE_IDLE)
        lane_move(outbox, lane, LANE_READY);
}

/* ---- what became of it ---- */

void outbox_told(void *ctx, const struct spool_result *result)
{
    struct switchboard *sb = ctx;
    if (result->error == 0)
        delivery_tell(sb, result);
}

void part_settle(struct switchboard *sb, uint64_t message, unsigned part, enum spool_state state,
                 const char *reason)
{
    struct spool_part row = {
        .message = message, .part = part, .state = state, .reason = reason, .now = switch_now(sb)};
    if (spool_part_state(sb->spool, &row, (struct spool_done){outbox_told, sb}) < 0)
        log_error("SD0302", "the spool takes no more: a state is known again after a restart");
}

bool part_is_taken(const struct outgoing *message)
{
    return message->state[message->part] == SPOOL_SUBMITTED;
}

void lane_advance(struct switchboard *sb, struct lane *lane)
{
    struct outgoing *message = TAILQ_FIRST(&lane->messages);
    message->tries = 0;
    message->committed = false;
    message->part = part_next(message);
    if (message->part == message->parts)
        outgoing_free(&sb->outbox, message);
    if (TAILQ_EMPTY(&lane->messages))
        lane_free(&sb->outbox, lane);
    else
        lane_move(&sb->outbox, lane, LANE_READY);
}

void message_fail(struct switchboard *sb, struct outgoing *message, const char *reason)
{
    struct lane *lane = message->lane;
    bool first = message == TAILQ_FIRST(&lane->messages);
    part_settle(sb, message->id, 0, SPOOL_FAILED, reason);
    memset(message->state, SPOOL_FAILED, sizeof message->state);
    if (first)
        lane_advance(sb, lane);
    else
        outgoing_free(&sb->outbox, message);
}
