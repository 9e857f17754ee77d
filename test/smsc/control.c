// Where a test tells the SMSC to misbehave, and asks what it saw. README.md lists the addresses.
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/smsc/hex.h"
#include "test/smsc/http.h"
#include "test/smsc/json.h"
#include "test/smsc/listen.h"
#include "test/smsc/smsc.h"
#include "test/smsc/status.h"

static void faults_read(struct exchange *x)
{
    evbuffer_add_printf(x->body, "{");
    for (size_t i = 0; i < fault_kinds_count; i++) {
        const struct fault_kind *kind = &fault_kinds[i];
        char word[32];
        fault_word(kind, fault_get(&x->smsc->fault, kind), word, sizeof word);
        evbuffer_add_printf(x->body, "%s\n\"%s\":{\"value\":", i ? "," : "", kind->name);
        json_string(x->body, word);
        evbuffer_add_printf(x->body, ",\"tells\":");
        json_string(x->body, kind->tells);
        evbuffer_add_printf(x->body, "}");
    }
    evbuffer_add_printf(x->body, "}\n");
    http_json(x, 200);
}

static void faults_apply(struct smsc *smsc, bool sequence)
{
    struct session *s;

    TAILQ_FOREACH(s, &smsc->sessions, link)
    {
        session_apply_faults(s);
        if (sequence)
            s->sequence = (uint32_t)smsc->fault.sequence;
    }
    deliver_pump(smsc);
}

// All or nothing: one wrong name or value changes none.
static void faults_write(struct exchange *x)
{
    struct fault fault = x->smsc->fault;
    struct evkeyval *pair;

    TAILQ_FOREACH(pair, x->form, next)
    {
        int error = fault_set(&fault, pair->key, pair->value);
        if (error) {
            char sentence[128];
            snprintf(sentence, sizeof sentence, "%.40s %s", pair->key,
                     error == -ENOENT ? "is no fault" : "cannot have this value");
            http_error(x, 400, sentence);
            return;
        }
    }
    x->smsc->fault = fault;
    faults_apply(x->smsc, http_word(x, "sequence") != NULL);
    faults_read(x);
}

static void reset_proceed(struct exchange *x)
{
    fault_reset(&x->smsc->fault);
    if (x->smsc->listeners[0])
        (void)listener_shut(x->smsc->listeners[0], false); // if it cannot, `listen` says so
    faults_apply(x->smsc, false);
    http_done(x, 1);
}

static void stats_proceed(struct exchange *x)
{
    const struct stats *s = &x->smsc->stats;
    const struct smsc *smsc = x->smsc;
    unsigned bound = 0, outstanding = 0;
    const struct session *session;
    const struct {
        const char *name;
        uint64_t value;
    } counters[] = {
        {"connections", s->connections},
        {"binds", s->binds},
        {"binds_refused", s->binds_refused},
        {"submits", s->submits},
        {"submits_ok", s->submits_ok},
        {"submits_refused", s->submits_refused},
        {"throttled", s->throttled},
        {"responses_dropped", s->responses_dropped},
        {"pdus", s->pdus},
        {"pdus_bad", s->pdus_bad},
        {"receipts", s->receipts},
        {"receipts_skipped", s->receipts_skipped},
        {"answers", s->answers},
        {"delivers_sent", s->delivers_sent},
        {"delivers_acked", s->delivers_acked},
        {"delivers_refused", s->delivers_refused},
        {"delivers_retried", s->delivers_retried},
        {"delivers_late", s->delivers_late},
        {"delivers_pending", smsc->queue.pending},
        {"delivers_waiting", smsc->queue.waiting},
        {"enquire_links", s->enquire_links},
        {"unbinds", s->unbinds},
        {"handsets", smsc->handsets.count},
        {"handsets_evicted", smsc->handsets.evicted},
        {"handsets_octets", smsc->handsets.octets},
        {"log_last", smsc->journal.serial},
    };

    TAILQ_FOREACH(session, &smsc->sessions, link)
    {
        bound += session->bound;
        outstanding += session->outstanding_count;
    }
    evbuffer_add_printf(x->body, "{\"bound\":%u,\"delivers_outstanding\":%u", bound, outstanding);
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        evbuffer_add_printf(x->body, ",\"%s\":%llu", counters[i].name,
                            (unsigned long long)counters[i].value);
    evbuffer_add_printf(x->body, "}\n");
    http_json(x, 200);
}

static void log_proceed(struct exchange *x)
{
    unsigned long long since, limit;

    if (!http_number(x, x->query, "since", 0, UINT64_MAX, 0, &since) ||
        !http_number(x, x->query, "limit", 0, 1000000, 10000, &limit))
        return;
    journal_write(&x->smsc->journal, &x->smsc->fault, since, limit, x->body);
    http_json(x, 200);
}

static void sessions_proceed(struct exchange *x)
{
    const struct session *s;
    const char *comma = "";

    evbuffer_add_printf(x->body, "[");
    TAILQ_FOREACH(s, &x->smsc->sessions, link)
    {
        evbuffer_add_printf(x->body, "%s\n{\"id\":%u,\"peer\":\"%s\",\"system_id\":", comma, s->id,
                            s->peer);
        json_string(x->body, s->system_id);
        evbuffer_add_printf(x->body,
                            ",\"bound\":%s,\"receives\":%s,\"transmits\":%s,\"tls\":%s,"
                            "\"outstanding\":%u,\"submits\":%llu,\"delivers\":%llu}",
                            s->bound ? "true" : "false", s->receives ? "true" : "false",
                            s->transmits ? "true" : "false", s->tls ? "true" : "false",
                            s->outstanding_count, (unsigned long long)s->submits,
                            (unsigned long long)s->delivers);
        comma = ",";
    }
    evbuffer_add_printf(x->body, "]\n");
    http_json(x, 200);
}

static void load_report(struct exchange *x)
{
    load_write(x->smsc, x->body);
    http_json(x, 200);
}

static void load_proceed(struct exchange *x)
{
    struct load load = {.text = "respuesta {n}"};
    const char *to = http_word(x, "to"), *text = http_word(x, "text");
    unsigned long long count, rate, window, from, numbers;

    if (!http_number(x, x->form, "count", 0, 1000000000, 0, &count) ||
        !http_number(x, x->form, "rate", 0, 10000000, 0, &rate) ||
        !http_number(x, x->form, "window", 1, DELIVER_MOST, 1000, &window) ||
        !http_number(x, x->form, "from", 0, 99999999999999, 8095550000, &from) ||
        !http_number(x, x->form, "numbers", 1, 100000000, 1, &numbers))
        return;
    if (count == 0) {
        load_stop(x->smsc);
        load_report(x);
        return;
    }
    if (!to || !*to || strlen(to) > 20 || (text && strlen(text) > 150)) {
        http_error(x, 400, "to is a short code, text at most 150 octets");
        return;
    }
    load.count = count;
    load.rate = rate;
    load.window = window;
    load.from = from;
    load.numbers = numbers;
    snprintf(load.to, sizeof load.to, "%s", to);
    if (text)
        snprintf(load.text, sizeof load.text, "%s", text);
    load_start(x->smsc, &load);
    load_report(x);
}

static void forget_proceed(struct exchange *x)
{
    struct handset *handset;
    unsigned count = 0;

    while ((handset = TAILQ_FIRST(&x->smsc->handsets.recent))) {
        handset_forget(&x->smsc->handsets, handset);
        count++;
    }
    deliver_forget(x->smsc);
    load_stop(x->smsc);
    http_done(x, count);
}

static const struct {
    enum http_method method;
    const char *path;
    void (*proceed)(struct exchange *);
} routes[] = {
    {HTTP_GET, "/control", faults_read},
    {HTTP_POST, "/control", faults_write},
    {HTTP_POST, "/control/reset", reset_proceed},
    {HTTP_GET, "/control/stats", stats_proceed},
    {HTTP_GET, "/control/log", log_proceed},
    {HTTP_GET, "/control/sessions", sessions_proceed},
    {HTTP_GET, "/control/load", load_report},
    {HTTP_POST, "/control/load", load_proceed},
    {HTTP_POST, "/control/forget", forget_proceed},
};

bool control_proceed(struct exchange *x)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (routes[i].method == x->method && !strcmp(routes[i].path, x->path)) {
            routes[i].proceed(x);
            return true;
        }
    return false;
}
