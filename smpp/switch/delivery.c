/* States of messages after the SMSC took them; see delivery.h. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/pdu/receipt.h"
#include "smpp/pdu/status.h"
#include "smpp/wire/copy.h"

enum {
    RECEIPT_WAIT_MS = 120000, /* without a word for this long: "no confirmation" */
    OVERDUE_A_TICK = 50 /* what a burst left is told of in its own time, not in a burst again */
};

/* One that the visitor knows, whatever an older spool or another smppd may say. */
static const char *reason_known(const char *slug)
{
    static const char *const plain[] = {"not-claro", "unreachable", "expired", "refused",
                                        "opted-out"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (slug && strcmp(slug, plain[i]) == 0)
            return plain[i];
    return "network";
}

/* A code that was handed over is answered with trust once the mobile has seen the new visitor's
 * message. */
static void conversation_seen(struct switchboard *sb, const struct spool_result *result)
{
    char id[CONVERSATION_HEX];
    struct conversation *conversation = conversation_find(&sb->conversations, result->conversation);
    int64_t now = switch_now(sb);
    if (!conversation || !conversation->handed)
        return;
    bool delivered = result->part_state == SPOOL_DELIVERED;
    conversation->handed = !delivered;
    if (delivered)
        conversation_save(sb, conversation, false);
    conversation_hex(id, conversation->id);
    (void)route_move(sb->storer, ROUTE_MOVE_SEEN, conversation->mobile, id,
                     delivered ? now : now + SWITCH_SEEN_MS, now, sb->conf->memory_ms);
}

void delivery_tell(struct switchboard *sb, const struct spool_result *result)
{
    static const char *const word[] = {
        [SPOOL_SUBMITTED] = "accepted",  [SPOOL_WAITING] = "waiting",
        [SPOOL_DELIVERED] = "delivered", [SPOOL_FAILED] = "failed",
        [SPOOL_UNKNOWN] = "unknown",
    };
    if (!result->session || !*result->session ||
        (unsigned)result->state >= sizeof word / sizeof *word)
        return;
    if (result->part_state == SPOOL_SUBMITTED || result->part_state == SPOOL_DELIVERED)
        conversation_seen(sb, result);
    if (!word[result->state])
        return;
    if (result->state == SPOOL_SUBMITTED)
        /* Where there is no room for it, only the words "no confirmation" will be missing. */
        (void)awaited_put(&sb->awaited, result->message, switch_now(sb) + RECEIPT_WAIT_MS);
    else
        awaited_drop(&sb->awaited, result->message);
    bool has_reason = result->state == SPOOL_FAILED;
    transcripts_state(sb, result->session, result->conversation, result->message,
                      word[result->state], has_reason ? reason_known(result->reason) : "");
}

/* ---- receipts ---- */

static void receipt_answer(struct switchboard *sb, struct link *link, uint64_t token,
                           uint32_t status)
{
    if (switch_has_link(sb, link)) /* it may have gone with a reload meanwhile */
        link_answer(link, token, status);
}

/* Where its connection went meanwhile the SMSC sends it again. */
static void persons_deliver(const struct stray *stray)
{
    struct switchboard *sb = stray->sb;
    if (switch_arrival(sb, stray->link, stray->bare->sequence) == stray->arrival)
        answers_deliver(sb, stray->link, stray->bare, stray->token);
}

static void receipt_kept(void *ctx, const struct spool_result *result)
{
    struct stray *stray = ctx;
    struct switchboard *sb = stray->sb;
    bool is_persons = result->error == 0 && result->verdict == SPOOL_PERSONS;
    if (is_persons)
        persons_deliver(stray);
    free(stray->bare);
    stray->bare = NULL;
    if (is_persons) {
        free(stray);
        return;
    }
    counter_add(COUNTER_RECEIPTS, 1);
    receipt_answer(sb, stray->link, stray->token, result->error ? ESME_RX_T_APPN : ESME_ROK);
    if (result->error == 0 && result->verdict == SPOOL_LATER) {
        strays_put(sb, stray);
        return;
    }
    if (result->error == 0)
        delivery_tell(sb, result);
    free(stray);
}

/* What a receipt says, as the spool counts states; QUEUED where it says nothing new. */
static enum spool_state receipt_state(const struct receipt *receipt)
{
    switch (receipt->state) {
    case MESSAGE_DELIVERED:
        return SPOOL_DELIVERED;
    case MESSAGE_EXPIRED:
    case MESSAGE_DELETED:
    case MESSAGE_UNDELIVERABLE:
    case MESSAGE_REJECTED:
        return receipt->final ? SPOOL_FAILED : SPOOL_WAITING; /* only an attempt failed */
    case MESSAGE_ENROUTE:
        return SPOOL_WAITING;
    case MESSAGE_UNKNOWN:
        return SPOOL_UNKNOWN;
    case MESSAGE_STATE_NONE:
    case MESSAGE_ACCEPTED:
        break;
    }
    return SPOOL_QUEUED;
}

static struct stray *stray_new(struct switchboard *sb, struct link *link, uint64_t token,
                               const struct receipt *receipt)
{
    struct stray *stray = calloc(1, sizeof *stray);
    if (!stray)
        return NULL;
    stray->sb = sb;
    stray->link = link;
    stray->token = token;
    stray->state = receipt_state(receipt);
    (void)receipt_id_keys(receipt->id, stray->key); /* none: the first is empty */
    copy_put(stray->smsc, sizeof stray->smsc, switch_link_conf(link)->smsc);
    if (stray->state == SPOOL_FAILED)
        copy_put(stray->reason, sizeof stray->reason, receipt_reason(receipt));
    return stray;
}

static int bare_keep(struct stray *stray, const struct message *message)
{
    stray->bare = malloc(sizeof *stray->bare + message->length);
    if (!stray->bare)
        return -ENOMEM;
    *stray->bare = *message;
    stray->bare->octets = memcpy(stray->bare + 1, message->octets, message->length);
    stray->arrival = switch_arrival(stray->sb, stray->link, message->sequence);
    return 0;
}

static int receipt_keep(struct stray *stray, const struct message *message, bool bare)
{
    struct switchboard *sb = stray->sb;
    struct spool_receipt row = stray_row(stray, switch_now(sb), false);
    char sender[PDU_ADDRESS_MAX + 1];
    if (bare && bare_keep(stray, message) < 0)
        return -ENOMEM;
    row.bare = bare;
    row.mobile = bare && answer_sender(sender, &message->source) ? sender : "";
    int e = spool_receipt(sb->spool, &row, (struct spool_done){receipt_kept, stray});
    if (e < 0)
        free(stray->bare);
    return e;
}

bool delivery_receipt(struct switchboard *sb, struct link *link, const struct message *message,
                      uint64_t token)
{
    struct receipt receipt;
    if (!receipt_take(message, &receipt) || (receipt.bare && !switch_link_conf(link)->receipts))
        return false;
    struct stray *stray = stray_new(sb, link, token, &receipt);
    bool tells = stray && stray->key[0][0] && stray->state != SPOOL_QUEUED;
    if (stray && !tells) {
        counter_add(COUNTER_RECEIPTS, 1);
        link_answer(link, token, ESME_ROK);
    } else if (!stray || receipt_keep(stray, message, receipt.bare) < 0) {
        tells = false;
        link_answer(link, token, ESME_RX_T_APPN); /* the SMSC keeps it for us */
    }
    if (!tells)
        free(stray);
    return true;
}

static void overdue(void *ctx, const struct spool_result *result)
{
    if (result->error == 0 && result->state == SPOOL_UNKNOWN)
        delivery_tell(ctx, result);
}

void delivery_tick(struct switchboard *sb, int64_t now)
{
    uint64_t message;
    for (unsigned n = 0; n < OVERDUE_A_TICK && switch_spool_has_room(sb) &&
                         (message = awaited_due(&sb->awaited, now));
         n++) {
        struct spool_part row = {.message = message, .part = 0, .state = SPOOL_UNKNOWN, .now = now};
        (void)spool_part_state(sb->spool, &row, (struct spool_done){overdue, sb}); /* only words */
        awaited_drop(&sb->awaited, message);
    }
}
