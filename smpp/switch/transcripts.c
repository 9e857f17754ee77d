/* Events on their way to memcached, the spool and the module; see transcripts.h. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <string.h>

#include "smpp/logbook/log.h"

static const int64_t give_up_ms = 60000; /* beyond the end of the conversation */

void transcripts_start(struct transcripts *transcripts)
{
    transcripts->waiting_end = &transcripts->waiting;
    transcripts->unrecorded_end = &transcripts->unrecorded;
}

static void list_put(struct publish ***end, struct publish *publish)
{
    publish->next = NULL;
    **end = publish;
    *end = &publish->next;
}

static struct publish *list_take(struct publish **list, struct publish ***end)
{
    struct publish *first = *list;
    *list = NULL;
    *end = list;
    return first;
}

static void after(struct publish *publish)
{
    if (publish->after)
        publish->after(publish);
    publish->after = NULL;
}

static void list_free(struct publish *list)
{
    for (struct publish *next; list; list = next) {
        next = list->next;
        list->job.e = -ECANCELED;
        after(list); /* what it carries is its own */
        publish_free(list);
    }
}

void transcripts_end(struct transcripts *transcripts)
{
    list_free(transcripts->waiting);
    list_free(transcripts->unrecorded);
}

static void tell(struct switchboard *sb, const char *line, int len)
{
    if (sb->door && len > 0)
        door_news(sb->door, line, (size_t)len);
    storer_news(sb->storer);
}

void transcripts_news(struct switchboard *sb, const char *session, int64_t last, int64_t until)
{
    char line[128];
    struct line_writer w;
    line_begin(&w, line, sizeof line);
    line_verb(&w, "news", NULL);
    line_put(&w, "session", session);
    line_put_number(&w, "last", last);
    line_put_number(&w, "until", until);
    tell(sb, line, line_end(&w));
}

void transcripts_gone(struct switchboard *sb, const char *session)
{
    char line[96];
    struct line_writer w;
    line_begin(&w, line, sizeof line);
    line_verb(&w, "news", NULL);
    line_put(&w, "session", session);
    line_put(&w, "gone", "yes");
    tell(sb, line, line_end(&w));
}

static void recorded(void *ctx, const struct spool_result *result)
{
    struct publish *publish = ctx;
    (void)result; /* an event that cannot be kept is shown all the same */
    after(publish);
    publish_free(publish);
}

/* Keeps the numbered line, so that a refill finds it; only then is the event done with for whoever
 * waits. */
static void record(struct switchboard *sb, struct publish *publish)
{
    bool is_awaited = publish->after != NULL;
    struct spool_done done = {is_awaited ? recorded : NULL, publish};
    struct spool_event row = {.session = publish->session,
                              .n = publish->n,
                              .until = publish->until,
                              .line = publish->line};
    int e = publish->line ? spool_event(sb->spool, &row, done) : -ENODATA;
    if (e == -EAGAIN) {
        list_put(&sb->transcripts.unrecorded_end, publish);
    } else if (e < 0 || !is_awaited) {
        after(publish);
        publish_free(publish);
    }
}

/* Where its conversation is known here, that one's: whatever is new stands near the newest of them,
 * and what is found by a name anywhere. */
static struct session *session_of(const struct switchboard *sb, const struct publish *publish)
{
    const struct conversation *conversation =
        publish->of ? conversation_find(&sb->conversations, publish->of) : NULL;
    struct session *session = conversation ? conversation->session : NULL;
    return session && strcmp(session->name, publish->session) == 0
               ? session
               : session_find(&sb->conversations, publish->session);
}

static void succeeded(struct switchboard *sb, struct publish *publish)
{
    struct session *session = session_of(sb, publish);
    if (session) {
        if (publish->last > session->last)
            session->last = publish->last;
        if (publish->until > session->until)
            session->until = publish->until;
        session->gap = publish->gap;
    }
    transcripts_news(sb, publish->session, publish->last, publish->until);
    if (publish->impatient)
        after(publish);
    record(sb, publish);
}

static void published(struct publish *publish)
{
    struct switchboard *sb = publish->sb;
    sb->transcripts.under_way--;
    if (publish->job.e == 0) {
        succeeded(sb, publish);
        return;
    }
    bool comes_back = publish->job.e == -EAGAIN || publish->job.e == -ESTALE;
    if (publish->job.e == -ESTALE)
        refill_session(sb, publish->session);
    if (comes_back && switch_now(sb) < publish->give_up) {
        if (publish->impatient)
            after(publish);
        list_put(&sb->transcripts.waiting_end, publish);
        return;
    }
    if (publish->job.e != -ENOENT && publish->job.e != -ECANCELED)
        log_warning("SD0310", "an event could not be shown: error=%s", strerror(-publish->job.e));
    after(publish);
    publish_free(publish);
}

static void publish_try(struct switchboard *sb, struct publish *publish)
{
    const struct session *session = session_of(sb, publish);
    publish->known = session ? session->last : 0;
    publish->after_loss = session && session->lost;
    publish->begins = session && session->last == 0 && !session->lost;
    publish->now = switch_now(sb);
    publish->losses = sb->refill.losses;
    publish->then = published;
    if ((session && session->filling) || publish_put(sb->storer, publish) < 0) {
        list_put(&sb->transcripts.waiting_end, publish);
        return;
    }
    sb->transcripts.under_way++;
}

void transcripts_put(struct switchboard *sb, struct publish *publish)
{
    publish->sb = sb;
    publish->give_up = switch_now(sb) + sb->conf->conversation_ms + give_up_ms;
    if (!sb->transcripts.waiting) {
        publish_try(sb, publish);
        return;
    }
    /* Order is kept: it waits behind those that wait. */
    list_put(&sb->transcripts.waiting_end, publish);
    publish->job.e = -EAGAIN;
    if (publish->impatient)
        after(publish);
}

void transcripts_state(struct switchboard *sb, const char *session, uint64_t conversation,
                       uint64_t message, const char *state, const char *reason)
{
    char conversation_id[CONVERSATION_HEX], message_id[CONVERSATION_HEX];
    conversation_hex(conversation_id, conversation);
    conversation_hex(message_id, message);
    struct transcript_event event = {
        .conversation = conversation_id,
        .type = "state",
        .message = message_id,
        .state = state,
        .reason = reason,
        .time = switch_now(sb),
    };
    struct publish *publish = publish_new(session, NULL, &event);
    if (!publish) {
        log_error("SD0311", "out of memory: a message's state is not shown");
        return;
    }
    publish->of = conversation;
    publish->yields = true;
    transcripts_put(sb, publish);
}

static void gaps_settle(struct switchboard *sb)
{
    const struct due *all = &sb->conversations.due;
    for (unsigned i = 0; i < all->count; i++) {
        struct session *session = all->at[i]->session;
        struct publish *publish = session->gap ? publish_new(session->name, NULL, NULL) : NULL;
        if (!publish)
            continue;
        session->gap = false;
        publish->settle = true;
        transcripts_put(sb, publish);
    }
}

void transcripts_tick(struct switchboard *sb, int64_t now)
{
    struct transcripts *t = &sb->transcripts;
    if (t->unrecorded && switch_spool_has_room(sb))
        for (struct publish *publish = list_take(&t->unrecorded, &t->unrecorded_end), *next;
             publish; publish = next) {
            next = publish->next;
            /* Its number may be another's by now: it is shown anew unless it still stands there. */
            if (publish->losses != sb->refill.losses)
                publish_try(sb, publish);
            else
                record(sb, publish);
        }
    if (t->waiting && t->under_way == 0)
        for (struct publish *publish = list_take(&t->waiting, &t->waiting_end), *next; publish;
             publish = next) {
            next = publish->next;
            publish_try(sb, publish);
        }
    if (refill_gaps_are_over(sb, now))
        gaps_settle(sb);
}
