/* ap_parse_form_data would read a gigabyte before it says no, and a slow body would hold a thread
 * for as long as its sender likes; see request.h. */
#include "mod_smsinteractivo/visit/request.h"
#include "mod_smsinteractivo/visit/form.h"
#include "mod_smsinteractivo/visit/origin.h"

#include <apr_strings.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_protocol.h>
#include <string.h>
#include <strings.h>

enum { BODY_SECONDS = 10 };

/* Bounds every single wait for the client. A stream of HTTP/2 has no socket of its own. */
static apr_interval_time_t timeout_swap(request_rec *r, apr_interval_time_t timeout)
{
    apr_socket_t *socket = r->connection->master ? NULL : ap_get_conn_socket(r->connection);
    apr_interval_time_t before = timeout;
    if (socket) {
        apr_socket_timeout_get(socket, &before);
        if (before < 0 || timeout < before)
            apr_socket_timeout_set(socket, timeout);
    }
    return before;
}

static void timeout_restore(request_rec *r, apr_interval_time_t before)
{
    apr_socket_t *socket = r->connection->master ? NULL : ap_get_conn_socket(r->connection);
    if (socket)
        apr_socket_timeout_set(socket, before);
}

static enum problem problem_of(apr_status_t rv)
{
    return APR_STATUS_IS_TIMEUP(rv) || APR_STATUS_IS_EAGAIN(rv) ? PROBLEM_FORM_SLOW
           : rv == AP_FILTER_ERROR || rv == APR_ENOSPC          ? PROBLEM_FORM_SIZE
                                                                : PROBLEM_FORM;
}

/* What has come of the body so far is added; true at its end. */
static bool brigade_take(apr_bucket_brigade *brigade, char *body, apr_size_t *len,
                         apr_status_t *status)
{
    for (apr_bucket *b = APR_BRIGADE_FIRST(brigade); b != APR_BRIGADE_SENTINEL(brigade);
         b = APR_BUCKET_NEXT(b)) {
        const char *data;
        apr_size_t more;
        if (APR_BUCKET_IS_EOS(b))
            return true;
        if (APR_BUCKET_IS_METADATA(b))
            continue;
        *status = apr_bucket_read(b, &data, &more, APR_BLOCK_READ);
        if (*status == APR_SUCCESS && *len + more > FORM_BODY_MOST)
            *status = APR_ENOSPC;
        if (*status != APR_SUCCESS)
            return true;
        memcpy(body + *len, data, more);
        *len += more;
    }
    return false;
}

/* `body` has room for FORM_BODY_MOST and a NUL. */
static enum problem body_read(request_rec *r, char *body)
{
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_time_t end = apr_time_now() + apr_time_from_sec(BODY_SECONDS);
    apr_interval_time_t before = timeout_swap(r, apr_time_from_sec(BODY_SECONDS));
    apr_status_t status = APR_SUCCESS;
    apr_size_t len = 0;
    bool whole = false;
    while (!whole && status == APR_SUCCESS) {
        status = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES, APR_BLOCK_READ,
                                FORM_BODY_MOST + 1);
        if (status == APR_SUCCESS)
            whole = brigade_take(brigade, body, &len, &status);
        apr_brigade_cleanup(brigade);
        if (!whole && apr_time_now() > end)
            status = APR_TIMEUP;
    }
    timeout_restore(r, before);
    body[len] = '\0';
    if (status != APR_SUCCESS)
        return problem_of(status);
    return memchr(body, '\0', len) ? PROBLEM_FORM : PROBLEM_NONE;
}

static bool type_is_form(request_rec *r)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    return type && strncasecmp(type, form, sizeof form - 1) == 0 &&
           strchr("; \t", type[sizeof form - 1]);
}

static enum problem form_read(struct visit *visit)
{
    request_rec *r = visit->r;
    const char *length = apr_table_get(r->headers_in, "Content-Length");
    char *body = apr_palloc(r->pool, FORM_BODY_MOST + 1);
    if (!type_is_form(r))
        return PROBLEM_FORM_TYPE;
    if (length && apr_atoi64(length) > FORM_BODY_MOST)
        return PROBLEM_FORM_SIZE;
    enum problem problem = body_read(r, body);
    if (problem != PROBLEM_NONE)
        return problem;
    visit->form = form_parse(r->pool, body);
    return visit->form ? PROBLEM_NONE : PROBLEM_FORM;
}

enum problem request_form(struct visit *visit)
{
    enum problem problem = form_read(visit);
    if (problem == PROBLEM_FORM_SIZE || problem == PROBLEM_FORM_SLOW ||
        problem == PROBLEM_FORM_TYPE)
        visit->r->connection->keepalive = AP_CONN_CLOSE;
    return problem;
}

static bool origin_is_listed(const struct visit *visit, const char *origin)
{
    const apr_array_header_t *origins = visit->settings->origins;
    for (int i = 0; origin && origins && i < origins->nelts; i++)
        if (strcasecmp(APR_ARRAY_IDX(origins, i, const char *), origin) == 0)
            return true;
    return false;
}

enum problem request_origin(const struct visit *visit)
{
    const apr_table_t *head = visit->r->headers_in;
    const char *origin = apr_table_get(head, "Origin");
    if (origin_is_listed(visit, origin))
        return PROBLEM_NONE;
    /* A page without TLS may be anybody's on the way, though its host be ours. */
    if (visit->secure && origin && strncasecmp(origin, "http:", 5) == 0)
        return PROBLEM_FOREIGN;
    switch (
        origin_judge(apr_table_get(head, "Sec-Fetch-Site"), origin, apr_table_get(head, "Host"))) {
    case ORIGIN_OURS:
        return PROBLEM_NONE;
    case ORIGIN_SILENT:
        if (session_token_is(&visit->deployment->secret, &visit->session,
                             visit_field(visit, "token")))
            return PROBLEM_NONE;
        return PROBLEM_FOREIGN;
    case ORIGIN_FOREIGN:
        break;
    }
    return PROBLEM_FOREIGN;
}
