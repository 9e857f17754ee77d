/* The jobs of spool.h, each checked and handed to the queue. */
#include <errno.h>
#include <string.h>

#include "smpp/spool/repeat.h"
#include "smpp/spool/thread.h"

static int push(struct spool *spool, enum job_kind kind, const void *request,
                struct spool_done done)
{
    struct spool_reader reader = {.done = done};

    return spool_push(spool, kind, request, &reader);
}

static bool is_id(uint64_t id)
{
    return id > 0 && id < SPOOL_ID_MAX;
}

static bool is_named(const char *text)
{
    return text && *text;
}

int spool_keep(struct spool *spool, const struct spool_message *message, struct spool_done done)
{
    if (!is_id(message->id) || message->parts < 1 || message->in_flight > message->parts)
        return -EINVAL;
    return push(spool, JOB_KEEP, message, done);
}

int spool_known(struct spool *spool, const char *session, const char *key, struct spool_done done)
{
    struct key_request request = {session, key};

    return is_named(key) ? push(spool, JOB_KNOWN, &request, done) : -EINVAL;
}

int spool_part_state(struct spool *spool, const struct spool_part *part, struct spool_done done)
{
    if (!is_id(part->message) || (part->part == 0 && is_named(part->smsc_id)))
        return -EINVAL;
    return push(spool, JOB_PART, part, done);
}

int spool_receipt(struct spool *spool, const struct spool_receipt *receipt, struct spool_done done)
{
    if (!is_named(receipt->key[0]) || receipt->state < SPOOL_WAITING)
        return -EINVAL;
    return push(spool, JOB_RECEIPT, receipt, done);
}

int spool_reply(struct spool *spool, const struct spool_reply *reply, struct spool_done done)
{
    if (reply->outcome == SPOOL_OUT_DUPLICATE || reply->wall < 0 ||
        reply->charge.taxes > CHARGE_TAXES)
        return -EINVAL;
    return push(spool, JOB_REPLY, reply, done);
}

int spool_reply_asked(struct spool *spool, const struct spool_twin *twin, struct spool_done done)
{
    return twin->received > 1 ? push(spool, JOB_REPLY_ASKED, twin, done) : -EINVAL;
}

int spool_reply_end(struct spool *spool, uint64_t reply, enum spool_end end, struct spool_done done)
{
    struct reply_end_request request = {reply, end};

    return push(spool, JOB_REPLY_END, &request, done);
}

int spool_doubt(struct spool *spool, const char *smsc, int64_t since, struct spool_done done)
{
    struct doubt_request request = {smsc, since};

    return push(spool, JOB_DOUBT, &request, done);
}

int spool_shown(struct spool *spool, const uint64_t *replies, unsigned count,
                struct spool_done done)
{
    struct shown_request request = {{replies, count * sizeof *replies}};

    return push(spool, JOB_SHOWN, &request, done);
}

int spool_conversation(struct spool *spool, const struct spool_conversation *conversation,
                       struct spool_done done)
{
    return is_id(conversation->id) ? push(spool, JOB_CONVERSATION, conversation, done) : -EINVAL;
}

int spool_event(struct spool *spool, const struct spool_event *event, struct spool_done done)
{
    if (!is_named(event->session) || event->n < 1 || event->n > SPOOL_EVENT_MAX)
        return -EINVAL;
    return push(spool, JOB_EVENT, event, done);
}

int spool_wipe(struct spool *spool, const char *session, struct spool_done done)
{
    struct session_request request = {session};

    return is_named(session) ? push(spool, JOB_WIPE, &request, done) : -EINVAL;
}

int spool_optout_add(struct spool *spool, const struct spool_optout *optout, struct spool_done done)
{
    return is_named(optout->mobile) ? push(spool, JOB_OPTOUT_ADD, optout, done) : -EINVAL;
}

int spool_optout_remove(struct spool *spool, const char *mobile, int64_t until,
                        struct spool_done done)
{
    struct optout_request request = {mobile, until};

    return is_named(mobile) ? push(spool, JOB_OPTOUT_REMOVE, &request, done) : -EINVAL;
}

int spool_notice(struct spool *spool, const struct spool_notice *notice, struct spool_done done)
{
    return push(spool, JOB_NOTICE, notice, done);
}

/* The spool's own values, which nobody else may set. */
static bool is_own_meta(const char *name)
{
    return strcmp(name, "instance") == 0 || strcmp(name, "secret") == 0 ||
           strcmp(name, "answered") == 0;
}

int spool_meta(struct spool *spool, const char *name, const char *value, struct spool_done done)
{
    struct meta_request request = {name, value};

    if (!is_named(name) || is_own_meta(name))
        return -EINVAL;
    return push(spool, JOB_META, &request, done);
}

int spool_scan(struct spool *spool, enum spool_scan scan, const char *session,
               const struct spool_reader *reader)
{
    struct scan_request request = {scan, session, reader->after};

    return reader->row ? spool_push(spool, JOB_SCAN, &request, reader) : -EINVAL;
}

int spool_cdr_close(struct spool *spool, int64_t wall, struct spool_done done)
{
    struct tick_request request = {0, wall};

    return push(spool, JOB_CDR_CLOSE, &request, done);
}

int spool_cdr_copy(struct spool *spool, int64_t from, int64_t to, struct spool_done done)
{
    struct copy_request request = {from, to};

    return from < 0 || to < from ? -EINVAL : push(spool, JOB_CDR_COPY, &request, done);
}

int spool_cdr_again(struct spool *spool, uint64_t number, struct spool_done done)
{
    struct again_request request = {number};

    return number > 0 && number < SPOOL_ID_MAX ? push(spool, JOB_CDR_AGAIN, &request, done)
                                               : -EINVAL;
}
