/* See poll.h. The idle poll is the module's busiest request: one get, one small answer. */
#include "mod_smsinteractivo/talk/poll.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/talk/event.h"
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/wait/hold.h"

#include <apr_strings.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_SECONDS = 3 };

static int64_t number_of(const struct visit *visit, const char *name, int64_t most)
{
    const char *text = visit_query(visit, name);
    char *end;
    if (!text || *text < '0' || *text > '9')
        return 0;
    int64_t number = strtoll(text, &end, 10);
    return *end ? 0 : number > most ? most : number;
}

struct poll poll_of(const struct visit *visit)
{
    return (struct poll){.after = number_of(visit, "after", INT64_MAX),
                         .wait = (int)number_of(visit, "wait", POLL_WAIT_MOST)};
}

enum poll_state poll_read(struct visit *visit, const struct poll *poll, struct conversations *all)
{
    int e = conversations_find(visit, all);
    if (e < 0)
        return e == -ENOENT ? POLL_OVER : POLL_AWAY;
    return all->transcript.last == poll->after ? POLL_IDLE : POLL_NEWS;
}

static void conversations_put(struct json *json, const struct conversations *all)
{
    json_array(json, "conversations");
    for (unsigned i = 0; i < all->count; i++) {
        const struct conversation *one = &all->item[i];
        json_object(json, NULL);
        json_string(json, "id", one->id);
        json_string(json, "to", one->to);
        json_string(json, "name", one->name);
        json_string(json, "code", one->code);
        json_string(json, "state", one->live ? "live" : "ended");
        json_number(json, "expires_in", seconds_left(one->until, all->now));
        json_number(json, "unanswered", one->unanswered);
        json_object_end(json);
    }
    json_array_end(json);
}

static void event_put(void *json, const struct line *event)
{
    event_json(json, event);
}

static int refuse(struct visit *visit, enum problem problem, int64_t retry_in)
{
    struct fault fault = {.problem = problem, .retry_in = retry_in, .left = -1};
    return reply_problem(visit, &fault);
}

int poll_answer(struct visit *visit, const struct poll *poll, enum poll_state state,
                struct conversations *all, int retry_in)
{
    struct json json;
    tally_add(TALLY_POLLS);
    if (state == POLL_OVER)
        return refuse(visit, PROBLEM_SESSION_OVER, 0);
    if (state == POLL_AWAY)
        return refuse(visit, PROBLEM_AWAY, RETRY_SECONDS);
    /* A cursor ahead of ours is of a transcript that memcached lost: everything is told again. */
    bool reset = poll->after > all->transcript.last;
    json_begin(&json, visit->r->pool, state == POLL_IDLE ? 1024 : 8192);
    json_object(&json, NULL);
    json_number(&json, "cursor", all->transcript.last);
    json_number(&json, "expires_in", seconds_left(all->transcript.until, all->now));
    if (reset)
        json_bool(&json, "reset", true);
    if (retry_in > 0)
        json_number(&json, "retry_in", retry_in);
    conversations_put(&json, all);
    json_array(&json, "events");
    if (state == POLL_NEWS &&
        events_after(visit, all, reset ? 0 : poll->after, event_put, &json) < 0)
        return refuse(visit, PROBLEM_AWAY, RETRY_SECONDS);
    json_array_end(&json);
    json_object_end(&json);
    if (state == POLL_IDLE)
        tally_add(TALLY_POLLS_IDLE);
    return reply_json(visit, HTTP_OK, &json);
}

int poll_handle(struct visit *visit)
{
    struct poll poll = poll_of(visit);
    struct conversations all;
    /* The place is taken before the transcript is read, so that what happens in between wakes. */
    bool held = poll.wait > 0 && hold_poll(visit, &poll);
    enum poll_state state = poll_read(visit, &poll, &all);
    if (held && state == POLL_IDLE)
        return SUSPENDED;
    if (held)
        hold_release(visit);
    bool would_wait = state == POLL_IDLE && poll.wait > 0 && !hold_is_over(visit->r);
    return poll_answer(visit, &poll, state, &all, would_wait ? RETRY_SECONDS : 0);
}
