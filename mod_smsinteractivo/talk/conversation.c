/* See conversation.h. */
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/talk/lost.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int64_t seconds_left(int64_t until, int64_t now)
{
    return until > now ? (until - now + 999) / 1000 : 0;
}

static const char *value_of(const struct line *line, const char *name)
{
    const char *value = line_get(line, name);
    return value ? value : "";
}

static void conversation_take(struct conversations *all, const struct line *line)
{
    if (all->count == CONVERSATIONS)
        return;
    struct conversation *one = &all->item[all->count++];
    one->id = value_of(line, "id");
    one->to = value_of(line, "to");
    one->code = value_of(line, "code");
    one->name = value_of(line, "name");
    one->until = line_number(line, "until", 0);
    one->unanswered = line_number(line, "unanswered", 0);
    one->live = strcmp(value_of(line, "state"), "live") == 0 && one->until > all->now;
    all->live += one->live;
}

/* Conversations stand before events, so reading stops at the first line that is none. */
static bool conversation_is_next(const struct transcript *transcript)
{
    static const char verb[] = "conversation ";
    return transcript->left >= sizeof verb - 1 &&
           memcmp(transcript->rest, verb, sizeof verb - 1) == 0;
}

int conversations_read(struct visit *visit, struct conversations *out)
{
    char key[SESSION_SID_LEN + 3];
    struct backend *backend = visit->backend;
    struct line line;
    size_t len;
    out->count = out->live = 0;
    out->transcript = (struct transcript){.last = 0};
    out->now = daemon_now();
    (void)snprintf(key, sizeof key, "t:%s", visit->session.sid); /* fits */
    int e = backend_note(
        store_get(backend->store, key, backend->value, sizeof backend->value, &len, NULL));
    if (e < 0)
        return e == -ENOENT ? e : -EAGAIN;
    if (transcript_read(&out->transcript, backend->value, len) < 0 ||
        out->transcript.until <= out->now)
        return -ENOENT;
    while (conversation_is_next(&out->transcript) && transcript_next(&out->transcript, &line))
        if (strcmp(line.verb, "conversation") == 0)
            conversation_take(out, &line);
    return 0;
}

int conversations_find(struct visit *visit, struct conversations *out)
{
    int e = conversations_read(visit, out);
    if (e != -ENOENT)
        return e;
    /* Again, for it may have been put back between the two. */
    return lost_is(visit->backend->store) ? -EAGAIN : conversations_read(visit, out);
}

const struct conversation *conversation_with(const struct conversations *all, const char *mobile)
{
    for (unsigned i = 0; i < all->count; i++)
        if (all->item[i].live && strcmp(all->item[i].to, mobile) == 0)
            return &all->item[i];
    return NULL;
}

const struct conversation *conversation_by_id(const struct conversations *all, const char *id)
{
    for (unsigned i = 0; i < all->count; i++)
        if (strcmp(all->item[i].id, id) == 0)
            return &all->item[i];
    return NULL;
}
