/* Counts a session's conversations before they begin; see opening.h. */
#include "smpp/switch/opening.h"

#include <string.h>

#include "smpp/switch/send_inner.h"

static unsigned openings_of(const struct switchboard *sb, uint64_t hash, const char *session)
{
    unsigned count = 0;
    struct index_hook *hook = index_first(&sb->sends.opening, hash);
    for (; hook; hook = index_next(hook))
        count += strcmp(index_thing(hook, struct send, opening)->session, session) == 0;
    return count;
}

/* Those that have not ended, and when the first of them may: the session's own count includes those
 * whose time is over and whose end is still to be told. */
static unsigned live_of(const struct session *session, int64_t now, int64_t *soonest)
{
    unsigned count = 0;
    const struct conversation *one;
    TAILQ_FOREACH(one, &session->own, in_session)
    {
        if (one->until <= now)
            continue;
        count++;
        if (one->until < *soonest)
            *soonest = one->until;
    }
    return count;
}

bool opening_is_begun(const struct switchboard *sb, const struct send *send)
{
    struct index_hook *hook = index_first(&sb->sends.opening, index_hash_text(0, send->session));
    for (; hook; hook = index_next(hook))
        if (index_thing(hook, struct send, opening)->conversation == send->conversation)
            return true;
    return conversation_find(&sb->conversations, send->conversation) != NULL;
}

bool opening_begin(struct switchboard *sb, struct send *send, int64_t *retry_in_s)
{
    const struct session *session = session_find(&sb->conversations, send->session);
    int64_t now = switch_now(sb), soonest = now + sb->conf->conversation_ms;
    uint64_t hash = index_hash_text(0, send->session);
    unsigned count = openings_of(sb, hash, send->session);
    if (count + (session ? session->conversations : 0) >= send->most) {
        count += session ? live_of(session, now, &soonest) : 0;
        *retry_in_s = (soonest - now + 999) / 1000;
        if (count >= send->most)
            return false;
    }
    /* Without memory for the index it is not counted, and everything else is about to fail too. */
    send->opens = index_put(&sb->sends.opening, &send->opening, hash) == 0;
    return true;
}

void opening_end(struct switchboard *sb, struct send *send)
{
    if (send->opens)
        index_drop(&sb->sends.opening, &send->opening);
    send->opens = false;
}
