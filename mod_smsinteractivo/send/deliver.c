/* See deliver.h. */
#include "mod_smsinteractivo/send/deliver.h"
#include "mod_smsinteractivo/guard/audit.h"
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <apr_strings.h>
#include <errno.h>
#include <http_log.h>
#include <stdio.h>
#include <string.h>

APLOG_USE_MODULE(smsinteractivo);

enum { RETRY_SECONDS = 5 };

/* smppd's reasons (PROTOCOL.md) as problems of a visitor; what is not here is our own mistake. */
static const struct {
    const char *reason;
    enum problem problem;
    const char *detail_key; /* NULL: the problem's own */
} reasons[] = {
    {"codes-busy", PROBLEM_CODES_BUSY, NULL},
    {"opted-out", PROBLEM_OPTED_OUT, NULL},
    {"quota", PROBLEM_LIMIT_MOBILE, NULL},
    {"nonce-used", PROBLEM_CAPTCHA_GONE, NULL},
    {"store-down", PROBLEM_AWAY, NULL},
    {"spool-full", PROBLEM_AWAY, NULL},
    {"spool-down", PROBLEM_AWAY, NULL},
    {"queue-full", PROBLEM_AWAY, NULL},
    {"too-many-open", PROBLEM_LIMIT, "limit.session"},
    {"draining", PROBLEM_AWAY, NULL},
    {"timeout", PROBLEM_AWAY, NULL},
};

static struct fault fault_of_reason(struct visit *visit, const struct line *line)
{
    const char *reason = line_get(line, "reason");
    struct fault fault = {.problem = PROBLEM_AWAY, .left = -1};
    bool known = false;
    for (size_t i = 0; reason && i < sizeof reasons / sizeof *reasons && !known; i++) {
        known = strcmp(reasons[i].reason, reason) == 0;
        if (known) {
            fault.problem = reasons[i].problem;
            fault.detail_key = reasons[i].detail_key;
        }
    }
    fault.retry_in =
        line_number(line, "retry-in", fault.problem == PROBLEM_AWAY ? RETRY_SECONDS : 0);
    if (!known)
        ap_log_rerror(
            APLOG_MARK, APLOG_ERR, 0, visit->r,
            "SI0121: smppd refused a message for a reason unknown here; reason=%s field=%s",
            reason ? reason : "", line_get(line, "field") ? line_get(line, "field") : "");
    return fault;
}

static bool copy(char *out, size_t room, const char *value)
{
    return value && (size_t)snprintf(out, room, "%s", value) < room;
}

static bool outcome_take(struct outcome *outcome, const struct session *session,
                         const struct line *line)
{
    *outcome = (struct outcome){.until = line_number(line, "until", 0)};
    return copy(outcome->sid, sizeof outcome->sid, session->sid) &&
           copy(outcome->heir, sizeof outcome->heir, session->sid) &&
           copy(outcome->message, sizeof outcome->message, line_get(line, "message")) &&
           copy(outcome->conversation, sizeof outcome->conversation,
                line_get(line, "conversation")) &&
           copy(outcome->code, sizeof outcome->code, line_get(line, "code"));
}

int deliver(struct visit *visit, const struct session *session, const struct pending *pending,
            const char *nonce, struct outcome *outcome, struct fault *fault)
{
    struct ask ask;
    ask_begin(&ask, "send");
    line_put(&ask.w, "session", session->sid);
    line_put(&ask.w, "mobile", pending->mobile);
    line_put(&ask.w, "name", pending->name);
    line_put(&ask.w, "text", pending->text);
    line_put(&ask.w, "key", pending->key);
    line_put(&ask.w, "nonce", nonce);
    if (setting_limit_session(visit->settings))
        line_put_number(&ask.w, "most", setting_limit_session(visit->settings));
    int e = daemon_ask(&ask);
    *fault = (struct fault){.problem = PROBLEM_AWAY, .retry_in = RETRY_SECONDS, .left = -1};
    if (e == -EREMOTEIO)
        *fault = fault_of_reason(visit, &ask.line);
    if (e == 0 && !outcome_take(outcome, session, &ask.line)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, visit->r,
                      "SI0122: smppd accepted a message without saying which");
        e = -EPROTO;
    }
    if (e == -ETIMEDOUT) /* it may go out all the same */
        audit_write(visit, session, "unanswered", "", pending->mobile);
    if (e < 0) {
        tally_add(TALLY_REFUSED);
        return e;
    }
    if (!line_get(&ask.line, "duplicate")) {
        tally_add(TALLY_QUEUED);
        audit_write(visit, session, "send", outcome->conversation, pending->mobile);
    }
    return 0;
}

int deliver_reply(struct visit *visit, const struct outcome *outcome)
{
    struct json json;
    if (!visit->json)
        return reply_see_other(visit,
                               apr_pstrcat(visit->r->pool, "?c=", outcome->conversation, NULL));
    json_begin(&json, visit->r->pool, 512);
    json_object(&json, NULL);
    json_string(&json, "state", "queued");
    json_string(&json, "message", outcome->message);
    json_string(&json, "conversation", outcome->conversation);
    json_string(&json, "code", outcome->code);
    json_number(&json, "expires_in", seconds_left(outcome->until, daemon_now()));
    json_object_end(&json);
    return reply_json(visit, HTTP_ACCEPTED, &json);
}
