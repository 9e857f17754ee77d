/* See end.h. */
#include "mod_smsinteractivo/talk/end.h"
#include "mod_smsinteractivo/guard/audit.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/send/pending.h"

#include <errno.h>
#include <string.h>

static int refuse(struct visit *visit, enum problem problem, int64_t retry_in)
{
    struct fault fault = {.problem = problem, .retry_in = retry_in, .left = -1};
    return page_fault(visit, &fault, NULL);
}

static int ended_reply(struct visit *visit)
{
    struct json json;
    if (!visit->json)
        return reply_see_other(visit, "");
    json_begin(&json, visit->r->pool, 64);
    json_object(&json, NULL);
    json_string(&json, "state", "ended");
    json_object_end(&json);
    return reply_json(visit, HTTP_OK, &json);
}

/* A draft that still waits is this session's to forget. */
static void draft_forget(struct visit *visit)
{
    struct pending pending;
    struct outcome outcome;
    bool used = false;
    if (pending_get(visit, visit_field(visit, "pending"), &pending, &outcome, &used) == 0 &&
        !used && strcmp(pending.sid, visit->session.sid) == 0)
        (void)pending_claim(visit, pending.pid); /* where this fails, it dies within 5 minutes */
}

int end_handle(struct visit *visit)
{
    const char *conversation = visit_field(visit, "conversation");
    struct ask ask;
    ask_begin(&ask, *conversation ? "stop" : "end");
    line_put(&ask.w, "session", visit->session.sid);
    if (*conversation)
        line_put(&ask.w, "conversation", conversation);
    int e = daemon_ask(&ask);
    bool something = e == 0 && (*conversation || line_number(&ask.line, "conversations", 0) > 0);
    if (e == -EREMOTEIO) {
        const char *reason = line_get(&ask.line, "reason");
        bool unknown = reason && strcmp(reason, "no-conversation") == 0;
        if (*conversation && (unknown || (reason && strcmp(reason, "bad-field") == 0)))
            return refuse(visit, PROBLEM_CONVERSATION, 0);
        e = unknown ? 0 : -EAGAIN; /* nothing to end is ended */
    }
    if (e < 0)
        return refuse(visit, PROBLEM_AWAY, 2);
    if (something) /* or anybody could fill the trail */
        audit_write(visit, &visit->session, "end", conversation, "");
    if (!*conversation) {
        draft_forget(visit);
        if (!session_make(&visit->session)) /* the old id is worth nothing any more */
            return refuse(visit, PROBLEM_AWAY, 2);
    }
    return ended_reply(visit);
}
