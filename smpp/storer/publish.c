/* Appends to transcripts, on the storer's thread; see publish.h. */
#include "smpp/storer/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/wire/copy.h"

/* The conversation's line as it is to stand: what the store knows of its count wins. */
static int line_renew(struct publish *publish, struct transcript_book *book)
{
    struct transcript_conversation mine = publish->conversation;
    const struct transcript_conversation *there = transcript_find(book, mine.id);
    mine.unanswered = there ? there->unanswered : 0;
    if (publish->count == PUBLISH_COUNT_ONE_MORE)
        mine.unanswered++;
    else if (publish->count == PUBLISH_COUNT_ZERO)
        mine.unanswered = 0;
    if (there && (there->ended || there->until > mine.until))
        mine.until = there->until;
    mine.ended = there && there->ended; /* for good */
    return transcript_put(book, &mine);
}

/* 1 where it stands there already. */
static int event_write(struct publish *publish, struct transcript_book *book)
{
    struct transcript_event *event = &publish->event;
    struct transcript_line line;
    bool there =
        event->message && transcript_has(book, event->type, event->message, event->state, &line);
    if (!there && publish->job.lacking)
        transcript_leap(book, publish->now);
    int e = there ? 0 : transcript_add(book, event, &line);
    if (e < 0)
        return e;
    publish->n = line.n;
    free(publish->line);
    publish->line = strndup(line.at, line.len - 1); /* without its LF */
    return publish->line ? there : -ENOMEM;
}

static int publish_edit(struct transcript_book *book, void *ctx)
{
    struct publish *publish = ctx;
    int e = 0;
    if (publish->known > book->highest && !publish->after_loss)
        return -ESTALE;
    if (publish->known > book->highest)
        book->highest = publish->known;
    /* A state that comes after the visitor has wiped all must not begin it anew. */
    if (!publish->conversation.id[0] && transcript_is_new(book))
        return -ENOENT;
    if (publish->settle)
        transcript_settle(book);
    if (publish->event.type)
        e = event_write(publish, book);
    /* An event that stands there already was counted then. */
    if (e == 0 && publish->conversation.id[0])
        e = line_renew(publish, book);
    publish->last = book->last;
    publish->until = book->until;
    publish->gap = book->highest > book->last;
    return e;
}

static int publish_work(struct storer_job *job, struct store *store)
{
    struct publish *publish = (struct publish *)job;
    int e = transcript_change(store, publish->session, &job->value[0], publish->now, publish_edit,
                              publish);
    return e > 0 ? 0 : e;
}

static void publish_done(struct storer_job *job)
{
    struct publish *publish = (struct publish *)job;
    publish->then(publish);
}

struct publish *publish_new(const char *session, const struct transcript_conversation *conversation,
                            const struct transcript_event *event)
{
    static const struct transcript_event none;
    const struct transcript_event *e = event ? event : &none;
    const char *const from[] = {e->conversation, e->message, e->from,  e->to,
                                e->text,         e->type,    e->state, e->reason};
    enum { STRINGS = sizeof from / sizeof *from };
    size_t size[STRINGS], octets = 0;
    for (unsigned i = 0; i < STRINGS; i++)
        octets += size[i] = from[i] ? strlen(from[i]) + 1 : 0;
    struct publish *publish = malloc(sizeof *publish + octets);
    if (!publish)
        return NULL;
    memset(publish, 0, sizeof *publish);
    copy_put(publish->session, sizeof publish->session, session);
    if (conversation)
        publish->conversation = *conversation;
    struct transcript_event *own = &publish->event;
    *own = *e;
    const char **const to[STRINGS] = {&own->conversation, &own->message, &own->from,  &own->to,
                                      &own->text,         &own->type,    &own->state, &own->reason};
    char *at = publish->octets;
    for (unsigned i = 0; i < STRINGS; at += size[i++])
        if (from[i])
            *to[i] = memcpy(at, from[i], size[i]);
    return publish;
}

int publish_put(struct storer *storer, struct publish *publish)
{
    publish->job.class = publish->yields ? STORER_PATIENT : STORER_URGENT;
    publish->job.work = publish_work;
    publish->job.done = publish_done;
    publish->job.joins = true;
    publish->job.value[0] = (struct storer_value){.e = -ENOENT};
    publish->job.key[0][0] = '\0';
    /* What has no line begins nothing: whether something stands there decides whether it is
     * written. */
    if (!publish->begins || !publish->conversation.id[0])
        transcript_key(publish->job.key[0], publish->session);
    return storer_put(storer, &publish->job);
}

void publish_free(struct publish *publish)
{
    free(publish->line);
    free(publish);
}
