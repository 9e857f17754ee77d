/* See metrics.h. */
#include "mod_smsinteractivo/metrics.h"
#include "mod_smsinteractivo/health.h"
#include "mod_smsinteractivo/tally.h"

#include <apr_strings.h>
#include <http_protocol.h>
#include <http_main.h>
#include <mod_status.h>
#include <stdarg.h>

static void put(apr_bucket_brigade *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(apr_bucket_brigade *out, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    apr_brigade_vprintf(out, NULL, NULL, format, values); /* cannot fail without a flush function */
    va_end(values);
}

static void gauge_put(apr_bucket_brigade *out, const char *name, const char *help, int64_t value)
{
    put(out,
        "# HELP smsinteractivo_%s %s\n# TYPE smsinteractivo_%s gauge\nsmsinteractivo_%s "
        "%" APR_INT64_T_FMT "\n",
        name, help, name, name, value);
}

int metrics_handle(struct visit *visit)
{
    request_rec *r = visit->r;
    apr_bucket_brigade *out = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    struct health health = health_ask(visit);
    for (int i = 0; i < TALLY_COUNT; i++) {
        const char *name = tally_name((enum tally)i);
        put(out,
            "# HELP smsinteractivo_%s %s\n# TYPE smsinteractivo_%s counter\nsmsinteractivo_%s "
            "%" APR_UINT64_T_FMT "\n",
            name, tally_help((enum tally)i), name, name, tally_read((enum tally)i));
    }
    gauge_put(out, "smppd_up", "Whether smppd answers", health.smppd);
    gauge_put(out, "memcached_up", "Whether memcached answers", health.store);
    gauge_put(out, "accepting", "Whether smppd takes messages", health.accepting);
    gauge_put(out, "links", "SMPP links configured", health.links);
    gauge_put(out, "links_up", "SMPP links bound", health.links_up);
    gauge_put(out, "waiting", "Visitors whose poll is held now",
              (int64_t)(tally_read(TALLY_HELD) - tally_read(TALLY_HELD_OVER)));
    gauge_put(out, "queue", "Messages waiting in smppd", health.queue);
    reply_head(visit);
    return reply_brigade(visit, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", out);
}

int metrics_status(request_rec *r, int flags)
{
    bool plain = flags & AP_STATUS_SHORT;
    if (deployment_of(ap_server_conf)->mounts == 0)
        return DECLINED;
    if (!plain)
        ap_rputs("<hr>\n<h2>SMS Interactivo</h2>\n<table>\n", r);
    ap_rprintf(r,
               plain
                   ? "SmsSmppd: %s\nSmsMemcached: %s\n"
                   : "<tr><th>smppd</th><td>%s</td></tr>\n<tr><th>memcached</th><td>%s</td></tr>\n",
               tally_daemon_is_up() ? "up" : "down", tally_store_is_up() ? "up" : "down");
    for (int i = 0; i < TALLY_COUNT; i++)
        ap_rprintf(r,
                   plain ? "Sms_%s: %" APR_UINT64_T_FMT "\n"
                         : "<tr><th>%s</th><td>%" APR_UINT64_T_FMT "</td></tr>\n",
                   plain ? tally_name((enum tally)i) : tally_help((enum tally)i),
                   tally_read((enum tally)i));
    if (!plain)
        ap_rputs("</table>\n", r);
    return OK;
}
