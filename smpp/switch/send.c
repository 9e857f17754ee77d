/* From a `send` request to its code, and what becomes of one that gets none; see send.h. Then
 * send_keep.c, send_publish.c and send_answer.c. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/switch/opening.h"
#include "smpp/switch/send_inner.h"
#include "smpp/switch/shortage.h"

/* ---- claimed, or not ---- */

void send_undo(const struct send *send)
{
    if (send->fresh)
        (void)route_move(send->sb->storer, ROUTE_MOVE_UNDO, send->mobile, send->route.conversation,
                         0, switch_now(send->sb), send->sb->conf->memory_ms);
}

/* No code, by what came of the claim; -EMFILE: its session has no room for one more. */
static void send_unclaimed(struct send *send, int e, int64_t wait_s)
{
    wait_s = wait_s < 1 ? 1 : wait_s;
    switch (e) {
    case -EMFILE:
        send_undo(send);
        send_refuse_unknown(send, "too-many-open", wait_s);
        break;
    case -EBUSY:
        send_refuse_unknown(send, "codes-busy", wait_s);
        break;
    case -EDQUOT:
        send_refuse_unknown(send, "quota", wait_s);
        break;
    case -EACCES:
        send_refuse_unknown(send, "opted-out", 0);
        break;
    default:
        send_undo(send); /* it may have been made, though nobody heard so */
        send_refuse_unknown(send, "store-down", 2);
    }
}

static void claim_take(struct send *send, const struct claim *claim)
{
    bool proposed = strcmp(claim->taken.conversation, claim->conversation) == 0;
    send->route = claim->taken;
    send->until = claim->taken.until;
    send->conversation = conversation_unhex(claim->taken.conversation);
    send->fresh = claim->fresh && (proposed || !opening_is_begun(send->sb, send));
    memcpy(send->code, claim->taken.code, sizeof send->code);
}

static void send_claimed(struct claim *claim)
{
    struct send *send = claim->ctx;
    int64_t wait_s = (claim->retry_at - switch_now(send->sb) + 999) / 1000;
    int e = claim->job.e;
    if (e == 0 || e == -EAGAIN)
        claim_take(send, claim);
    claim_free(claim);
    if (e == 0 && send->fresh && !opening_begin(send->sb, send, &wait_s))
        e = -EMFILE;
    if (e == 0)
        send_keep(send);
    else
        send_unclaimed(send, e, wait_s);
}

/* ---- asked: for a code ---- */

/* The pool, those on links that are up first; then what left it and is carried on. Each smppd has
 * its own first codes: while one does not know what another gave away it rarely gives the same. */
static void claim_codes(const struct switchboard *sb, struct claim *claim)
{
    const struct conf_codes *codes = &sb->conf->codes, *retired = &sb->conf->retired;
    bool every = links_count_up(&sb->links) >= sb->conf->links; /* mostly: none is looked for */
    unsigned place = fellows_place(&sb->fellows, sb->conf->instance, codes->count);
    for (int up = 1; up >= 0; up--) {
        claim->up = claim->count; /* in the second turn: those of the first */
        for (unsigned i = 0; i < codes->count; i++) {
            const char *code = codes->code[(place + i) % codes->count];
            if ((every || links_up(&sb->links, code)) == (up == 1))
                memcpy(claim->codes[claim->count++], code, ROUTE_CODE_ROOM);
        }
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
        else
            shortage_tell(sb, "message");
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
        if (field) {
            request_refuse_field(request, field);
        } else {
            shortage_tell(sb, "message");
            request_refuse_for(request, "queue-full", 5);
        }
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
