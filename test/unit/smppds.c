/* Several smppd and what they share; see smppds.h. */
#include "test/unit/smppds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "smpp/spool/scan.h"
#include "smpp/wire/line.h"

struct world world;

static const char *const name[SMPPDS] = {"anna", "bert", "carl"};

/* A kill is played by closing the file, and no test pulls the plug. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

/* ---- the disk ---- */

static void disk_log(void *ctx, int level, const char *id, const char *sentence, const char *fields)
{
    struct smppd *smppd = ctx;
    (void)level, (void)sentence, (void)fields;
    smppd->filed_twice += strcmp(id, "SD0205") == 0;
}

static void ledger_begin(struct smppd *smppd, const char *directory)
{
    struct spool_options options = {.cdr_records = 50000,
                                    .cdr_period_ms = 3600000,
                                    .repeat_ms = 6 * 3600000,
                                    .batch = 1,
                                    .log = disk_log,
                                    .log_ctx = smppd};
    (void)snprintf(smppd->ledger.path, PATH_MAX, "%s/spool.db", directory);
    (void)snprintf(smppd->ledger.export.directory, PATH_MAX, "%s", directory);
    smppd->ledger.options = options;
}

static void ledger_start(struct smppd *smppd)
{
    struct ledger fresh = {0};
    char why[512];
    memcpy(fresh.path, smppd->ledger.path, sizeof fresh.path);
    memcpy(fresh.export.directory, smppd->ledger.export.directory, PATH_MAX);
    fresh.options = smppd->ledger.options;
    smppd->ledger = fresh;
    if (ledger_open(&smppd->ledger, why, sizeof why) < 0) {
        (void)fprintf(stderr, "%s\n", why);
        abort();
    }
}

static void jobs_drop(struct smppd *smppd)
{
    for (struct job *job; (job = job_list_take(&smppd->todo));)
        job_free(job);
}

void smppd_push(struct smppd *smppd, enum job_kind kind, const void *request,
                struct spool_done done)
{
    struct job *job;
    if (job_new(kind, request, done, &job) < 0)
        abort();
    job_list_add(&smppd->todo, job);
}

static int job_commit(struct smppd *smppd, struct job *job)
{
    struct ledger *ledger = &smppd->ledger;
    memset(&job->result, 0, sizeof job->result);
    job->result.code = job->code;
    job->result.session = job->session;
    job->result.reason = job->reason;
    int error = db_begin(ledger->db);
    if (error == 0)
        error = JOB_TYPE[job->kind].run(ledger, job);
    if (error < 0)
        ledger_rollback(ledger);
    return error < 0 ? error : ledger_commit(ledger);
}

bool smppd_commit(struct smppd *smppd)
{
    struct job *job = smppd->todo.first;
    if (!job || (smppd->full && JOB_TYPE[job->kind].haste != JOB_AT_ONCE))
        return false;
    (void)job_list_take(&smppd->todo);
    int error = smppd->full ? -ENOSPC : job_commit(smppd, job);
    while (error == 0 && page_tell(job))
        error = job_commit(smppd, job);
    const struct reply_end_request *end = (const void *)job->request;
    world.claims += error == 0 && job->kind == JOB_REPLY_END && end->end == SPOOL_END_CLAIMED &&
                    job->result.verdict == SPOOL_KEPT;
    job->result.error = error;
    if (job->done.call)
        job->done.call(job->done.ctx, &job->result);
    job_free(job);
    return true;
}

int spool_reply_end(struct spool *spool, uint64_t reply, enum spool_end end, uint64_t also,
                    struct spool_done done)
{
    struct reply_end_request request = {reply, end, also};
    smppd_push((struct smppd *)(void *)spool, JOB_REPLY_END, &request, done);
    return 0;
}

int spool_reply_asked(struct spool *spool, const struct spool_twin *twin, struct spool_done done)
{
    smppd_push((struct smppd *)(void *)spool, JOB_REPLY_ASKED, twin, done);
    return 0;
}

int spool_scan(struct spool *spool, enum spool_scan scan, const char *session,
               const struct spool_reader *reader)
{
    struct smppd *smppd = (struct smppd *)(void *)spool;
    struct scan_request request = {scan, session, reader->after};
    struct job *job;
    if (job_new(JOB_SCAN, &request, reader->done, &job) < 0)
        return -ENOMEM;
    job->row = reader->row;
    job_list_add(&smppd->todo, job);
    return 0;
}

/* ---- memcached ---- */

int stray_post_put(struct storer *storer, struct stray_post *post)
{
    (void)storer;
    if (world.away || world.lines == LINES)
        return -EAGAIN;
    world.line[world.lines].until = world.now + (int64_t)post->life * 1000;
    memcpy(world.line[world.lines++].text, post->line, sizeof post->line);
    post->then(post);
    return 0;
}

bool storer_up(struct storer *storer)
{
    (void)storer;
    return !world.away;
}

void memcached_lose(void)
{
    world.lines = 0;
    for (unsigned i = 0; i < world.count; i++)
        world.smppd[i].read = world.smppd[i].kept_read = 0;
}

bool strays_look(struct switchboard *sb)
{
    struct smppd *smppd = (struct smppd *)(void *)sb;
    return smppd->looks = sb->strays.looking = true;
}

static void line_take(struct smppd *smppd, const char *text)
{
    char copy[STRAY_LINE_ROOM];
    struct line line;
    memcpy(copy, text, sizeof copy);
    if (line_parse(&line, copy, strlen(copy)) < 0)
        abort();
    if (strcmp(line_get(&line, "from"), smppd->sb.conf->instance) == 0)
        return;
    if (strcmp(line.verb, "verdict") == 0)
        repeat_verdict(&smppd->sb, &line);
    else
        repeat_asked(&smppd->sb, &line);
}

static void others_read(struct smppd *smppd)
{
    smppd->looks = smppd->sb.strays.looking = false;
    smppd->looked = world.now;
    for (; !world.away && smppd->read < world.lines; smppd->read++)
        if (world.line[smppd->read].until > world.now)
            line_take(smppd, world.line[smppd->read].text);
    smppd->sb.strays.looks++;
}

/* ---- the loop ---- */

int64_t switch_now(const struct switchboard *sb)
{
    return world.now + ((const struct smppd *)(const void *)sb)->skew;
}

void smppd_show(struct smppd *smppd, uint64_t reply)
{
    unsigned nth = (unsigned)(smppd - world.smppd);
    struct shown_request request = {{&reply, sizeof reply}};
    world.shown[nth] += world.shown_reply[nth] != reply;
    world.shown_reply[nth] = reply;
    smppd_push(smppd, JOB_SHOWN, &request, (struct spool_done){0});
}

void answers_found(struct switchboard *sb, const struct spool_reply *reply, bool told)
{
    if (reply->held || (reply->claimed && told))
        repeats_recall(sb, reply);
    if (!reply->held && !reply->shown)
        smppd_show((struct smppd *)(void *)sb, reply->id);
}

static void row_found(void *ctx, const struct spool_row *row)
{
    answers_found(ctx, &row->reply, true);
}

void smppd_turn(struct smppd *smppd)
{
    if (smppd->looks || world.now - smppd->looked >= 1000)
        others_read(smppd);
    repeats_tick(&smppd->sb, switch_now(&smppd->sb));
}

struct smppd *smppd_named(const char *instance)
{
    unsigned i = 0;
    while (strcmp(name[i], instance) != 0)
        i++;
    return &world.smppd[i];
}

void smppd_kill(struct smppd *smppd)
{
    jobs_drop(smppd);
    repeats_end(&smppd->sb.repeats);
    smppd->ledger.open = false; /* it notes no end */
    ledger_close(&smppd->ledger);
    smppd->up = smppd->looks = false;
}

void smppd_start(struct smppd *smppd)
{
    struct spool_reader reader = {.row = row_found, .done = {NULL, &smppd->sb}};
    ledger_start(smppd);
    repeats_start(&smppd->sb.repeats);
    smppd->up = true;
    smppd->sb.strays.looking = false;
    smppd->read = smppd->kept_read;
    others_read(smppd);
    (void)spool_scan(smppd->sb.spool, SPOOL_SCAN_REPLIES, "", &reader);
}

static void smppd_begin(struct smppd *smppd, unsigned nth)
{
    char directory[] = "/tmp/repeat-chance-XXXXXX";
    struct switchboard *sb = &smppd->sb;
    sb->conf = calloc(1, sizeof *sb->conf);
    if (!sb->conf || !mkdtemp(directory))
        abort();
    sb->conf->instance = name[nth];
    sb->spool = (struct spool *)(void *)smppd;
    sb->storer = (struct storer *)(void *)smppd;
    for (unsigned i = 0; i < world.count; i++)
        if (i != nth)
            (void)snprintf(sb->fellows.fellow[sb->fellows.count++].instance, STORER_KEY_ROOM, "%s",
                           name[i]);
    job_list_init(&smppd->todo);
    ledger_begin(smppd, directory);
    smppd_start(smppd);
}

void smppds_begin(unsigned count)
{
    memset(&world, 0, sizeof world);
    world.count = count;
    for (unsigned i = 0; i < world.count; i++)
        smppd_begin(&world.smppd[i], i);
}

static void files_remove(const char *path)
{
    static const char *const end[] = {"", "-wal", "-shm"};
    char file[PATH_MAX + 8];
    for (unsigned i = 0; i < sizeof end / sizeof *end; i++) {
        (void)snprintf(file, sizeof file, "%s%s", path, end[i]);
        (void)unlink(file); /* not all of them are there */
    }
}

void smppds_end(void)
{
    for (unsigned i = 0; i < world.count; i++) {
        struct smppd *smppd = &world.smppd[i];
        if (smppd->up)
            smppd_kill(smppd);
        files_remove(smppd->ledger.path);
        (void)rmdir(smppd->ledger.export.directory);
        free(smppd->sb.conf);
    }
}
