/* A held answer is decided: shown where it counts, and others told of it; see repeat.h. */
#include "smpp/switch/repeat_inner.h"

#include <errno.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"

enum { RARELY_MS = 600000, TELL_MS = 86400000 };

void repeat_tell(struct repeat *repeat)
{
    int64_t told = switch_now(repeat->sb) - repeat->since;
    if (repeat->twins)
        repeat_post(repeat);
    if (repeat->twins == 0 || told >= TELL_MS)
        repeat_end(repeat, SPOOL_END_COUNTS);
    else if (repeat->sb->repeats.count > REPEATS_MAX / 2)
        repeat_free(repeat); /* what was said stands there for a day */
    else
        repeat_wait(repeat, told < REPEAT_AGAIN_MS ? REPEAT_AGAIN_MS
                            : told < RARELY_MS     ? told
                                                   : RARELY_MS);
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
    if (repeat->end != SPOOL_END_CLAIMED) {
        repeat_free(repeat);
        return;
    }
    repeat->standing = SPOOL_COUNTS;
    repeat->since = switch_now(repeat->sb);
    repeat_tell(repeat);
}

static void ended(void *ctx, const struct spool_result *result)
{
    struct repeat *repeat = ctx;
    struct spool_reader reader = {
        .row = shown_row, .done = {shown_done, repeat}, .after = repeat->reply - 1};
    repeat->is_ending = false;
    if (result->error == 0 && result->verdict == SPOOL_DUPLICATE)
        counter_add(COUNTER_DELIVERS_DUPLICATE, 1);
    if (result->error == 0 && result->verdict == SPOOL_KEPT && repeat->end == SPOOL_END_REPEATED) {
        repeat->standing = SPOOL_FILED; /* so the other one gives way, if it still can */
        repeat_tell(repeat);
    } else if (result->error < 0 || result->verdict == SPOOL_DUPLICATE ||
               repeat->standing != SPOOL_HELD) {
        repeat_free(repeat); /* where the spool was closed it is asked again after the next start */
    } else if (spool_scan(repeat->sb->spool, SPOOL_SCAN_REPLIES, "", &reader) < 0) {
        struct spool_result late = {.error = -EAGAIN};
        shown_done(repeat, &late);
    }
}

void repeat_end(struct repeat *repeat, enum spool_end end)
{
    repeat->is_ending = true;
    repeat->end = end;
    if (spool_reply_end(repeat->sb->spool, repeat->reply, end, (struct spool_done){ended, repeat}) <
        0)
        repeat_wait(repeat, REPEAT_AGAIN_MS);
}
