/* Asks, is asked, and decides; see repeat.h. */
#include "smpp/switch/repeat.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/switch/switchboard.h"
#include "smpp/wire/line.h"

enum {
    REPEATS_MAX = 4096,
    ASKS = 5, /* a second apart, while memcached answers */
    AGAIN_MS = 1000,
    LOOK_MS = 50,
    TELL_MS = 3600000, /* so long it is tried to leave word that ours counts */
    ASKED_LIFE_S = 60,
    KEPT_LIFE_S = 86400
};

struct repeat {
    TAILQ_ENTRY(repeat) due;
    struct switchboard *sb;
    uint64_t reply, likeness;
    char mobile[PDU_ADDRESS_MAX + 1], code[PDU_ADDRESS_MAX + 1], id[PDU_MESSAGE_ID_MAX + 1];
    int64_t since, at; /* ms; at: it is decided, or told again */
    bool decided;      /* ours counts, and who has not said no is told */
    unsigned asks;
    unsigned looks;                         /* strays.looks that it is decided after; 0: any */
    unsigned twins;                         /* who has not said no */
    char twin[LOOK_TWINS][STORER_KEY_ROOM]; /* "": whoever reads it */
    struct stray_post post;
};

void repeats_start(struct repeats *repeats)
{
    *repeats = (struct repeats){0};
    TAILQ_INIT(&repeats->due);
}

void repeats_end(struct repeats *repeats)
{
    struct repeat *repeat;
    while ((repeat = TAILQ_FIRST(&repeats->due))) {
        TAILQ_REMOVE(&repeats->due, repeat, due);
        free(repeat);
    }
}

static void repeat_wait(struct repeat *repeat, int64_t ms)
{
    struct repeats *repeats = &repeat->sb->repeats;
    repeat->at = switch_now(repeat->sb) + ms;
    repeats->count++;
    TAILQ_INSERT_TAIL(&repeats->due, repeat, due);
}

static void repeat_take(struct repeat *repeat)
{
    struct repeats *repeats = &repeat->sb->repeats;
    repeats->count--;
    TAILQ_REMOVE(&repeats->due, repeat, due);
}

/* ---- lines ---- */

/* `asked` or `kept`, to one smppd. */
static int question_write(const struct repeat *repeat, const char *verb, const char *to,
                          struct stray_post *post)
{
    struct line_writer w;
    char likeness[17];
    (void)snprintf(likeness, sizeof likeness, "%016" PRIx64, repeat->likeness);
    line_begin(&w, post->line, sizeof post->line);
    line_verb(&w, verb, NULL);
    line_put(&w, "from", repeat->sb->conf->instance);
    line_put(&w, "to", *to ? to : NULL);
    line_put_number(&w, "reply", (int64_t)repeat->reply);
    line_put(&w, "mobile", repeat->mobile);
    line_put(&w, "code", repeat->code);
    line_put(&w, "id", *repeat->id ? repeat->id : NULL);
    line_put(&w, "likeness", likeness);
    return line_end(&w);
}

static void posted(struct stray_post *post)
{
    free(post); /* what memcached did not take is asked in vain, and ours counts */
}

static void twin_ask(const struct repeat *repeat, const char *to)
{
    struct stray_post *post = calloc(1, sizeof *post);
    if (!post)
        return;
    post->life = ASKED_LIFE_S;
    post->then = posted;
    if (question_write(repeat, "asked", to, post) < 0 ||
        stray_post_put(repeat->sb->storer, post) < 0)
        free(post);
}

/* Asked again the same is told again; what was asked may be gone with memcached. */
static void repeat_ask(struct repeat *repeat)
{
    for (unsigned i = 0; i < repeat->twins; i++)
        twin_ask(repeat, repeat->twin[i]);
    repeat->asks++;
}

/* ---- ours counts ---- */

static void repeat_tell(struct repeat *repeat);

static void told(struct stray_post *post)
{
    struct repeat *repeat = index_thing(post, struct repeat, post);
    if (post->job.e < 0 && switch_now(repeat->sb) - repeat->since < TELL_MS) {
        repeat_wait(repeat, AGAIN_MS);
        return;
    }
    repeat->twins--;
    repeat_tell(repeat);
}

/* The last of those that have not said no; the others after it. */
static void repeat_tell(struct repeat *repeat)
{
    if (repeat->twins == 0) {
        free(repeat);
        return;
    }
    repeat->post.life = KEPT_LIFE_S;
    repeat->post.then = told;
    if (question_write(repeat, "kept", repeat->twin[repeat->twins - 1], &repeat->post) < 0)
        free(repeat); /* an address that no SMSC gives */
    else if (stray_post_put(repeat->sb->storer, &repeat->post) < 0)
        repeat_wait(repeat, AGAIN_MS);
}

static void shown_row(void *ctx, const struct spool_row *row)
{
    const struct repeat *repeat = ctx;
    if (row->reply.id == repeat->reply)
        answers_found(repeat->sb, &row->reply, false);
}

static void shown_done(void *ctx, const struct spool_result *result)
{
    struct repeat *repeat = ctx;
    if (result->error < 0)
        log_error("SD0334", "an answer is shown after a restart: error=%s",
                  strerror(-result->error));
    repeat_tell(repeat);
}

static void ended(void *ctx, const struct spool_result *result)
{
    struct repeat *repeat = ctx;
    struct spool_reader reader = {
        .row = shown_row, .done = {shown_done, repeat}, .after = repeat->reply - 1};
    if (result->error < 0) { /* the spool was closed: asked again after the next start */
        free(repeat);
    } else if (result->verdict == SPOOL_DUPLICATE) {
        counter_add(COUNTER_DELIVERS_DUPLICATE, 1);
        free(repeat);
    } else if (spool_scan(repeat->sb->spool, SPOOL_SCAN_REPLIES, "", &reader) < 0) {
        struct spool_result late = {.error = -EAGAIN};
        shown_done(repeat, &late);
    }
}

/* It is in no list. */
static void repeat_decide(struct repeat *repeat, bool repeated)
{
    repeat->decided = !repeated;
    if (spool_reply_end(repeat->sb->spool, repeat->reply, repeated,
                        (struct spool_done){ended, repeat}) == 0)
        return;
    repeat->decided = false;
    repeat_wait(repeat, AGAIN_MS);
}

/* ---- we ask ---- */

void repeats_put(struct switchboard *sb, const struct repeat_facts *facts)
{
    struct repeat *repeat = sb->repeats.count < REPEATS_MAX ? calloc(1, sizeof *repeat) : NULL;
    if (!repeat) {
        log_error("SD0335", "an answer that another smppd may have too waits for a restart");
        return;
    }
    repeat->sb = sb;
    repeat->since = switch_now(sb);
    repeat->reply = facts->reply;
    repeat->likeness = facts->likeness;
    (void)snprintf(repeat->mobile, sizeof repeat->mobile, "%s", facts->mobile);
    (void)snprintf(repeat->code, sizeof repeat->code, "%s", facts->code);
    (void)snprintf(repeat->id, sizeof repeat->id, "%s", facts->smsc_id);
    repeat->twins = facts->twins ? facts->twins : 1;
    bool up = facts->twins == 0;
    for (unsigned i = 0; i < facts->twins; i++) {
        (void)snprintf(repeat->twin[i], sizeof repeat->twin[i], "%s", facts->twin[i].instance);
        up |= !facts->twin[i].down;
    }
    if (up)
        repeat_ask(repeat);
    repeat_wait(repeat, repeat->asks ? AGAIN_MS : 0);
}

static struct repeat *repeat_of(const struct repeats *repeats, uint64_t reply)
{
    struct repeat *repeat;
    TAILQ_FOREACH(repeat, &repeats->due, due)
    {
        if (repeat->reply == reply && !repeat->decided)
            return repeat;
    }
    return NULL;
}

/* One less to wait for, and to tell. */
static void twin_drop(struct repeat *repeat, const char *instance)
{
    for (unsigned i = 0; i < repeat->twins; i++)
        if (strcmp(repeat->twin[i], instance) == 0)
            memmove(repeat->twin[i], repeat->twin[--repeat->twins], sizeof *repeat->twin);
}

void repeat_verdict(struct switchboard *sb, const struct line *line)
{
    const char *to = line_get(line, "to"), *from = line_get(line, "from"),
               *repeated = line_get(line, "repeated");
    if (!to || !repeated || strcmp(to, sb->conf->instance) != 0)
        return;
    struct repeat *repeat = repeat_of(&sb->repeats, (uint64_t)line_number(line, "reply", 0));
    if (!repeat)
        return;
    bool yes = strcmp(repeated, "yes") == 0;
    if (!yes)
        twin_drop(repeat, from);
    if (yes || repeat->twins == 0) {
        repeat_take(repeat);
        repeat_decide(repeat, yes);
    }
}

/* Its time is over. A verdict may stand in memcached for a while already: we may have been stopped,
 * or the other one has just come back. So what others left is read once more, from now on. */
static bool is_looked_after(struct repeat *repeat)
{
    struct switchboard *sb = repeat->sb;
    if (repeat->looks == 0)
        repeat->looks = sb->strays.looks + 1 + sb->strays.looking;
    if ((int)(sb->strays.looks - repeat->looks) >= 0 || !storer_up(sb->storer))
        return true;
    (void)strays_look(sb);
    return false;
}

void repeats_tick(struct switchboard *sb, int64_t now)
{
    struct repeat *repeat = TAILQ_FIRST(&sb->repeats.due), *next;
    for (; repeat; repeat = next) {
        next = TAILQ_NEXT(repeat, due);
        if (repeat->at > now)
            continue;
        repeat_take(repeat);
        if (repeat->decided) {
            repeat_tell(repeat);
        } else if (repeat->asks == 0) {
            repeat_decide(repeat, false);
        } else if (repeat->asks < ASKS) {
            if (storer_up(sb->storer))
                repeat_ask(repeat);
            repeat_wait(repeat, AGAIN_MS);
        } else if (is_looked_after(repeat)) {
            repeat_decide(repeat, false);
        } else {
            repeat_wait(repeat, LOOK_MS);
        }
    }
}

/* ---- we are asked ---- */

struct asked {
    struct switchboard *sb;
    uint64_t reply; /* the asker's name for it */
    bool kept;
    char from[GIVEN_INSTANCE_ROOM];
};

static void verdict_post(const struct asked *asked, bool repeated)
{
    struct stray_post *post = calloc(1, sizeof *post);
    struct line_writer w;
    if (!post)
        return;
    post->life = ASKED_LIFE_S;
    post->then = posted;
    line_begin(&w, post->line, sizeof post->line);
    line_verb(&w, "verdict", NULL);
    line_put(&w, "from", asked->sb->conf->instance);
    line_put(&w, "to", asked->from);
    line_put_number(&w, "reply", (int64_t)asked->reply);
    line_put(&w, "repeated", repeated ? "yes" : "no");
    if (line_end(&w) < 0 || stray_post_put(asked->sb->storer, post) < 0)
        free(post);
}

static void looked(void *ctx, const struct spool_result *result)
{
    struct asked *asked = ctx;
    if (result->error == 0 && !asked->kept)
        verdict_post(asked, result->verdict == SPOOL_DUPLICATE);
    free(asked);
}

void repeat_asked(struct switchboard *sb, const struct line *line)
{
    const char *from = line_get(line, "from"), *to = line_get(line, "to"),
               *likeness = line_get(line, "likeness");
    uint64_t reply = (uint64_t)line_number(line, "reply", 0);
    if (!likeness || strlen(from) >= GIVEN_INSTANCE_ROOM ||
        (to && strcmp(to, sb->conf->instance) != 0))
        return;
    struct asked *asked = calloc(1, sizeof *asked);
    if (!asked)
        return; /* as if it were down */
    *asked = (struct asked){.sb = sb, .reply = reply, .kept = strcmp(line->verb, "kept") == 0};
    (void)snprintf(asked->from, sizeof asked->from, "%s", from);
    struct spool_twin twin = {
        .mobile = line_get(line, "mobile"),
        .code = line_get(line, "code"),
        .smsc_id = line_get(line, "id"),
        .likeness = strtoull(likeness, NULL, 16),
        .asker = index_hash(index_hash_text(0, from), &reply, sizeof reply) | 2,
        .now = switch_now(sb),
        .first = strcmp(from, sb->conf->instance) < 0,
        .kept = asked->kept,
    };
    if (spool_reply_asked(sb->spool, &twin, (struct spool_done){looked, asked}) < 0)
        free(asked);
}
