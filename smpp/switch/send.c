/* From a `send` request to its ok: claim, keep, publish; see send.h; send_answer.c
 * tells the end. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/switch/opening.h"
#include "smpp/switch/send_inner.h"
#include "smpp/wire/copy.h"

/* ---- kept: into the transcript ---- */

/* Out, now that its event is on its way to the disk: what says that the SMSC has it, and takes its
 * text away, comes there later. */
static void send_go(struct send *send)
{
    struct switchboard *sb = send->sb;
    if (send->reserved)
        outbox_reserved(sb, send->code);
    struct spool_message row = {
        .id = send->message,
        .conversation = send->conversation,
        .kind = SPOOL_VISITOR,
        .session = send->session,
        .mobile = send->mobile,
        .code = send->code,
        .parts = send->parts,
        .concat_ref = send->reference,
        .expiry = switch_now(sb) + sb->conf->validity_ms,
        .in_flight = send->reserved,
        .state = {send->reserved ? SPOOL_IN_FLIGHT : SPOOL_QUEUED},
    };
    (void)outbox_add(sb, &row, send->composed); /* told there; it is on disk */
    outbox_run(sb);
}

static void send_published(struct publish *publish)
{
    struct send *send = publish->ctx;
    if (!send->duplicate)
        send_go(send);
    send_ok(send, publish->job.e == 0 ? publish->n : 0);
}

/* The event that shows a message, and its conversation's line. NULL without memory. */
static struct publish *sent_event(const struct spool_message *row)
{
    char message[CONVERSATION_HEX];
    conversation_hex(message, row->id);
    struct transcript_conversation line = {.until = row->until};
    conversation_hex(line.id, row->conversation);
    copy_put(line.to, sizeof line.to, row->mobile);
    copy_put(line.code, sizeof line.code, row->code);
    copy_put(line.name, sizeof line.name, row->name);
    struct transcript_event event = {
        .conversation = line.id,
        .type = "sent",
        .message = message,
        .from = row->name,
        .to = row->mobile,
        .text = row->text,
        .state = "queued",
        .parts = row->parts,
        .time = row->accepted,
    };
    struct publish *publish = publish_new(row->session, &line, &event);
    if (publish) {
        publish->count = PUBLISH_COUNT_ONE_MORE;
        publish->of = row->conversation;
    }
    return publish;
}

static void send_publish(struct send *send)
{
    struct spool_message row = {
        .id = send->message,
        .conversation = send->conversation,
        .session = send->session,
        .mobile = send->mobile,
        .code = send->code,
        .name = send->name,
        .text = send->text,
        .parts = send->parts,
        .until = send->until,
        .accepted = switch_now(send->sb),
    };
    struct publish *publish = sent_event(&row);
    if (!publish) {
        if (!send->duplicate)
            send_go(send);
        send_ok(send, 0);
        return;
    }
    publish->ctx = send;
    publish->after = send_published;
    publish->impatient = true;
    transcripts_put(send->sb, publish);
}

void send_recall(struct switchboard *sb, const struct spool_message *row)
{
    const struct conversation *live = conversation_find(&sb->conversations, row->conversation);
    struct publish *publish = live ? sent_event(row) : NULL;
    if (publish)
        transcripts_put(sb, publish);
}

/* ---- claimed: onto the disk ---- */

/* A claim that led to nothing gives its code back. */
static void send_undo(const struct send *send)
{
    if (send->fresh)
        (void)route_move(send->sb->storer, ROUTE_MOVE_UNDO, send->mobile, send->route.conversation,
                         0, switch_now(send->sb), send->sb->conf->memory_ms);
}

static void conversation_begin(struct send *send)
{
    struct switchboard *sb = send->sb;
    struct conversation_facts facts = {
        .id = send->conversation,
        .session = send->session,
        .mobile = send->mobile,
        .code = send->code,
        .name = send->name,
        .until = send->until,
        .last = send->route.last,
    };
    struct conversation *conversation = conversation_put(&sb->conversations, &facts);
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

/* The text that goes out and how many SMS it makes, with the ways of a link that carries the code.
 */
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

static void send_keep(struct send *send)
{
    struct switchboard *sb = send->sb;
    int64_t now = switch_now(sb);
    if (send_compose(send) < 0) {
        send_undo(send);
        send_refuse(send, "bad-field", 0);
        return;
    }
    send->reserved = send->parts == 1 && outbox_reserve(sb, send->mobile, send->code);
    struct spool_message row = {
        .id = send->message = spool_id_next(sb->spool, now),
        .conversation = send->conversation,
        .kind = SPOOL_VISITOR,
        .session = send->session,
        .mobile = send->mobile,
        .code = send->code,
        .name = send->name,
        .text = send->text,
        .prepared = {send->composed, strlen(send->composed)},
        .notice = send->fresh,
        .concat_ref = send->reference = ++sb->sends.reference & 0xffff,
        .parts = send->parts,
        .key = send->key,
        .nonce = send->nonce,
        .accepted = now,
        .expiry = now + sb->conf->validity_ms,
        .until = send->until,
        .in_flight = send->reserved,
        .opens = send->fresh,
    };
    int e = spool_keep(sb->spool, &row, (struct spool_done){send_kept, send});
    if (e < 0) {
        if (send->reserved)
            outbox_reserved(sb, send->code);
        send_undo(send);
        send_refuse(send, e == -EAGAIN ? "queue-full" : "spool-down", 2);
    }
}

static void send_claimed(struct claim *claim)
{
    struct send *send = claim->ctx;
    int64_t wait_s = (claim->retry_at - switch_now(send->sb) + 999) / 1000;
    int e = claim->job.e;
    if (e == 0 || e == -EAGAIN) {
        send->route = claim->taken;
        send->until = claim->taken.until;
        send->conversation = conversation_unhex(claim->taken.conversation);
        bool proposed = strcmp(claim->taken.conversation, claim->conversation) == 0;
        send->fresh = claim->fresh && (proposed || !opening_is_begun(send->sb, send));
        memcpy(send->code, claim->taken.code, sizeof send->code);
    }
    claim_free(claim);
    if (e == 0 && send->fresh && !opening_begin(send->sb, send, &wait_s)) {
        send_undo(send);
        send_refuse_unknown(send, "too-many-open", wait_s < 1 ? 1 : wait_s);
    } else if (e == 0)
        send_keep(send);
    else if (e == -EBUSY)
        send_refuse_unknown(send, "codes-busy", wait_s < 1 ? 1 : wait_s);
    else if (e == -EDQUOT)
        send_refuse_unknown(send, "quota", wait_s < 1 ? 1 : wait_s);
    else if (e == -EACCES)
        send_refuse_unknown(send, "opted-out", 0);
    else {
        send_undo(send); /* it may have been made, though nobody heard so */
        send_refuse_unknown(send, "store-down", 2);
    }
}

/* ---- asked: for a code ---- */

/* The pool, those on links that are up first; then what left it and is carried on. */
static void claim_codes(const struct switchboard *sb, struct claim *claim)
{
    const struct conf_codes *codes = &sb->conf->codes, *retired = &sb->conf->retired;
    bool every = links_count_up(&sb->links) >= sb->conf->links; /* mostly: none is looked for */
    for (int up = 1; up >= 0; up--) {
        claim->up = claim->count; /* in the second turn: those of the first */
        for (unsigned i = 0; i < codes->count; i++)
            if ((every || links_up(&sb->links, codes->code[i])) == (up == 1))
                memcpy(claim->codes[claim->count++], codes->code[i], ROUTE_CODE_ROOM);
    }
    memcpy(claim->codes[claim->count], retired->code, retired->count * ROUTE_CODE_ROOM);
    claim->carried = claim->count + retired->count;
}

static void send_claim(struct send *send)
{
    struct switchboard *sb = send->sb;
    struct claim *claim = claim_new(send_claimed, sb->conf->codes.count + sb->conf->retired.count);
    int e = claim ? 0 : -ENOMEM;
    if (e == 0) {
        claim->ctx = send;
        claim->now = switch_now(sb);
        claim->idle = sb->conf->conversation_ms;
        claim->memory = sb->conf->memory_ms;
        claim->hourly = sb->conf->mobile_hourly;
        memcpy(claim->mobile, send->mobile, sizeof claim->mobile);
        memcpy(claim->session, send->session, sizeof claim->session);
        memcpy(claim->name, send->name, sizeof claim->name);
        conversation_hex(claim->conversation, spool_id_next(sb->spool, claim->now));
        claim_codes(sb, claim);
        switch_known(sb, send->mobile, &claim->known);
        e = claim_put(sb->storer, claim);
    }
    if (e < 0) {
        if (claim)
            claim_free(claim);
        send_refuse_unknown(send, "queue-full", 2);
    }
}

/* ---- what was asked ---- */

/* The same key is on its way already: both are answered when it is done. */
static bool send_joins(struct switchboard *sb, const struct send *send, uint64_t hash,
                       struct request *request)
{
    struct index_hook *hook = index_first(&sb->sends.under_way, hash);
    for (; hook; hook = index_next(hook)) {
        struct send *first = index_thing(hook, struct send, hook);
        if (strcmp(first->session, send->session) == 0 && strcmp(first->key, send->key) == 0 &&
            first->requests < SEND_TWINS) {
            first->request[first->requests++] = request;
            return true;
        }
    }
    return false;
}

static void send_start(struct send *send)
{
    struct switchboard *sb = send->sb;
    if (sb->draining)
        send_refuse_unknown(send, "draining", 5);
    else if (sb->outbox.count >= sb->conf->queue_max || !switch_spool_has_room(sb))
        send_refuse_unknown(send, "queue-full", 5);
    else if (optouts_has(&sb->optouts, send->mobile, send->session))
        send_refuse_unknown(send, "opted-out", 0);
    else
        send_claim(send);
}

void send_begin(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    struct send *send = send_new();
    const char *field = send ? send_read(send, request) : NULL;
    counter_add(COUNTER_SENDS, 1);
    if (!send || field) {
        free(send);
        if (field)
            request_refuse_field(request, field);
        else
            request_refuse_for(request, "queue-full", 5);
        counter_add(COUNTER_SENDS_REFUSED, 1);
        return;
    }
    uint64_t hash = index_hash_text(index_hash_text(0, send->session), send->key);
    if (send_joins(sb, send, hash, request)) {
        free(send);
        return;
    }
    send->sb = sb;
    send->request[send->requests++] = request;
    if (index_put(&sb->sends.under_way, &send->hook, hash) < 0) {
        request_refuse_for(request, "queue-full", 5);
        free(send);
        return;
    }
    if (refill_is_read(sb)) {
        send_start(send);
    } else {
        send->next = sb->sends.early;
        sb->sends.early = send;
    }
}

void sends_go(struct switchboard *sb)
{
    struct send *send = sb->sends.early;
    sb->sends.early = NULL;
    for (struct send *next; send; send = next) {
        next = send->next;
        send_start(send);
    }
}

void sends_end(struct sends *sends)
{
    index_free(&sends->opening);
    index_free(&sends->under_way); /* those under way were told when spool and storer were closed */
}
