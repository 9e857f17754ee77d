/* See report.h. */
#include "mod_smsinteractivo/talk/report.h"
#include "mod_smsinteractivo/guard/audit.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <apr_strings.h>
#include <errno.h>
#include <http_log.h>
#include <stdio.h>
#include <string.h>

APLOG_USE_MODULE(smsinteractivo);

enum { DAY = 86400 };

/* A conversation is reported once: pressing again fills neither trail nor log. In doubt it counts.
 */
static bool is_news(struct visit *visit, const struct conversation *one)
{
    char key[96];
    (void)snprintf(key, sizeof key, "y:%s:%s", visit->session.sid, one->id); /* fits */
    return backend_note(store_add(visit->backend->store, key, "1", 1, DAY)) != -EEXIST;
}

static void report_write(struct visit *visit, const struct conversation *one)
{
    tally_add(TALLY_REPORTS);
    audit_write(visit, &visit->session, "report", one->id, one->to);
    ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, visit->r,
                  "SI0130: a visitor reported a conversation; conversation=%s mobile=...%s",
                  one->id, strlen(one->to) > 4 ? one->to + strlen(one->to) - 4 : "");
}

static int reported_reply(struct visit *visit, const struct conversation *one)
{
    struct json json;
    if (!visit->json)
        return reply_see_other(visit, apr_pstrcat(visit->r->pool, "?reported=1&c=", one->id, NULL));
    json_begin(&json, visit->r->pool, 64);
    json_object(&json, NULL);
    json_string(&json, "state", "reported");
    json_object_end(&json);
    return reply_json(visit, HTTP_ACCEPTED, &json);
}

int report_handle(struct visit *visit)
{
    struct conversations all;
    int e = conversations_find(visit, &all);
    const struct conversation *one =
        e == 0 ? conversation_by_id(&all, visit_field(visit, "conversation")) : NULL;
    if (!one) {
        struct fault fault = {.problem = e == -EAGAIN ? PROBLEM_AWAY : PROBLEM_CONVERSATION,
                              .retry_in = e == -EAGAIN ? 2 : 0,
                              .left = -1};
        return page_fault(visit, &fault, NULL);
    }
    if (is_news(visit, one))
        report_write(visit, one);
    return reported_reply(visit, one);
}
