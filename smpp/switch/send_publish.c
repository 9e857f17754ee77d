/* A send that is on disk: into the transcript, and out; see send_inner.h. */
#include "smpp/switch/send_inner.h"

#include "smpp/wire/copy.h"

/* Out, now that its event is on its way to the disk: what says that the SMSC has it, and takes its
 * text away, comes there later. */
static void send_go(struct send *send)
{
    struct switchboard *sb = send->sb;
    if (send->reserved)
        outbox_reserved(sb, send->code);
    struct spool_message row = send_row(send);
    row.state[0] = send->reserved ? SPOOL_IN_FLIGHT : SPOOL_QUEUED;
    outbox_add(sb, &row, send->outgoing);
    send->outgoing = NULL;
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

void send_publish(struct send *send)
{
    struct spool_message row = send_row(send);
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
