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
#include <string.h>

static void put(apr_bucket_brigade *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(apr_bucket_brigade *out, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    apr_brigade_vprintf(out, NULL, NULL, format, values); /* cannot fail without a flush function */
    va_end(values);
}

/* What is so now: a gauge for Prometheus, a row on mod_status. */
struct gauge {
    const char *name, *plain, *help;
    int64_t value;
    const char *const *words; /* for 0 and 1 on mod_status; NULL: the value is a number */
};

enum { GAUGES = 8 };

static void gauges_read(struct visit *visit, struct gauge out[static GAUGES])
{
    static const char *const up[] = {"down", "up"}, *const yes[] = {"no", "yes"};
    struct health now = {.smppd = false};
    if (visit->backend)
        now = health_ask(visit);
    const struct gauge all[GAUGES] = {
        {"smppd_up", "SmsSmppd", "Whether smppd answers", now.smppd, up},
        {"memcached_up", "SmsMemcached", "Whether memcached answers", now.store, up},
        {"accepting", "SmsAccepting", "Whether smppd takes messages", now.accepting, yes},
        {"links", "SmsLinks", "SMPP links configured", now.links, NULL},
        {"links_up", "SmsLinksUp", "SMPP links that take messages", now.links_up, NULL},
        {"waiting", "SmsWaiting", "Visitors whose poll is held now", census_now(), NULL},
        {"sessions", "SmsSessions", "Sessions with a live conversation at this smppd", now.sessions,
         NULL},
        {"queue", "SmsQueue", "Messages waiting in smppd", now.queue, NULL},
    };
    memcpy(out, all, sizeof all);
}

static void metric_put(apr_bucket_brigade *out, const char *type, const char *name,
                       const char *help, int64_t value)
{
    put(out,
        "# HELP smsinteractivo_%s %s\n# TYPE smsinteractivo_%s %s\nsmsinteractivo_%s "
        "%" APR_INT64_T_FMT "\n",
        name, help, name, type, name, value);
}

int metrics_handle(struct visit *visit)
{
    request_rec *r = visit->r;
    apr_bucket_brigade *out = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    struct gauge gauge[GAUGES];
    gauges_read(visit, gauge);
    for (enum tally i = 0; i < TALLY_COUNT; i++)
        metric_put(out, "counter", tally_name(i), tally_help(i), (int64_t)tally_read(i));
    for (int i = 0; i < GAUGES; i++)
        metric_put(out, "gauge", gauge[i].name, gauge[i].help, gauge[i].value);
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
    struct gauge gauge[GAUGES];
    gauges_read(&visit, gauge);
    if (visit.backend)
        backend_give(visit.backend);
    for (const struct gauge *one = gauge; one < gauge + GAUGES; one++)
        figure_put(r, plain, (struct figure){one->plain, one->help},
                   one->words ? one->words[one->value != 0] : number_text(r, one->value));
}

/* Since the last restart, as the counts. */
static void rates_put(request_rec *r, bool plain)
{
    static const struct {
        struct figure figure;
        enum tally tally;
    } rates[] = {
        {{"SmsPollsPerSec", "Polls a second since the last restart"}, TALLY_POLLS},
        {{"SmsMessagesPerSec", "Messages a second since the last restart"}, TALLY_QUEUED},
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
    for (enum tally i = 0; i < TALLY_COUNT; i++)
        figure_put(
            r, plain,
            (struct figure){apr_pstrcat(r->pool, "Sms_", tally_name(i), NULL), tally_help(i)},
            number_text(r, (int64_t)tally_read(i)));
    if (!plain)
        ap_rputs("</table>\n", r);
    return OK;
}
