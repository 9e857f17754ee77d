/* One request: find its row, know the visitor, read and judge the form, let the row's function
 * answer. See action.h. */
#include "mod_smsinteractivo/action.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/send/challenge.h"
#include "mod_smsinteractivo/talk/end.h"
#include "mod_smsinteractivo/talk/extend.h"
#include "mod_smsinteractivo/monitor/health.h"
#include "mod_smsinteractivo/map.h"
#include "mod_smsinteractivo/monitor/metrics.h"
#include "mod_smsinteractivo/mount.h"
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/talk/poll.h"
#include "mod_smsinteractivo/talk/report.h"
#include "mod_smsinteractivo/visit/request.h"
#include "mod_smsinteractivo/send/send.h"
#include "mod_smsinteractivo/page/static.h"
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/send/verify.h"

#include <apr_strings.h>
#include <http_log.h>
#include <string.h>

APLOG_USE_MODULE(smsinteractivo);

enum visitor { NOBODY, KNOWN, ANYBODY }; /* no session; one that is there; a new one is made */

struct action {
    const char *name; /* ends in '/' where something follows */
    int method;
    enum visitor visitor;
    int (*handle)(struct visit *visit);
    int (*handle_rest)(struct visit *visit, const char *rest);
};

static const struct action actions[] = {
    {"poll", M_GET, KNOWN, poll_handle, NULL},
    {"", M_GET, ANYBODY, page_handle, NULL},
    {"static/", M_GET, NOBODY, NULL, static_handle},
    {"send", M_POST, ANYBODY, send_handle, NULL},
    {"captcha/", M_GET, KNOWN, NULL, challenge_show},
    {"captcha", M_POST, KNOWN, challenge_renew, NULL},
    {"verify", M_POST, KNOWN, verify_handle, NULL},
    {"extend", M_POST, KNOWN, extend_handle, NULL},
    {"end", M_POST, KNOWN, end_handle, NULL},
    {"report", M_POST, KNOWN, report_handle, NULL},
    {"health", M_GET, NOBODY, health_handle, NULL},
    {"metrics", M_GET, NOBODY, metrics_handle, NULL},
};

static const struct action *action_find(const char *name)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        const struct action *action = &actions[i];
        if (action->handle_rest ? strncmp(name, action->name, strlen(action->name)) == 0
                                : strcmp(name, action->name) == 0)
            return action;
    }
    return NULL;
}

static int refuse(struct visit *visit, enum problem problem)
{
    struct fault fault = {.problem = problem, .left = -1};
    /* A page for a lost image or script helps nobody. */
    if (visit->r->method_number == M_GET || !visit->backend)
        return reply_problem(visit, &fault);
    return page_fault(visit, &fault, NULL);
}

/* "/sms" is told the way to "/sms/". */
static int slash_add(struct visit *visit)
{
    apr_table_setn(visit->r->headers_out, "Location", visit->base);
    return HTTP_PERMANENT_REDIRECT;
}

/* What a log line may say of the request: %{smsi-action}n, %{smsi-session}n. */
static void notes_put(const struct visit *visit, const struct action *action)
{
    apr_table_t *notes = visit->r->notes;
    apr_table_setn(notes, "smsi-action", *action->name ? action->name : "page");
    if (*visit->session.sid)
        apr_table_setn(notes, "smsi-session",
                       apr_pstrdup(visit->r->pool, visit->session.sid + SESSION_SID_LEN - 8));
}

/* False where this action needs a session and there is none to be had. */
static bool session_begin(struct visit *visit, const struct action *action)
{
    const char *cookies = apr_table_get(visit->r->headers_in, "Cookie");
    if (action->visitor == NOBODY ||
        session_of_cookies(&visit->session, cookies, visit_cookie_name(visit)))
        return true;
    if (action->visitor == ANYBODY)
        return session_make(&visit->session);
    /* Nobody's session: one that cannot be anybody's, so that each answers as for an unknown one.
     */
    memset(visit->session.sid, '0', SESSION_SID_LEN);
    return true;
}

static int method_refuse(struct visit *visit, const struct action *action)
{
    apr_table_setn(visit->r->headers_out, "Allow", action->method == M_GET ? "GET, HEAD" : "POST");
    visit->r->connection->keepalive = AP_CONN_CLOSE; /* a body, if any, stays unread */
    return refuse(visit, PROBLEM_METHOD);
}

static int action_run(struct visit *visit, const struct action *action)
{
    if (action->method != visit->r->method_number)
        return method_refuse(visit, action);
    if (!session_begin(visit, action))
        return HTTP_INTERNAL_SERVER_ERROR;
    notes_put(visit, action);
    if (action->method == M_POST) {
        enum problem problem = request_form(visit);
        if (problem == PROBLEM_NONE)
            problem = request_origin(visit);
        if (problem == PROBLEM_FOREIGN) {
            tally_add(TALLY_FOREIGN);
            visit->session.fresh = false; /* another site's form makes nobody a visitor */
        }
        if (problem != PROBLEM_NONE)
            return refuse(visit, problem);
    }
    if (action->handle_rest)
        return action->handle_rest(visit, visit->action + strlen(action->name));
    return action->handle(visit);
}

int action_handle(request_rec *r)
{
    struct visit visit;
    if (!r->handler || strcmp(r->handler, HANDLER_NAME) != 0)
        return DECLINED;
    if (!map_is_ours(r)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "SI0111: SetHandler " HANDLER_NAME " works in <Location> only; uri=%s",
                      r->uri);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    visit_begin(&visit, r);
    if (!visit.action)
        return slash_add(&visit);
    visit.backend = backend_take();
    if (!visit.backend)
        return HTTP_SERVICE_UNAVAILABLE;
    const struct action *action = action_find(visit.action);
    int answer = action ? action_run(&visit, action) : refuse(&visit, PROBLEM_UNKNOWN);
    backend_give(visit.backend);
    return answer;
}
