/* See thread.h. A `state` event changes the words under the bubble it speaks of. */
#include "mod_smsinteractivo/page/thread.h"
#include "mod_smsinteractivo/talk/event.h"
#include "mod_smsinteractivo/guard/number.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <string.h>
#include <time.h>

enum { SANTO_DOMINGO = -4 * 3600 }; /* seconds to UTC all year; there is no summer time */

struct thread {
    struct visit *visit;
    struct scope *scope;
    const char *conversation;
    apr_hash_t *bubbles; /* struct scope by message id */
};

static const char *shown(apr_pool_t *pool, const char *who)
{
    char *out = apr_palloc(pool, 13);
    if (strlen(who) != 10 || strspn(who, "0123456789") != 10)
        return who;
    number_shown(who, out);
    return out;
}

void conversation_put(apr_pool_t *pool, struct scope *scope, const struct conversation *one)
{
    int64_t left = one->live ? one->until : 0;
    scope_put(scope, "id", one->id);
    scope_put(scope, "to", one->to);
    scope_put(scope, "shown", shown(pool, one->to));
    scope_put(scope, "name", one->name);
    scope_put(scope, "code", one->code);
    scope_put(scope, left ? "live" : "ended", "1");
    scope_put(scope, left ? "ended" : "live", NULL);
}

/* "En espera ..." and, where it failed, why. */
static void words_put(struct thread *thread, struct scope *bubble, const struct line *event)
{
    apr_pool_t *pool = thread->visit->r->pool;
    const char *state = line_get(event, "state"), *reason = line_get(event, "reason");
    if (!state)
        return;
    const char *words = visit_text(thread->visit, apr_pstrcat(pool, "state.", state, NULL), NULL);
    if (reason)
        words = apr_pstrcat(
            pool, words, ": ",
            visit_text(thread->visit, apr_pstrcat(pool, "reason.", reason, NULL), NULL), NULL);
    scope_put(bubble, "state", apr_pstrdup(pool, state));
    scope_put(bubble, "words", words);
}

static void time_put(apr_pool_t *pool, struct scope *bubble, int64_t ms)
{
    char *time = apr_palloc(pool, EVENT_TIME_ROOM), *hour = apr_palloc(pool, 6);
    time_t local = (time_t)(ms / 1000 + SANTO_DOMINGO);
    struct tm tm;
    event_time(ms, time);
    gmtime_r(&local, &tm);
    strftime(hour, 6, "%H:%M", &tm);
    scope_put(bubble, "time", time);
    scope_put(bubble, "hour", hour);
}

static const char *field_copy(apr_pool_t *pool, const struct line *event, const char *name)
{
    const char *value = line_get(event, name);
    return value ? apr_pstrdup(pool, value) : "";
}

static void bubble_put(struct thread *thread, const struct line *event, const char *type)
{
    apr_pool_t *pool = thread->visit->r->pool;
    struct scope *bubble = scope_item(thread->scope, "events");
    bool mine = strcmp(type, "sent") == 0;
    scope_put(bubble, "note", NULL);
    scope_put(bubble, "mine", mine ? "1" : NULL);
    scope_put(bubble, "theirs", mine ? NULL : "1");
    scope_put(bubble, "from", shown(pool, field_copy(pool, event, "from")));
    scope_put(bubble, "to", shown(pool, field_copy(pool, event, "to")));
    scope_put(bubble, "text", field_copy(pool, event, "text"));
    scope_put(bubble, "late", strcmp(type, "late") == 0 ? "1" : NULL);
    scope_put(bubble, "missing", line_get(event, "missing") ? "1" : NULL);
    scope_put(bubble, "state", NULL);
    scope_put(bubble, "words", NULL);
    time_put(pool, bubble, line_number(event, "time", 0));
    words_put(thread, bubble, event);
    const char *message = field_copy(pool, event, "message");
    scope_put(bubble, "message", message);
    if (mine && *message)
        apr_hash_set(thread->bubbles, message, APR_HASH_KEY_STRING, bubble);
}

static void event_take(void *context, const struct line *event)
{
    struct thread *thread = context;
    const char *type = line_get(event, "type"), *message = line_get(event, "message");
    const char *conversation = line_get(event, "conversation");
    if (!type || !conversation || strcmp(conversation, thread->conversation) != 0)
        return;
    if (strcmp(type, "state") == 0) {
        struct scope *bubble =
            message ? apr_hash_get(thread->bubbles, message, APR_HASH_KEY_STRING) : NULL;
        if (bubble)
            words_put(thread, bubble, event);
    } else if (strcmp(type, "ended") == 0) {
        struct scope *note = scope_item(thread->scope, "events");
        scope_put(note, "note", "1");
        scope_put(note, "words", visit_text(thread->visit, "event.ended", NULL));
    } else if (strcmp(type, "sent") == 0 || strcmp(type, "reply") == 0 ||
               strcmp(type, "late") == 0) {
        bubble_put(thread, event, type);
    }
}

void thread_put(struct visit *visit, struct scope *scope, struct conversations *all,
                const struct conversation *one)
{
    apr_pool_t *pool = visit->r->pool;
    int64_t left = seconds_left(one->until, all->now);
    struct thread thread = {visit, scope_item(scope, "thread"), one->id, apr_hash_make(pool)};
    conversation_put(pool, thread.scope, one);
    scope_put(thread.scope, "message", NULL);
    scope_put(thread.scope, "cursor",
              apr_psprintf(pool, "%" APR_INT64_T_FMT, all->transcript.last));
    scope_put(thread.scope, "minutes",
              apr_psprintf(pool, "%d:%02d", (int)(left / 60), (int)(left % 60)));
    /* Where older pieces cannot be read just now, the newest events are shown. */
    if (events_after(visit, all, 0, event_take, &thread) < 0)
        (void)events_after(visit, all, all->transcript.first - 1, event_take, &thread);
}
