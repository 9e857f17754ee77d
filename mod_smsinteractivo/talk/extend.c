/* See extend.h. */
#include "mod_smsinteractivo/talk/extend.h"
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/page/page.h"

#include <apr_strings.h>
#include <errno.h>
#include <string.h>

/* 0 and the new deadline, or as daemon_ask. */
static int extend_one(struct visit *visit, const char *conversation, int64_t *until)
{
    struct ask ask;
    ask_begin(&ask, "extend");
    line_put(&ask.w, "session", visit->session.sid);
    line_put(&ask.w, "conversation", conversation);
    int e = daemon_ask(&ask);
    if (e == 0)
        *until = line_number(&ask.line, "until", 0);
    else if (e == -EREMOTEIO) {
        const char *reason = line_get(&ask.line, "reason");
        e = reason && (strcmp(reason, "no-conversation") == 0 || strcmp(reason, "bad-field") == 0)
                ? -ENOENT
                : -EAGAIN;
    }
    return e;
}

static int extend_all(struct visit *visit, int64_t *until)
{
    struct conversations all;
    int e = conversations_find(visit, &all), best = e < 0 ? e : -ENOENT;
    for (unsigned i = 0; e == 0 && i < all.count; i++) {
        if (!all.item[i].live)
            continue;
        int one = extend_one(visit, all.item[i].id, until);
        best = one == 0 || best == -ENOENT ? one : best;
    }
    return best;
}

static int extended_reply(struct visit *visit, const char *conversation, int64_t until)
{
    struct json json;
    if (!visit->json)
        return reply_see_other(
            visit, apr_pstrcat(visit->r->pool,
                               "?c=", ap_escape_urlencoded(visit->r->pool, conversation), NULL));
    json_begin(&json, visit->r->pool, 128);
    json_object(&json, NULL);
    json_string(&json, "state", "extended");
    json_number(&json, "expires_in", seconds_left(until, daemon_now()));
    json_object_end(&json);
    return reply_json(visit, HTTP_OK, &json);
}

int extend_handle(struct visit *visit)
{
    const char *conversation = visit_field(visit, "conversation");
    int64_t until = 0;
    int e = *conversation ? extend_one(visit, conversation, &until) : extend_all(visit, &until);
    if (e == 0)
        return extended_reply(visit, conversation, until);
    struct fault fault = {.problem = e == -ENOENT ? PROBLEM_CONVERSATION : PROBLEM_AWAY,
                          .retry_in = e == -ENOENT ? 0 : 2,
                          .left = -1};
    return page_fault(visit, &fault, NULL);
}
