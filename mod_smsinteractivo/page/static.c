/* See static.h. */
#include "mod_smsinteractivo/page/static.h"
#include "mod_smsinteractivo/page/page.h"

#include <http_protocol.h>
#include <string.h>

int static_handle(struct visit *visit, const char *file)
{
    request_rec *r = visit->r;
    const struct htdocs *htdocs = visit->settings->htdocs;
    const struct asset *asset = apr_hash_get(htdocs->assets, file, APR_HASH_KEY_STRING);
    const char *version = visit_query(visit, "v");
    if (!asset) {
        struct fault fault = {.problem = PROBLEM_UNKNOWN, .left = -1};
        return reply_problem(visit, &fault);
    }
    bool current = version && strcmp(version, htdocs->hash) == 0;
    apr_table_setn(r->headers_out, "ETag", asset->etag);
    apr_table_setn(r->headers_out, "Cache-Control",
                   current ? "public, max-age=31536000, immutable" : "no-cache");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    int met = ap_meets_conditions(r);
    return met != OK ? met : reply_octets(visit, HTTP_OK, asset->type, asset->octets, asset->len);
}
