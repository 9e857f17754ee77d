/* Gives way or stays; see twin.h. */
#include "smpp/spool/twin.h"

#include <stdio.h>
#include <string.h>

#include "smpp/spool/cdr.h"
#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/repeat.h"
#include "smpp/spool/reply.h"

/* It costs nothing any more and is shown to nobody. */
static int reply_void(struct ledger *ledger, uint64_t id, uint64_t original)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_VOID);
    char fields[64];
    int error;

    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, (int64_t)original);
    ledger->counts.duplicates++;
    error = query_run(query);
    if (error == 0)
        error = cdr_void(ledger, id);
    if (error == 1) {
        snprintf(fields, sizeof fields, "cdr=%s-%llu", ledger->export.instance,
                 (unsigned long long)id);
        ledger_log(ledger, SPOOL_LOG_WARNING, "SD0205",
                   "An answer that another smppd has billed too stands in a file already.", fields);
    }
    return error < 0 ? error : 0;
}

static bool is_filed(const struct ledger *ledger, uint64_t id)
{
    return id <= ledger->counts.file_last;
}

/* The asker's cannot give way any more. */
static int filed_judge(struct ledger *ledger, const struct spool_twin *twin,
                       const struct repeat_of *of, struct job *job)
{
    bool counts = of->standing <= 0, yields = counts && !is_filed(ledger, of->original);

    if (!yields && of->standing != twin->received)
        return 0;
    job->result.verdict = SPOOL_KEPT;
    return yields ? reply_void(ledger, of->original, (uint64_t)twin->received) : 0;
}

int reply_asked(struct ledger *ledger, struct job *job)
{
    const struct spool_twin *twin = (const void *)job->request;
    struct repeat repeat = {.digest = repeat_digest(ledger, twin->likeness),
                            .mobile = twin->mobile,
                            .code = twin->code,
                            .smsc_id = twin->smsc_id,
                            .elsewhere = true,
                            .received = twin->received,
                            .after = twin->after};
    struct repeat_of of = {0};
    int error = repeat_find(ledger, &repeat, &of);

    job->result.verdict = SPOOL_KEPT;
    if (error == 1 && of.doubt && (error = repeat_settle(ledger, of.id, twin->received)) == 0)
        error = 1;
    if (error <= 0)
        return error;
    job->result.verdict = of.standing == REPLY_HELD ? SPOOL_LATER : SPOOL_DUPLICATE;
    if (of.standing == REPLY_HELD || twin->standing == SPOOL_HELD)
        return 0;
    if (twin->standing == SPOOL_FILED)
        return filed_judge(ledger, twin, &of, job);
    return reply_note_shown(ledger, of.original); /* it has been, by the asker */
}

/* An answer of ours that was held or claimed. */
struct open {
    struct repeat repeat;
    int64_t standing;
    char mobile[SPOOL_NAME_MAX + 1], code[SPOOL_NAME_MAX + 1];
};

/* 1, or 0 where it is no longer. */
static int open_read(struct ledger *ledger, uint64_t id, struct open *open)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_OPEN);
    int stepped;

    query_bind(query, 1, (int64_t)id);
    stepped = query_step(query);
    if (stepped == 1) {
        open->repeat = (struct repeat){.id = id,
                                       .digest = query_number(query, 0),
                                       .mobile = strcpy(open->mobile, query_text(query, 1)),
                                       .code = strcpy(open->code, query_text(query, 2)),
                                       .smsc_id = "",
                                       .received = query_number(query, 3)};
        open->standing = query_number(query, 4);
    }
    query_end(query);
    return stepped;
}

/* No other smppd has what it repeats; then it may repeat an earlier one of ours. 1: it does. */
static int end_repeats(struct ledger *ledger, enum spool_end end, const struct repeat *repeat)
{
    struct repeat_of of = {0};
    int error = repeat_find(ledger, repeat, &of);

    if (error <= 0)
        return error;
    /* Where one that said nothing may have been given it between the two, that is excused too. */
    if (end == SPOOL_END_COUNTS && of.doubt)
        error = repeat_settle(ledger, of.id, repeat->received);
    if (error >= 0)
        error = reply_void(ledger, repeat->id, of.original);
    return error < 0 ? error : 1;
}

static int end_counts(struct ledger *ledger, uint64_t id, enum spool_end end)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_HOLD_END);

    query_bind(query, 1, (int64_t)id);
    query_bind(query, 2, end == SPOOL_END_CLAIMED ? REPLY_CLAIMED : REPLY_COUNTS);
    return query_run(query);
}

/* 1: it stands as it is wished to. */
static int end_judge(struct ledger *ledger, enum spool_end end, const struct open *open)
{
    uint64_t id = open->repeat.id;
    int error = 0;

    if (end == SPOOL_END_REPEATED && is_filed(ledger, id))
        return 1;
    if (end == SPOOL_END_REPEATED || end == SPOOL_END_FILED)
        return reply_void(ledger, id, id);
    if (open->standing == REPLY_HELD)
        error = end_repeats(ledger, end, &open->repeat);
    if (error != 0)
        return error < 0 ? error : 0;
    error = end_counts(ledger, id, end);
    return error < 0 ? error : 1;
}

int reply_end(struct ledger *ledger, struct job *job)
{
    const struct reply_end_request *request = (const void *)job->request;
    struct open open;
    int stands = open_read(ledger, request->reply, &open);

    if (stands == 1)
        stands = end_judge(ledger, request->end, &open);
    job->result.verdict = stands == 1 ? SPOOL_KEPT : SPOOL_DUPLICATE;
    return stands < 0 ? stands : 0;
}

/* 1, or 0 where there is none. */
static int wipe_next(struct ledger *ledger, const char *session, uint64_t *id, uint64_t *likeness)
{
    struct query *query = db_query(ledger->db, QUERY_REPLY_WIPE_NEXT);
    struct spool_reply reply = {0};
    int stepped;

    query_bind_text(query, 1, session);
    stepped = query_step(query);
    if (stepped == 1) {
        record_read(&REPLY_RECORD, query, &reply);
        *id = reply.id;
        *likeness = spool_likeness(&reply);
    }
    query_end(query);
    return stepped;
}

int reply_wipe_open(struct ledger *ledger, const char *session)
{
    uint64_t id, likeness;
    int error;

    while ((error = wipe_next(ledger, session, &id, &likeness)) == 1) {
        struct query *query = db_query(ledger->db, QUERY_REPLY_WIPE_OPEN);

        query_bind(query, 1, (int64_t)id);
        query_bind_octets(query, 2, &likeness, sizeof likeness);
        query_bind(query, 3, SPOOL_WIPED);
        error = query_run(query);
        if (error < 0)
            break;
    }
    return error;
}
