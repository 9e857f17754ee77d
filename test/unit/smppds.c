/* Several smppd and what they share; see smppds.h. */
#include "test/unit/smppds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/wire/line.h"

struct world world;

static const char *const name[SMPPDS] = {"anna", "bert", "carl", "dora", "emil"};

/* ---- the disk ---- */

static void disk_log(void *ctx, int level, const char *id, const char *sentence, const char *fields)
{
    struct smppd *smppd = ctx;
    (void)level, (void)sentence, (void)fields;
    smppd->filed_twice += strcmp(id, "SD0205") == 0;
}

static void job_told(struct played_spool *disk, const struct job *job)
{
    (void)disk;
    const struct reply_end_request *end = (const void *)job->request;
    world.claims += job->result.error == 0 && job->kind == JOB_REPLY_END &&
                    end->end == SPOOL_END_CLAIMED && job->result.verdict == SPOOL_KEPT;
}

static void disk_begin(struct smppd *smppd)
{
    smppd->disk.told = job_told;
    played_spool_begin(&smppd->disk, &(struct spool_options){.cdr_records = 50000,
                                                             .cdr_period_ms = 3600000,
                                                             .repeat_ms = 6 * 3600000,
                                                             .batch = 1,
                                                             .log = disk_log,
                                                             .log_ctx = smppd});
}

/* ---- memcached ---- */

int stray_post_put(struct storer *storer, struct stray_post *post)
{
    (void)storer;
    if (world.away || world.lines == LINES)
        return -EAGAIN;
    world.line[world.lines].until = world.now + (int64_t)post->life * 1000;
    memcpy(world.line[world.lines].text, post->line, sizeof post->line);
    world.lines += !world.drops();
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

void smppd_show(struct smppd *smppd, const struct spool_reply *reply)
{
    unsigned nth = (unsigned)(smppd - world.smppd);
    struct shown_request request = {{&reply->id, sizeof reply->id}};
    world.shown[nth] += *reply->session && world.shown_reply[nth] != reply->id;
    world.shown_reply[nth] = reply->id;
    played_spool_push(&smppd->disk, JOB_SHOWN, &request, (struct spool_done){0});
}

void answers_found(struct switchboard *sb, const struct spool_reply *reply, bool told)
{
    if (reply->held || (reply->claimed && told))
        repeats_recall(sb, reply);
    if (!reply->held && !reply->shown)
        smppd_show((struct smppd *)(void *)sb, reply);
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
    repeats_end(&smppd->sb.repeats);
    played_spool_kill(&smppd->disk);
    smppd->up = smppd->looks = false;
}

void smppd_start(struct smppd *smppd)
{
    struct spool_reader reader = {.row = row_found, .done = {NULL, &smppd->sb}};
    played_spool_start(&smppd->disk);
    repeats_start(&smppd->sb.repeats);
    smppd->up = true;
    smppd->sb.strays.looking = false;
    smppd->read = smppd->kept_read;
    others_read(smppd);
    (void)spool_scan(smppd->sb.spool, SPOOL_SCAN_REPLIES, "", &reader);
}

static void smppd_begin(struct smppd *smppd, unsigned nth)
{
    struct switchboard *sb = &smppd->sb;
    sb->conf = calloc(1, sizeof *sb->conf);
    if (!sb->conf)
        abort();
    sb->conf->instance = name[nth];
    sb->spool = (struct spool *)(void *)&smppd->disk;
    sb->storer = (struct storer *)(void *)smppd;
    for (unsigned i = 0; i < world.count; i++)
        if (i != nth)
            (void)snprintf(sb->fellows.fellow[sb->fellows.count++].instance, STORER_KEY_ROOM, "%s",
                           name[i]);
    disk_begin(smppd);
    smppd_start(smppd);
}

void smppds_begin(unsigned count, bool (*drops)(void))
{
    memset(&world, 0, sizeof world);
    world.count = count;
    world.drops = drops;
    for (unsigned i = 0; i < world.count; i++)
        smppd_begin(&world.smppd[i], i);
}

void smppds_end(void)
{
    for (unsigned i = 0; i < world.count; i++) {
        struct smppd *smppd = &world.smppd[i];
        if (smppd->up)
            smppd_kill(smppd);
        played_spool_end(&smppd->disk);
        free(smppd->sb.conf);
    }
}
