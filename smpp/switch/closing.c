/* Extends, stops, ends and lets expire; see closing.h. */
#include "smpp/switch/closing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/storer/closing_job.h"
#include "smpp/switch/switchboard.h"
#include "smpp/wire/copy.h"

enum {
    EXPIRY_AGAIN_MS = 1000,
    EXPIRY_SELDOM_MS = 10000,
    EXPIRY_LOST_MS = 60000,
    EXPIRING_MOST = 512, /* a hundred thousand may end in a moment, at a kilobyte each */
    WIPED_LIFE_S = 86400,
    TRANSCRIPT_STAYS_MS = 2000
};

static void told(struct closing *closing)
{
    struct switchboard *sb = closing->sb;
    struct session *session = session_find(&sb->conversations, closing->session);
    if (closing->line[0]) {
        struct spool_event row = {.session = closing->session,
                                  .n = closing->n,
                                  .until = closing->session_until,
                                  .line = closing->line};
        (void)spool_event(sb->spool, &row, (struct spool_done){0}); /* an end can be told again */
    }
    if (session && closing->last > session->last)
        session->last = closing->last;
    transcripts_news(sb, closing->session, closing->last, closing->session_until);
}

/* Its conversation, renewed, of which we may not have heard before. */
static struct conversation *conversation_of(struct switchboard *sb, const struct closing *closing)
{
    if (*closing->route.code)
        return conversation_put(&sb->conversations, closing->mobile, &closing->route);
    return conversation_find(&sb->conversations, conversation_unhex(closing->conversation));
}

/* The last one here stays while its session's transcript does, which may go on elsewhere: the spool
 * forgets the events of a session that has none. */
static void conversation_close(struct switchboard *sb, struct conversation *conversation,
                               int64_t until, int64_t session_until)
{
    bool is_guard = conversation->session->conversations == 1 &&
                    session_until + TRANSCRIPT_STAYS_MS > switch_now(sb);
    bool news = until < conversation->until || (!conversation->over && session_until > until);
    conversation->until = until < conversation->until ? until : conversation->until;
    conversation->over = is_guard;
    if (news || !is_guard)
        conversation_save(sb, conversation, !is_guard);
    if (is_guard)
        conversation_check(&sb->conversations, conversation, session_until + TRANSCRIPT_STAYS_MS);
    else
        conversation_drop(&sb->conversations, conversation);
}

/* ---- the verbs ---- */

static void refuse(struct request *request, int e)
{
    if (e == -ENOENT)
        request_refuse(request, "no-conversation");
    else
        request_refuse_for(request, e == -ENOBUFS ? "queue-full" : "store-down", 2);
}

static void extended(struct closing *closing)
{
    struct switchboard *sb = closing->sb;
    struct request *request = closing->ctx;
    if (closing->job.e < 0) {
        refuse(request, closing->job.e);
    } else {
        struct conversation *conversation = conversation_of(sb, closing);
        if (conversation) {
            if (conversation->extended < SWITCH_EXTENDS) /* several may have been under way */
                conversation->extended++;
            conversation_save(sb, conversation, false);
        }
        told(closing);
        line_put_number(request_ok(request), "until", closing->route.until);
        request_done(request);
    }
    free(closing);
}

static void stopped(struct closing *closing)
{
    struct switchboard *sb = closing->sb;
    if (closing->job.e < 0) {
        refuse(closing->ctx, closing->job.e);
    } else {
        struct conversation *conversation = conversation_of(sb, closing);
        told(closing);
        if (conversation)
            conversation_close(sb, conversation, closing->now, closing->session_until);
        request_yes(closing->ctx);
    }
    free(closing);
}

static void session_forget(struct switchboard *sb, const char *name)
{
    const struct session *session = session_find(&sb->conversations, name);
    struct conversation *conversation = session ? TAILQ_FIRST(&session->own) : NULL, *next;
    for (; conversation; conversation = next) {
        next = TAILQ_NEXT(conversation, in_session); /* the session ends with its last one */
        conversation_close(sb, conversation, switch_now(sb), 0);
    }
}

static int session_wipe(struct switchboard *sb, const char *name)
{
    session_forget(sb, name);
    return spool_wipe(sb->spool, name, (struct spool_done){0});
}

void closing_tell(struct switchboard *sb, const char *session)
{
    struct line_writer w;
    struct stray_post *post = strays_tell_begin(sb, &w, "wiped", WIPED_LIFE_S);
    if (!post)
        return; /* they forget it when its time is over */
    post->job.stubborn = true;
    post->job.class = STORER_REFILL; /* it is there before others put back what they hold */
    line_put(&w, "session", session);
    strays_tell(sb, post, &w);
}

void closing_heard(struct switchboard *sb, const struct line *line)
{
    const char *session = line_get(line, "session");
    if (session && switch_is_session(session))
        (void)session_wipe(sb, session); /* else forgotten when its time is over */
}

static void ended(struct closing *closing)
{
    struct switchboard *sb = closing->sb;
    struct request *request = closing->ctx;
    if (closing->job.e == 0) {
        closing_tell(sb, closing->session);
        closing->job.e = session_wipe(sb, closing->session);
    }
    if (closing->job.e < 0) {
        refuse(request, closing->job.e);
    } else {
        transcripts_gone(sb, closing->session);
        line_put_number(request_ok(request), "conversations", closing->conversations);
        request_done(request);
    }
    free(closing);
}

static void closing_ask(struct switchboard *sb, struct request *request, enum closing_kind kind,
                        void (*then)(struct closing *))
{
    const char *session = request_get(request, "session"),
               *conversation = request_get(request, "conversation");
    if (!switch_is_session(session)) {
        request_refuse_field(request, "session");
        return;
    }
    if (kind != CLOSING_END && !conversation_unhex(conversation)) {
        request_refuse_field(request, "conversation");
        return;
    }
    const struct conversation *known =
        conversation_find(&sb->conversations, conversation_unhex(conversation));
    if (kind == CLOSING_EXTEND && known && known->extended >= SWITCH_EXTENDS) {
        request_refuse_for(request, "quota", (known->until - switch_now(sb) + 999) / 1000);
        return;
    }
    struct closing *closing = closing_new(kind, then);
    if (!closing) {
        refuse(request, -ENOBUFS);
        return;
    }
    closing->sb = sb;
    closing->ctx = request;
    closing->now = switch_now(sb);
    closing->idle = sb->conf->conversation_ms;
    closing->memory = sb->conf->memory_ms;
    copy_put(closing->session, sizeof closing->session, session);
    copy_put(closing->conversation, sizeof closing->conversation,
             kind == CLOSING_END ? "" : conversation);
    if (closing_put(sb->storer, closing) < 0) {
        free(closing);
        refuse(request, -ENOBUFS);
    }
}

void closing_extend(void *sb, struct request *request)
{
    closing_ask(sb, request, CLOSING_EXTEND, extended);
}

void closing_stop(void *sb, struct request *request)
{
    closing_ask(sb, request, CLOSING_STOP, stopped);
}

void closing_end(void *sb, struct request *request)
{
    closing_ask(sb, request, CLOSING_END, ended);
}

/* ---- time ---- */

/* Not too often where memcached stays away. */
static int64_t again_at(const struct conversation *conversation, int64_t now)
{
    int64_t wait = (now - conversation->until) / 8;
    return now + (wait < EXPIRY_AGAIN_MS    ? EXPIRY_AGAIN_MS
                  : wait > EXPIRY_SELDOM_MS ? EXPIRY_SELDOM_MS
                                            : wait);
}

static void expired(struct closing *closing)
{
    struct switchboard *sb = closing->sb;
    struct conversation *conversation =
        conversation_find(&sb->conversations, conversation_unhex(closing->conversation));
    int e = conversation ? closing->job.e : -ECANCELED;
    sb->expiring--;
    if (e == -EBUSY) { /* another daemon gave it more time */
        conversation_renew(&sb->conversations, conversation, closing->route.until);
        conversation_save(sb, conversation, false);
    } else if (e == -EAGAIN || e == -ENODATA) { /* and may have, as far as memcached knows */
        conversation_check(&sb->conversations, conversation,
                           again_at(conversation, switch_now(sb)));
    } else if (e != -ECANCELED) {
        if (e == 0)
            told(closing);
        conversation_close(sb, conversation, closing->now, closing->session_until);
    }
    free(closing);
}

static void expire(struct switchboard *sb, struct conversation *conversation, int64_t now)
{
    struct closing *closing = closing_new(CLOSING_EXPIRE, expired);
    if (!closing)
        return;
    closing->sb = sb;
    closing->job.whole = !conversation->taken;
    closing->now = now;
    closing->idle = sb->conf->conversation_ms;
    closing->memory = sb->conf->memory_ms;
    conversation_hex(closing->conversation, conversation->id);
    memcpy(closing->session, conversation->session->name, sizeof closing->session);
    memcpy(closing->mobile, conversation->mobile, sizeof closing->mobile);
    if (closing_put(sb->storer, closing) < 0)
        free(closing);
    else
        sb->expiring++;
}

void closing_taken(struct switchboard *sb, struct conversation *conversation)
{
    conversation->taken = true;
    conversation->until = switch_now(sb);
    conversation_check(&sb->conversations, conversation, conversation->until);
    outbox_refuse(sb, conversation->mobile, conversation->session->name, "network");
}

void closing_tick(struct switchboard *sb, int64_t now)
{
    struct conversation *conversation;
    while (sb->expiring < EXPIRING_MOST &&
           (conversation = conversation_due(&sb->conversations, now))) {
        expire(sb, conversation, now);
        /* Looked at again only if nothing comes back. */
        conversation_check(&sb->conversations, conversation, now + EXPIRY_LOST_MS);
    }
}
