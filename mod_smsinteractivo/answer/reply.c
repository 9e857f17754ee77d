/* See reply.h. */
#include "mod_smsinteractivo/answer/reply.h"
#include "mod_smsinteractivo/answer/whole.h"
#include "mod_smsinteractivo/send/pending.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>

APLOG_USE_MODULE(smsinteractivo);

static void cookie_put(struct visit *visit)
{
    const char *path = visit->secure ? "/" : visit->base; /* __Host- wants "/" */
    apr_table_addn(visit->r->headers_out, "Set-Cookie",
                   apr_pstrcat(visit->r->pool, visit_cookie_name(visit), "=", visit->session.id,
                               "; Path=", path, "; HttpOnly; SameSite=Lax",
                               visit->secure ? "; Secure" : "", NULL));
    visit->session.fresh = false;
}

void reply_head(struct visit *visit)
{
    apr_table_t *head = visit->r->headers_out;
    apr_table_setn(head, "Cache-Control", "no-store");
    apr_table_setn(head, "X-Content-Type-Options", "nosniff");
    if (visit->session.fresh)
        cookie_put(visit);
}

int reply_brigade(struct visit *visit, int status, const char *type, apr_bucket_brigade *brigade)
{
    request_rec *r = visit->r;
    apr_off_t len = 0;
    if (status != HTTP_OK) /* else the error that ErrorDocument shows us for stays one */
        r->status = status;
    ap_set_content_type(r, type);
    apr_brigade_length(brigade, 1, &len);
    ap_set_content_length(r, len);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(r->connection->bucket_alloc));
    whole_put(r);
    apr_status_t rv = ap_pass_brigade(r->output_filters, brigade);
    if (rv != APR_SUCCESS && !r->connection->aborted)
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, rv, r, "SI0110: the answer could not be written");
    return OK;
}

int reply_octets(struct visit *visit, int status, const char *type, const char *octets,
                 apr_size_t len)
{
    request_rec *r = visit->r;
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, alloc);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_pool_create(octets, len, r->pool, alloc));
    return reply_brigade(visit, status, type, brigade);
}

int reply_json(struct visit *visit, int status, struct json *json)
{
    const char *text = json_end(json);
    reply_head(visit);
    return reply_octets(visit, status, "application/json", text, json->len);
}

int reply_see_other(struct visit *visit, const char *rest)
{
    reply_head(visit);
    apr_table_setn(visit->r->headers_out, "Location",
                   apr_pstrcat(visit->r->pool, visit->base, rest, NULL));
    return reply_octets(visit, HTTP_SEE_OTHER, "text/plain", "", 0);
}

static const char *number_text(const struct visit *visit, int64_t number)
{
    return apr_psprintf(visit->r->pool, "%" APR_INT64_T_FMT, number);
}

static const char *fault_text(const struct visit *visit, const struct fault *fault, const char *key)
{
    const char *pairs[] = {"seconds", number_text(visit, fault->retry_in),
                           "minutes", number_text(visit, (fault->retry_in + 59) / 60),
                           "left",    number_text(visit, fault->left),
                           NULL};
    return visit_text(visit, key, pairs);
}

const char *fault_title(const struct visit *visit, const struct fault *fault)
{
    return fault_text(
        visit, fault,
        apr_pstrcat(visit->r->pool, "problem.", problem_row(fault->problem)->slug, NULL));
}

const char *fault_detail(const struct visit *visit, const struct fault *fault)
{
    const char *key = fault->detail_key;
    if (!key)
        key = apr_pstrcat(visit->r->pool, "problem.", problem_row(fault->problem)->slug, ".detail",
                          NULL);
    return fault_text(visit, fault, key);
}

void reply_retry(struct visit *visit, const struct fault *fault)
{
    if (fault->retry_in > 0)
        apr_table_setn(visit->r->headers_out, "Retry-After", number_text(visit, fault->retry_in));
}

int reply_problem(struct visit *visit, const struct fault *fault)
{
    const struct problem_row *row = problem_row(fault->problem);
    struct json json;
    json_begin(&json, visit->r->pool, 1024);
    json_object(&json, NULL);
    json_string(&json, "type", row->slug);
    json_string(&json, "title", fault_title(visit, fault));
    json_string(&json, "detail", fault_detail(visit, fault));
    json_number(&json, "status", row->status);
    json_string(&json, "field", row->field);
    if (fault->retry_in > 0)
        json_number(&json, "retry_in", fault->retry_in);
    if (fault->left >= 0)
        json_number(&json, "attempts", fault->left);
    if (fault->fresh)
        pending_describe(visit, fault->fresh, &json);
    json_object_end(&json);
    const char *text = json_end(&json);
    reply_head(visit);
    reply_retry(visit, fault);
    return reply_octets(visit, row->status, "application/problem+json", text, json.len);
}
