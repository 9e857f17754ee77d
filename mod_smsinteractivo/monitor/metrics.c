/* See metrics.h. */
#include "mod_smsinteractivo/monitor/metrics.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/monitor/census.h"
#include "mod_smsinteractivo/monitor/health.h"
#include "mod_smsinteractivo/backend/tally.h"

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
    gauge_put(out, "waiting", "Visitors whose poll is held now", census_now());
    gauge_put(out, "sessions", "Sessions with a live conversation at this smppd", health.sessions);
    gauge_put(out, "queue", "Messages waiting in smppd", health.queue);
    reply_head(visit);
    return reply_brigade(visit, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", out);
}

/* One figure of mod_status: a row of a table, or a line of `?auto`. */
struct figure {
    const char *plain, *heading;
};

static void figure_put(request_rec *r, bool plain, struct figure figure, const char *value)
{
    ap_rprintf(r, plain ? "%s: %s\n" : "<tr><th>%s</th><td>%s</td></tr>\n",
               plain ? figure.plain : figure.heading, value);
}

static const char *number_text(request_rec *r, int64_t number)
{
    return apr_psprintf(r->pool, "%" APR_INT64_T_FMT, number);
}

static void state_put(request_rec *r, bool plain)
{
    struct visit visit = {.r = r, .backend = backend_take()};
    struct health health = {.smppd = false};
    if (visit.backend) {
        health = health_ask(&visit);
        backend_give(visit.backend);
    }
    figure_put(r, plain, (struct figure){"SmsSmppd", "smppd"}, health.smppd ? "up" : "down");
    figure_put(r, plain, (struct figure){"SmsMemcached", "memcached"},
               health.store ? "up" : "down");
    figure_put(r, plain, (struct figure){"SmsLinksUp", "SMPP links bound"},
               number_text(r, health.links_up));
    figure_put(r, plain, (struct figure){"SmsSessions", "Sessions"},
               number_text(r, health.sessions));
    figure_put(r, plain, (struct figure){"SmsWaiting", "Waiting visitors"},
               number_text(r, census_now()));
}

/* Since the last restart, as the counts. */
static void rates_put(request_rec *r, bool plain)
{
    static const struct {
        struct figure figure;
        enum tally tally;
    } rates[] = {
        {{"SmsPollsPerSec", "Polls a second"}, TALLY_POLLS},
        {{"SmsMessagesPerSec", "Messages a second"}, TALLY_QUEUED},
    };
    double seconds = tally_seconds();
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        figure_put(r, plain, rates[i].figure,
                   apr_psprintf(r->pool, "%.3f", (double)tally_read(rates[i].tally) / seconds));
}

int metrics_status(request_rec *r, int flags)
{
    bool plain = flags & AP_STATUS_SHORT;
    if (deployment_of(ap_server_conf)->mounts == 0)
        return DECLINED;
    if (!plain)
        ap_rputs("<hr>\n<h2>SMS Interactivo</h2>\n<table>\n", r);
    state_put(r, plain);
    rates_put(r, plain);
    for (int i = 0; i < TALLY_COUNT; i++)
        figure_put(r, plain,
                   (struct figure){apr_pstrcat(r->pool, "Sms_", tally_name((enum tally)i), NULL),
                                   tally_help((enum tally)i)},
                   number_text(r, (int64_t)tally_read((enum tally)i)));
    if (!plain)
        ap_rputs("</table>\n", r);
    return OK;
}
