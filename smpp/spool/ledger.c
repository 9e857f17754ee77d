/* The database with what is remembered beside it, and its transactions. */
#include "smpp/spool/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/spool/message.h"
#include "smpp/spool/receipt.h"

enum {
    CRASH_DOUBT_MS = 10000,  /* a response written that long before a crash has arrived */
    CHECKPOINT_AGAIN = 1000, /* pages until one that failed or was held up is tried again */
    GROWN = 4                /* times as long as the log is to be */
};

static int last_ids_read(struct ledger *ledger)
{
    struct query *query = db_query(ledger->db, QUERY_LAST_IDS);
    int stepped = query_step(query);

    if (stepped == 1) {
        ledger->last_id = (uint64_t)query_number(query, 0);
        ledger->counts.last_reply = (uint64_t)query_number(query, 1);
        ledger->counts.last_early = (uint64_t)query_number(query, 2);
    }
    query_end(query);
    return stepped < 0 ? stepped : 0;
}

static int meta_read(struct ledger *ledger)
{
    struct query *query = db_query(ledger->db, QUERY_META_ALL);
    int stepped = 0;

    while (ledger->metas < LEDGER_META && (stepped = query_step(query)) == 1) {
        struct meta *meta = &ledger->meta[ledger->metas++];

        meta->name = strdup(query_text(query, 0));
        meta->value = strdup(query_text(query, 1));
        if (!meta->name || !meta->value)
            stepped = -ENOMEM;
        if (stepped < 0)
            break;
    }
    query_end(query);
    return stepped < 0 ? stepped : 0;
}

static int secret_read(struct ledger *ledger)
{
    const char *secret = ledger_meta(ledger, "secret");

    for (size_t i = 0; secret && i < sizeof ledger->secret; i++)
        if (sscanf(secret + 2 * i, "%2hhx", &ledger->secret[i]) != 1)
            secret = NULL;
    return secret ? 0 : -EIO;
}

static int meta_put(struct ledger *ledger, const char *name, const char *value)
{
    struct query *query = db_query(ledger->db, QUERY_META_PUT);

    query_bind_text(query, 1, name);
    query_bind_text(query, 2, value);
    return query_run(query);
}

/* Answers that were not known to be answered when the last run ended may be repeated. */
static int doubts_mark(struct ledger *ledger)
{
    const char *answered = ledger_meta(ledger, "answered");
    struct query *query = db_query(ledger->db, QUERY_REPLY_DOUBT_AFTER);

    ledger->counts.answered = answered ? strtoull(answered, NULL, 10) : 0;
    query_bind(query, 1, (int64_t)ledger->counts.answered);
    ledger->counts.answered = ledger->written = ledger->counts.last_reply;
    atomic_store(&ledger->answered, ledger->counts.last_reply);
    return query_run(query);
}

static int ledger_recall(struct ledger *ledger)
{
    char number[24];
    int error = db_begin(ledger->db);

    if (error == 0)
        error = last_ids_read(ledger);
    if (error == 0)
        error = meta_read(ledger);
    if (error == 0)
        error = secret_read(ledger);
    if (error == 0)
        error = receipt_count(ledger);
    if (error == 0)
        error = doubts_mark(ledger);
    snprintf(number, sizeof number, "%llu", (unsigned long long)ledger->counts.last_reply);
    if (error == 0)
        error = meta_put(ledger, "answered", number);
    if (error == 0)
        error = export_recall(ledger);
    if (error == 0)
        error = ledger_commit(ledger);
    return error;
}

static struct db *database_open(const struct ledger *ledger, char *why, size_t room)
{
    const struct spool_options *spool = &ledger->options;
    struct db_options options = {spool->max_octets, spool->updating, spool->log_ctx};

    return db_open(ledger->path, &options, why, room);
}

int ledger_open(struct ledger *ledger, char *why, size_t room)
{
    int error;

    ledger->db = database_open(ledger, why, room);
    if (!ledger->db)
        return -errno;
    error = wal_open(&ledger->wal, ledger->path);
    if (error == 0)
        error = ledger_recall(ledger);
    if (error == 0)
        error = wal_sync(&ledger->wal); /* what the last run left there too */
    ledger->wal.synced = ledger->wal.end;
    ledger->synced = ledger->committed;
    if (error < 0)
        snprintf(why, room, "the spool %s cannot be read: %s (%s)", ledger->path,
                 db_error_text(ledger->db), strerror(-error));
    ledger->open = error == 0;
    return error;
}

static int answered_put(struct ledger *ledger, uint64_t answered)
{
    char number[24];

    if (answered == ledger->counts.answered)
        return 0;
    ledger->counts.answered = answered;
    snprintf(number, sizeof number, "%llu", (unsigned long long)answered);
    return meta_put(ledger, "answered", number);
}

int ledger_answered_note(struct ledger *ledger, int64_t now)
{
    int error = 0;

    if (now - ledger->written_at >= CRASH_DOUBT_MS)
        error = answered_put(ledger, ledger->written);
    if (ledger->written == ledger->counts.answered) {
        ledger->written = atomic_load(&ledger->answered);
        ledger->written_at = now;
    }
    return error;
}

/* The next run need not doubt what this one answered. Where it cannot be written the next run
 * doubts. */
static void end_note(struct ledger *ledger)
{
    if (ledger->open && !ledger->doubtful && db_begin(ledger->db) == 0 &&
        answered_put(ledger, atomic_load(&ledger->answered)) == 0)
        (void)ledger_commit(ledger);
}

void ledger_close(struct ledger *ledger)
{
    if (ledger->doubtful)
        (void)ledger_reopen(ledger); /* else the next run finds what it finds */
    end_note(ledger);
    export_end(ledger);
    db_abandon(ledger->copier);
    db_abandon(ledger->holder);
    if (ledger->doubtful || !ledger->open)
        db_abandon(ledger->db);
    else
        db_close(ledger->db);
    wal_close(&ledger->wal);
    for (unsigned i = 0; i < ledger->metas; i++) {
        free(ledger->meta[i].name);
        free(ledger->meta[i].value);
    }
}

/* Nothing is remembered of what came after the last commit. */
static void undone(struct ledger *ledger)
{
    ledger->counts = ledger->committed;
    messages_forget(ledger);
}

int ledger_reopen(struct ledger *ledger)
{
    char why[256];
    int error;

    /* The old connection is open until then: else somebody who looks, leaving last, might put into
     * the database what is to be cut off. */
    error = wal_cut(&ledger->wal, ledger->path);
    db_index_void(ledger->db);
    if (error < 0)
        return error;
    db_abandon(ledger->copier);
    db_abandon(ledger->holder);
    db_abandon(ledger->db);
    ledger->db = ledger->copier = ledger->holder = NULL;
    ledger->copied = (struct wal_place){0};
    ledger->committed = ledger->synced;
    undone(ledger);
    ledger->db = database_open(ledger, why, sizeof why);
    error = ledger->db ? wal_open(&ledger->wal, ledger->path) : -errno;
    ledger->doubtful = error < 0;
    return error;
}

int ledger_commit(struct ledger *ledger)
{
    int error = db_commit(ledger->db);

    if (error == 0)
        error = wal_note(&ledger->wal, db_log_grown(ledger->db));
    if (error < 0)
        ledger_rollback(ledger);
    else
        ledger->committed = ledger->counts;
    return error;
}

void ledger_rollback(struct ledger *ledger)
{
    db_rollback(ledger->db);
    undone(ledger);
}

bool ledger_wants_checkpoint(const struct ledger *ledger)
{
    const struct wal_place *end = &ledger->wal.end, *tried = &ledger->tried;
    bool again = tried->frames > 0 && end->round == tried->round;

    return end->frames >= ledger->options.log_pages &&
           (!again || end->frames >= tried->frames + CHECKPOINT_AGAIN);
}

/* All of it stands in the log. What was written is not believed: a fresh connection knows nothing
 * of it and writes it all again. */
static void checkpoint_failed(struct ledger *ledger, int error, const char *text)
{
    char fields[240];

    ledger->doubtful = true;
    ledger->log_error = error;
    ledger->tried = ledger->wal.end;
    snprintf(fields, sizeof fields, "error=%s detail=\"%s\"", strerrorname_np(-error), text);
    ledger_log(ledger, SPOOL_LOG_ERROR, "SD0206",
               "The spool's log cannot be brought into the database; it is tried again.", fields);
}

/* Once for each log. */
static void growth_tell(struct ledger *ledger)
{
    const struct wal_place *end = &ledger->wal.end;
    char fields[60];

    if (end->frames < GROWN * ledger->options.log_pages)
        return;
    ledger->log_grows = true;
    if (ledger->told.frames > 0 && ledger->told.round == end->round)
        return;
    ledger->told = *end;
    snprintf(fields, sizeof fields, "pages=%u", end->frames);
    ledger_log(ledger, SPOOL_LOG_WARNING, "SD0207",
               "The spool's log grows, for somebody looks into the database and does not end.",
               fields);
}

/* So many of its frames are in the database. Who looks keeps out what came since he began. */
static void copied_note(struct ledger *ledger, struct wal_place log, uint32_t frames)
{
    ledger->copied = (struct wal_place){log.round, frames};
    ledger->log_error = 0;
    ledger->log_grows = false;
    if (frames >= log.frames)
        return;
    ledger->tried = ledger->wal.end;
    growth_tell(ledger);
}

void ledger_checkpoint(struct ledger *ledger)
{
    uint32_t frames;
    int error = db_checkpoint(ledger->db, &frames);

    ledger->tried = ledger->wal.end;
    if (error < 0)
        checkpoint_failed(ledger, error, ledger_error_text(ledger));
    else
        copied_note(ledger, ledger->wal.end, frames);
}

uint32_t ledger_uncopied(const struct ledger *ledger)
{
    const struct wal_place *end = &ledger->wal.end, *copied = &ledger->copied;

    return end->round == copied->round ? end->frames - copied->frames : end->frames;
}

int ledger_hold(struct ledger *ledger)
{
    int error;

    if (!ledger->holder)
        ledger->holder = db_open_beside(ledger->path);
    if (!ledger->copier)
        ledger->copier = db_open_beside(ledger->path);
    error = ledger->holder && ledger->copier ? db_hold(ledger->holder) : -ENOMEM;
    ledger->held = ledger->wal.end;
    return error;
}

int ledger_copy(struct ledger *ledger)
{
    return db_copy(ledger->copier, &ledger->frames);
}

void ledger_let_go(struct ledger *ledger, int error)
{
    db_let_go(ledger->holder);
    if (error == 0)
        copied_note(ledger, ledger->held, ledger->frames);
    else
        checkpoint_failed(ledger, error, db_error_text(ledger->copier));
}

const char *ledger_error_text(const struct ledger *ledger)
{
    return ledger->db ? db_error_text(ledger->db) : "it cannot be opened again";
}

const char *ledger_meta(const struct ledger *ledger, const char *name)
{
    for (unsigned i = 0; i < ledger->metas; i++)
        if (strcmp(ledger->meta[i].name, name) == 0)
            return ledger->meta[i].value;
    return NULL;
}

void ledger_log(const struct ledger *ledger, int level, const char *id, const char *sentence,
                const char *fields)
{
    if (ledger->options.log)
        ledger->options.log(ledger->options.log_ctx, level, id, sentence, fields);
}
