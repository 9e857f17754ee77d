/* Receipts given to others and taken from them; see stray.h. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/wire/copy.h"
#include "smpp/wire/line.h"

enum { STRAYS_MAX = 10000, PATIENCE_MS = 3000, AGAIN_MS = 1000, GIVE_UP_MS = 60000, LIFE_S = 3600 };

void strays_end(struct strays *strays)
{
    struct stray *stray;
    while ((stray = TAILQ_FIRST(&strays->due))) {
        TAILQ_REMOVE(&strays->due, stray, due);
        free(stray);
    }
}

struct spool_receipt stray_row(const struct stray *stray, int64_t now, bool once)
{
    struct spool_receipt row = {.smsc = stray->smsc,
                                .state = stray->state,
                                .reason = stray->reason,
                                .now = now,
                                .once = once};
    for (size_t i = 0; i < RECEIPT_KEYS && stray->key[i][0]; i++)
        row.key[i] = stray->key[i];
    return row;
}

static void stray_wait(struct stray *stray, int64_t ms)
{
    struct switchboard *sb = stray->sb;
    int64_t now = switch_now(sb);
    if (sb->strays.count >= STRAYS_MAX || now - stray->since >= GIVE_UP_MS) {
        free(stray);
        return;
    }
    stray->at = now + ms;
    sb->strays.count++;
    TAILQ_INSERT_TAIL(&sb->strays.due, stray, due);
}

void strays_put(struct switchboard *sb, struct stray *stray)
{
    stray->since = switch_now(sb);
    stray_wait(stray, PATIENCE_MS);
}

void strays_found(struct switchboard *sb, const struct spool_early *row)
{
    struct stray *stray = calloc(1, sizeof *stray);
    if (!stray)
        return; /* only words */
    stray->sb = sb;
    stray->state = row->state;
    copy_put(stray->smsc, sizeof stray->smsc, row->smsc);
    copy_put(stray->reason, sizeof stray->reason, row->reason);
    size_t count = receipt_keys_order(row->keys, stray->key);
    if (count < RECEIPT_KEYS)
        stray->key[count][0] = '\0';
    if (count > 0)
        strays_put(sb, stray);
    else
        free(stray);
}

/* ---- given to others ---- */

static const char *const state_word[] = {
    [SPOOL_WAITING] = "waiting",
    [SPOOL_DELIVERED] = "delivered",
    [SPOOL_FAILED] = "failed",
    [SPOOL_UNKNOWN] = "unknown",
};

static const char *const key_name[RECEIPT_KEYS] = {"id", "id2", "id3"};

static void posted(struct stray_post *post)
{
    struct stray *stray = (struct stray *)(void *)((char *)post - offsetof(struct stray, post));
    if (post->job.e == -EAGAIN)
        stray_wait(stray, AGAIN_MS);
    else
        free(stray);
}

static void stray_post(struct stray *stray)
{
    struct switchboard *sb = stray->sb;
    struct line_writer w;
    line_begin(&w, stray->post.line, sizeof stray->post.line);
    line_verb(&w, "receipt", NULL);
    line_put(&w, "from", sb->conf->instance);
    line_put(&w, "smsc", stray->smsc);
    line_put(&w, "state", state_word[stray->state]);
    line_put(&w, "reason", *stray->reason ? stray->reason : NULL);
    for (size_t i = 0; i < RECEIPT_KEYS && stray->key[i][0]; i++)
        line_put(&w, key_name[i], stray->key[i]);
    stray->post.life = LIFE_S;
    stray->post.then = posted;
    if (line_end(&w) < 0)
        free(stray); /* an id that no SMSC gives */
    else if (stray_post_put(sb->storer, &stray->post) < 0)
        stray_wait(stray, AGAIN_MS);
}

static void looked_again(void *ctx, const struct spool_result *result)
{
    struct stray *stray = ctx;
    if (result->error == 0 && result->verdict == SPOOL_LATER) {
        if (stray->post.then == NULL)
            counter_add(COUNTER_RECEIPTS_UNKNOWN, 1);
        stray_post(stray);
        return;
    }
    free(stray); /* its message was told when submit_sm_resp came */
}

void strays_tick(struct switchboard *sb, int64_t now)
{
    struct stray *stray;
    while ((stray = TAILQ_FIRST(&sb->strays.due)) && (stray->at <= now || sb->settling) &&
           switch_spool_has_room(sb)) {
        struct spool_receipt row = stray_row(stray, now, true);
        TAILQ_REMOVE(&sb->strays.due, stray, due);
        sb->strays.count--;
        if (spool_receipt(sb->spool, &row, (struct spool_done){looked_again, stray}) < 0)
            free(stray);
    }
}

/* ---- taken from others ---- */

static void taken(void *ctx, const struct spool_result *result)
{
    if (result->error < 0 || result->verdict != SPOOL_KEPT)
        return; /* for yet another smppd */
    counter_add(COUNTER_RECEIPTS_TAKEN, 1);
    delivery_tell(ctx, result);
}

void stray_receipt_take(struct switchboard *sb, const struct line *line)
{
    const char *state = line_get(line, "state");
    struct spool_receipt row = {.smsc = line_get(line, "smsc"),
                                .reason = line_get(line, "reason"),
                                .now = switch_now(sb),
                                .once = true};
    for (size_t i = 0; i < RECEIPT_KEYS; i++)
        row.key[i] = line_get(line, key_name[i]);
    for (unsigned i = SPOOL_WAITING; i <= SPOOL_UNKNOWN; i++)
        if (state && strcmp(state, state_word[i]) == 0)
            row.state = (enum spool_state)i;
    (void)spool_receipt(sb->spool, &row, (struct spool_done){taken, sb}); /* else only words */
}
