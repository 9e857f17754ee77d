/* See report.h. */
#include "mod_smsinteractivo/report.h"
#include "mod_smsinteractivo/audit.h"
#include "mod_smsinteractivo/conversation.h"
#include "mod_smsinteractivo/page.h"
#include "mod_smsinteractivo/tally.h"

#include <apr_strings.h>
#include <errno.h>
#include <http_log.h>
#include <string.h>

APLOG_USE_MODULE(smsinteractivo);

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
    int e = conversations_read(visit, &all);
    const struct conversation *one =
        e == 0 ? conversation_by_id(&all, visit_field(visit, "conversation")) : NULL;
    if (!one) {
        struct fault fault = {.problem = e == -EAGAIN ? PROBLEM_AWAY : PROBLEM_CONVERSATION,
                              .retry_in = e == -EAGAIN ? 2 : 0,
                              .left = -1};
        return page_fault(visit, &fault, NULL);
    }
    tally_add(TALLY_REPORTS);
    audit_write(visit, &visit->session, "report", one->id, one->to);
    ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, visit->r,
                  "SI0130: a visitor reported a conversation; conversation=%s mobile=...%s",
                  one->id, strlen(one->to) > 4 ? one->to + strlen(one->to) - 4 : "");
    return reported_reply(visit, one);
}
