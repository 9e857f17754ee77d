/* A send that has its code: composed, and onto the disk; see send_inner.h. */
#include "smpp/switch/send_inner.h"

#include <errno.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/switch/opening.h"
#include "smpp/switch/shortage.h"

static void conversation_begin(struct send *send)
{
    struct switchboard *sb = send->sb;
    struct conversation *conversation =
        conversation_put(&sb->conversations, send->mobile, &send->route);
    if (!conversation)
        return; /* memcached and the spool know it */
    conversation->handed = send->route.before_until != 0 && !send->route.seen;
    conversation->answered = send->route.answered;
    conversation->unanswered++;
    conversation->extended = 0;
    conversation->wrote = send->wrote;
    if (!send->fresh || conversation->handed || conversation->answered)
        conversation_save(sb, conversation, false); /* else it stands as it was kept */
}

static void send_known(struct send *send, const struct spool_result *result)
{
    bool same = result->conversation == conversation_unhex(send->route.conversation);
    if (!same)
        send_undo(send);
    send_repeat(send, result);
    if (same) /* it may have been lost between disk and transcript */
        send_publish(send);
    else
        send_ok(send, 0);
}

static void send_kept(void *ctx, const struct spool_result *result)
{
    struct send *send = ctx;
    struct switchboard *sb = send->sb;
    bool goes = result->error == 0 && result->verdict == SPOOL_KEPT;
    if (send->reserved && !goes)
        outbox_reserved(sb, send->code);
    if (result->error < 0 || result->verdict == SPOOL_NONCE_USED) {
        send_undo(send);
        if (result->error == -ENOSPC)
            send_refuse(send, "spool-full", 5);
        else if (result->error < 0)
            send_refuse(send, "spool-down", 5);
        else
            send_refuse(send, "nonce-used", 0);
        return;
    }
    if (result->verdict == SPOOL_KNOWN) {
        send_known(send, result);
        return;
    }
    counter_add(COUNTER_SENDS_KEPT, 1);
    opening_end(sb, send);
    conversation_begin(send);
    send_publish(send);
}

/* The text that goes out and how many SMS it makes, with the ways of a link that
 * carries the code. */
static int send_compose(struct send *send)
{
    struct switchboard *sb = send->sb;
    const struct conf_link *link = conf_link_of(sb->conf, send->code);
    struct text_sms sms;
    int len = text_compose(send->composed, sizeof send->composed, send->name, send->text,
                           send->fresh ? sb->conf->texts.notice : NULL);
    if (len < 0)
        return len;
    int e = text_prepare(&sms, send->composed, (size_t)len,
                         link ? link->letters : sb->conf->letters, link ? &link->text : NULL);
    if (e < 0)
        return e;
    send->parts = sms.pdus;
    send->wrote = index_hash_text(0, sms.text);
    return sms.pdus <= SPOOL_PARTS ? 0 : -EMSGSIZE;
}

struct spool_message send_row(const struct send *send)
{
    int64_t now = switch_now(send->sb);
    return (struct spool_message){
        .id = send->message,
        .conversation = send->conversation,
        .kind = SPOOL_VISITOR,
        .session = send->session,
        .mobile = send->mobile,
        .code = send->code,
        .name = send->name,
        .text = send->text,
        .concat_ref = send->reference,
        .parts = send->parts,
        .key = send->key,
        .nonce = send->nonce,
        .accepted = now,
        .expiry = now + send->sb->conf->validity_ms,
        .until = send->until,
        .in_flight = send->reserved,
        .opens = send->fresh,
    };
}

void send_keep(struct send *send)
{
    struct switchboard *sb = send->sb;
    if (send_compose(send) < 0) {
        send_undo(send);
        send_refuse(send, "bad-field", 0);
        return;
    }
    send->outgoing = outgoing_new(&sb->outbox, send->mobile, send->code, send->composed);
    if (!send->outgoing) {
        shortage_tell(sb, "message");
        send_undo(send);
        send_refuse(send, "queue-full", 2);
        return;
    }
    send->reserved = send->parts == 1 && outbox_reserve(sb, send->mobile, send->code);
    send->message = spool_id_next(sb->spool, switch_now(sb));
    send->reference = ++sb->sends.reference & 0xffff;
    struct spool_message row = send_row(send);
    row.prepared = (struct spool_octets){send->composed, strlen(send->composed)};
    int e = spool_keep(sb->spool, &row, (struct spool_done){send_kept, send});
    if (e < 0) {
        if (send->reserved)
            outbox_reserved(sb, send->code);
        send_undo(send);
        send_refuse(send, e == -EAGAIN ? "queue-full" : "spool-down", 2);
    }
}
