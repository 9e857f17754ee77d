/* Answers held while others are asked about them; see repeat.h. */
#include "smpp/switch/repeat_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/log.h"
#include "smpp/wire/copy.h"

enum {
    ASKS = 5, /* a second apart, while memcached answers */
    LOOK_MS = 50,
    HELD_MS = 600000 /* whatever is said or not, it is decided then: records wait behind it */
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

bool repeats_have_room(const struct repeats *repeats)
{
    return repeats->count < REPEATS_MAX;
}

void repeat_wait(struct repeat *repeat, int64_t ms)
{
    repeat->at = switch_now(repeat->sb) + ms;
    TAILQ_INSERT_TAIL(&repeat->sb->repeats.due, repeat, due);
}

static void repeat_take(struct repeat *repeat)
{
    TAILQ_REMOVE(&repeat->sb->repeats.due, repeat, due);
}

void repeat_free(struct repeat *repeat)
{
    repeat->sb->repeats.count--;
    free(repeat);
}

static void repeat_ask(struct repeat *repeat)
{
    if (storer_up(repeat->sb->storer)) {
        repeat_post(repeat);
        repeat->silent++;
    }
    repeat_wait(repeat, REPEAT_AGAIN_MS);
}

/* Who was given it too; after a restart nobody remembers, and it may be any. */
static void twins_fill(struct repeat *repeat, const struct repeat_facts *facts)
{
    const struct fellows *fellows = &repeat->sb->fellows;
    for (unsigned i = 0; i < facts->twins; i++)
        copy_put(repeat->twin[i], STORER_KEY_ROOM, facts->twin[i].instance);
    for (unsigned i = 0; facts->twins == 0 && i < fellows->count; i++)
        copy_put(repeat->twin[i], STORER_KEY_ROOM, fellows->fellow[i].instance);
    repeat->twins = facts->twins ? facts->twins : fellows->count;
    if (facts->twins ? facts->twin[0].down : fellows->count == 0)
        repeat->silent = ASKS; /* who is down says nothing */
}

void repeats_put(struct switchboard *sb, const struct repeat_facts *facts)
{
    size_t twins = facts->twins ? facts->twins : sb->fellows.count;
    struct repeat *repeat = calloc(1, sizeof *repeat + twins * sizeof *repeat->twin);
    if (!repeat) {
        log_error("SD0335", "an answer that another smppd may have too waits for a restart");
        return;
    }
    sb->repeats.count++;
    repeat->sb = sb;
    repeat->since = switch_now(sb);
    repeat->reply = facts->reply;
    repeat->likeness = facts->likeness;
    repeat->received = facts->received;
    repeat->after = facts->after;
    copy_put(repeat->mobile, sizeof repeat->mobile, facts->mobile);
    copy_put(repeat->code, sizeof repeat->code, facts->code);
    copy_put(repeat->id, sizeof repeat->id, facts->smsc_id);
    twins_fill(repeat, facts);
    repeat->standing = facts->claimed ? SPOOL_COUNTS : SPOOL_HELD;
    if (repeat->standing == SPOOL_HELD && repeat->silent < ASKS)
        repeat_ask(repeat);
    else
        repeat_wait(repeat, 0);
}

void repeats_recall(struct switchboard *sb, const struct spool_reply *reply)
{
    struct repeat_facts facts = {.reply = reply->id,
                                 .likeness = spool_likeness(reply),
                                 .mobile = reply->mobile,
                                 .code = reply->code,
                                 .smsc_id = reply->smsc_id,
                                 .received = reply->received,
                                 .claimed = reply->claimed};
    repeats_put(sb, &facts);
}

/* ---- what is said ---- */

static struct repeat *repeat_of(const struct repeats *repeats, const struct verdict *verdict)
{
    struct repeat *repeat;
    TAILQ_FOREACH(repeat, &repeats->due, due)
    {
        if (repeat->reply == verdict->reply && repeat->standing == verdict->standing &&
            !repeat->is_ending)
            return repeat;
    }
    return NULL;
}

/* One less to wait for, and to tell. */
static void twin_drop(struct repeat *repeat, const char *instance)
{
    unsigned i = 0;
    while (i < repeat->twins && strcmp(repeat->twin[i], instance) != 0)
        i++;
    if (i == repeat->twins)
        return;
    repeat->twins--;
    memmove(repeat->twin[i], repeat->twin[i + 1], (repeat->twins - i) * sizeof *repeat->twin);
}

void repeat_verdict(struct switchboard *sb, const struct line *line)
{
    struct verdict verdict;
    if (!verdict_read(sb, line, &verdict))
        return;
    struct repeat *repeat = repeat_of(&sb->repeats, &verdict);
    if (!repeat) { /* decided; or told once, and there were too many to remember */
        if (verdict.standing != SPOOL_HELD && verdict.verdict == SPOOL_DUPLICATE)
            (void)spool_reply_end(sb->spool, verdict.reply, SPOOL_END_REPEATED,
                                  (struct spool_done){0}); /* else it is told after a restart */
        return;
    }
    repeat->silent = 0;
    if (verdict.verdict == SPOOL_KEPT)
        twin_drop(repeat, verdict.to);
    if (verdict.verdict != SPOOL_DUPLICATE && repeat->twins)
        return;
    repeat_take(repeat);
    repeat_end(repeat, verdict.verdict != SPOOL_DUPLICATE ? SPOOL_END_COUNTS
                       : repeat->standing == SPOOL_FILED  ? SPOOL_END_FILED
                                                          : SPOOL_END_REPEATED);
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

static void repeat_go_on(struct repeat *repeat, int64_t now)
{
    bool over = repeat->silent >= ASKS || now - repeat->since >= HELD_MS;
    if (repeat->is_ending)
        repeat_end(repeat, repeat->end);
    else if (repeat->standing != SPOOL_HELD)
        repeat_tell(repeat);
    else if (!over)
        repeat_ask(repeat);
    else if (is_looked_after(repeat))
        repeat_end(repeat, repeat->twins ? SPOOL_END_CLAIMED : SPOOL_END_COUNTS);
    else
        repeat_wait(repeat, LOOK_MS);
}

void repeats_tick(struct switchboard *sb, int64_t now)
{
    struct repeat *repeat = TAILQ_FIRST(&sb->repeats.due), *next;
    for (; repeat; repeat = next) {
        next = TAILQ_NEXT(repeat, due);
        if (repeat->at > now)
            continue;
        repeat_take(repeat);
        repeat_go_on(repeat, now);
    }
}
