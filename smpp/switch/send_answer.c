/* How a `send` request ends: with ok, with the first answer to its key, or refused. A key that was
 * kept before gets its first answer whatever would speak against a new message by now. */
#include "smpp/switch/send_inner.h"

#include <stdlib.h>

#include "smpp/logbook/counters.h"
#include "smpp/switch/opening.h"
#include "smpp/wire/copy.h"

static void send_free(struct send *send)
{
    opening_end(send->sb, send);
    index_drop(&send->sb->sends.under_way, &send->hook);
    outgoing_drop(send->outgoing);
    free(send);
}

void send_refuse(struct send *send, const char *reason, int64_t retry_in_s)
{
    for (unsigned i = 0; i < send->requests; i++) {
        if (retry_in_s)
            request_refuse_for(send->request[i], reason, retry_in_s);
        else
            request_refuse(send->request[i], reason);
    }
    counter_add(COUNTER_SENDS_REFUSED, send->requests);
    send_free(send);
}

void send_ok(struct send *send, int64_t event)
{
    char message[CONVERSATION_HEX], conversation[CONVERSATION_HEX];
    conversation_hex(message, send->message);
    conversation_hex(conversation, send->conversation);
    for (unsigned i = 0; i < send->requests; i++) {
        struct line_writer *w = request_ok(send->request[i]);
        line_put(w, "message", message);
        line_put(w, "conversation", conversation);
        line_put(w, "code", send->code);
        line_put_number(w, "parts", send->parts);
        line_put_number(w, "until", send->until);
        if (event > 0)
            line_put_number(w, "event", event);
        line_put(w, "duplicate", send->duplicate || i > 0 ? "yes" : NULL);
        histogram_add(HISTOGRAM_SEND, (uint64_t)(clock_us() - request_since(send->request[i])));
        request_done(send->request[i]);
    }
    send_free(send);
}

void send_repeat(struct send *send, const struct spool_result *first)
{
    send->duplicate = true;
    send->message = first->message;
    send->conversation = first->conversation;
    send->parts = first->parts;
    send->until = first->until;
    copy_put(send->code, sizeof send->code, first->code);
    counter_add(COUNTER_SENDS_DUPLICATE, 1);
}

static void send_looked(void *ctx, const struct spool_result *result)
{
    struct send *send = ctx;
    if (result->error < 0) {
        send_refuse(send, send->refusal, send->retry_in_s);
        return;
    }
    send_repeat(send, result);
    send_ok(send, 0);
}

void send_refuse_unknown(struct send *send, const char *reason, int64_t retry_in_s)
{
    struct switchboard *sb = send->sb;
    send->refusal = reason;
    send->retry_in_s = retry_in_s;
    if (!switch_spool_has_room(sb) || spool_known(sb->spool, send->session, send->key,
                                                  (struct spool_done){send_looked, send}) < 0)
        send_refuse(send, reason, retry_in_s);
}
