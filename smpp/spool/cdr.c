/* Charging records: one for each received part, and a line of CSV for each record. */
#include "smpp/spool/cdr.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "smpp/spool/ledger.h"

const char CDR_HEAD[] = "id,utc,mobile,short_code,conversation,part,parts,price_centavos,"
                        "tax1,rate1,centavos1,tax2,rate2,centavos2,tax3,rate3,centavos3,"
                        "tax4,rate4,centavos4,total_centavos,outcome,smsc,smsc_message_id\n";

static const char *const OUTCOME[] = {
    [SPOOL_OUT_DELIVERED] = "delivered",         [SPOOL_OUT_LATE] = "late",
    [SPOOL_OUT_UNDELIVERABLE] = "undeliverable", [SPOOL_OUT_OPT_OUT] = "opt-out",
    [SPOOL_OUT_DUPLICATE] = "duplicate",
};

static bool is_charged(enum spool_outcome outcome)
{
    return outcome == SPOOL_OUT_DELIVERED || outcome == SPOOL_OUT_LATE;
}

/* The twelve columns of taxes, "ITBIS,18.00,18,...", as they will stand in the file. */
static void taxes_write(const struct charge *charge, char out[CDR_TAXES_MAX])
{
    int at = 0;

    for (unsigned i = 0; i < CHARGE_TAXES; i++) {
        const char *comma = i > 0 ? "," : "";

        if (i < charge->taxes)
            at += snprintf(out + at, (size_t)(CDR_TAXES_MAX - at), "%s%.*s,%d.%02d,%lld", comma,
                           CHARGE_NAME_MAX, charge->tax[i].name, charge->tax[i].rate / 100,
                           charge->tax[i].rate % 100, (long long)charge->amount[i]);
        else
            at += snprintf(out + at, (size_t)(CDR_TAXES_MAX - at), "%s,,", comma);
    }
}

static const struct charge FREE;

int cdr_void(struct ledger *ledger, uint64_t id)
{
    struct query *query = db_query(ledger->db, QUERY_CDR_VOID);
    char taxes[CDR_TAXES_MAX];
    int error;

    taxes_write(&FREE, taxes);
    query_bind(query, 1, (int64_t)id);
    query_bind_text(query, 2, taxes);
    query_bind(query, 3, (int64_t)ledger->counts.file_last);
    error = query_run(query);
    if (error < 0 || db_changes(ledger->db) > 0)
        return error;
    query = db_query(ledger->db, QUERY_CDR_TOTAL);
    query_bind(query, 1, (int64_t)id);
    error = query_step(query);
    if (error == 1)
        error = query_number(query, 0) > 0;
    query_end(query);
    return error;
}

int cdr_keep(struct ledger *ledger, const struct spool_reply *reply, uint64_t id, bool duplicate)
{
    enum spool_outcome outcome = duplicate ? SPOOL_OUT_DUPLICATE : reply->outcome;
    const struct charge *charge = is_charged(outcome) ? &reply->charge : &FREE;
    struct query *query = db_query(ledger->db, QUERY_CDR_KEEP);
    char taxes[CDR_TAXES_MAX];

    taxes_write(charge, taxes);
    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, reply->wall);
    query_bind_text(query, 3, reply->mobile);
    query_bind_text(query, 4, reply->code);
    query_bind(query, 5, (int64_t)reply->conversation);
    query_bind(query, 6, reply->seq);
    query_bind(query, 7, reply->total);
    query_bind(query, 8, charge->price);
    query_bind_text(query, 9, taxes);
    query_bind(query, 10, charge->total);
    query_bind(query, 11, outcome);
    query_bind_text(query, 12, reply->smsc);
    query_bind_text(query, 13, reply->smsc_id);
    return query_run(query);
}

struct csv {
    char *at, *end;
};

static void csv_octet(struct csv *csv, char octet)
{
    if (csv->at < csv->end)
        *csv->at++ = octet;
}

static void csv_plain(struct csv *csv, const char *text)
{
    while (*text)
        csv_octet(csv, *text++);
}

static bool is_plain(const char *text)
{
    return strpbrk(text, "\",\r\n") == NULL && strchr("=+-@\t", *text ? *text : 'a') == NULL;
}

/* A field a peer has chosen: quoted where it must be, an apostrophe before what a spreadsheet
 * would take for a formula. */
static void csv_text(struct csv *csv, const char *text)
{
    if (is_plain(text)) {
        csv_plain(csv, text);
        return;
    }
    csv_octet(csv, '"');
    if (strchr("=+-@\t", *text))
        csv_octet(csv, '\'');
    for (; *text; text++) {
        if (*text == '"')
            csv_octet(csv, '"');
        csv_octet(csv, *text < ' ' && *text >= 0 ? ' ' : *text);
    }
    csv_octet(csv, '"');
}

static void csv_number(struct csv *csv, long long number)
{
    char text[24];

    snprintf(text, sizeof text, "%lld,", number);
    csv_plain(csv, text);
}

/* RFC 3339 in UTC with milliseconds. */
static void csv_time(struct csv *csv, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    char text[40], whole[32];

    gmtime_r(&seconds, &tm);
    strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, sizeof text, "%s.%03dZ,", whole, (int)(ms % 1000));
    csv_plain(csv, text);
}

size_t cdr_line(struct query *query, const char *instance, char line[CDR_LINE_MAX])
{
    struct csv csv = {line, line + CDR_LINE_MAX - 1};
    char text[64];

    snprintf(text, sizeof text, "%s-%lld,", instance, (long long)query_number(query, 0));
    csv_plain(&csv, text);
    csv_time(&csv, query_number(query, 1));
    csv_text(&csv, query_text(query, 2));
    csv_octet(&csv, ',');
    csv_text(&csv, query_text(query, 3));
    snprintf(text, sizeof text, ",%016llx,", (unsigned long long)query_number(query, 4));
    csv_plain(&csv, text);
    csv_number(&csv, query_number(query, 5));
    csv_number(&csv, query_number(query, 6));
    csv_number(&csv, query_number(query, 7));
    csv_plain(&csv, query_text(query, 8));
    csv_octet(&csv, ',');
    csv_number(&csv, query_number(query, 9));
    csv_plain(&csv, OUTCOME[query_number(query, 10) % (SPOOL_OUT_DUPLICATE + 1)]);
    csv_octet(&csv, ',');
    csv_text(&csv, query_text(query, 11));
    csv_octet(&csv, ',');
    csv_text(&csv, query_text(query, 12));
    *csv.at++ = '\n';
    return (size_t)(csv.at - line);
}
