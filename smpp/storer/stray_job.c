/* What is left in memcached for whoever it belongs to; see stray_job.h. */
#include "smpp/storer/stray_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/store/store.h"

enum { STRAY_BACK = 20000 };

static const char counter[] = "strays";

static void stray_key(char key[STORER_KEY_ROOM], uint64_t number)
{
    (void)snprintf(key, STORER_KEY_ROOM, "stray:%llu", (unsigned long long)number);
}

static int post_work(struct storer_job *job, struct store *store)
{
    struct stray_post *post = (struct stray_post *)job;
    char key[STORER_KEY_ROOM];
    uint64_t number;
    int e = store_count(store, counter, 1, 0, &number);
    if (e < 0)
        return e;
    stray_key(key, number);
    return store_set(store, key, post->line, strlen(post->line), post->life);
}

static void post_done(struct storer_job *job)
{
    struct stray_post *post = (struct stray_post *)job;
    post->then(post);
}

int stray_post_put(struct storer *storer, struct stray_post *post)
{
    if (post->job.stubborn && post->job.class == STORER_NEW)
        post->job.class = STORER_URGENT;
    post->job.work = post_work;
    post->job.done = post_done;
    return storer_put(storer, &post->job);
}

static void look_found(void *ctx, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct stray_look *look = ctx;
    (void)cas; /* written once */
    if (len < STRAY_LINE_ROOM)
        memcpy(look->line[nth], value, len + 1);
}

/* Where to go on. What the counter moved for a moment ago may still be on its way; what is missing
 * although the look before counted it has been lost. The first look reads beyond what is missing,
 * and the next one again from there: what is told twice does no harm. */
static void look_advance(struct stray_look *look, unsigned wanted, uint64_t count)
{
    unsigned n = 0;
    for (; n < wanted; n++) {
        bool is_over = look->line[n][0] || look->cursor + look->ahead < look->counted;
        if (!is_over && !look->first)
            break;
        if (is_over && !look->ahead)
            look->cursor++;
        else
            look->ahead++;
    }
    look->count = n;
    look->more = n == wanted && look->cursor + look->ahead < count;
    if (!look->again)
        look->counted = count;
}

static int look_work(struct storer_job *job, struct store *store)
{
    struct stray_look *look = (struct stray_look *)job;
    char key[STRAY_PAGE][STORER_KEY_ROOM];
    const char *keys[STRAY_PAGE];
    uint64_t count = job->value[0].e == 0 ? strtoull(job->value[0].octets, NULL, 10) : 0;
    unsigned wanted = 0;
    if (!look->again) {
        look->first = !look->begun;
        look->ahead = 0;
    }
    /* One that began anew while we were away may have counted beyond the cursor since; of several
     * servers one key does not tell it. */
    if (!look->begun && (alive_is_lost(&job->value[1]) || store_servers(store) > 1))
        look->cursor = 0;
    if (!look->begun && count > look->cursor + STRAY_BACK)
        look->cursor = count - STRAY_BACK;
    if (count < look->cursor) /* memcached lost them and began anew */
        look->cursor = look->counted = look->ahead = 0;
    uint64_t from = look->cursor + look->ahead;
    for (; wanted < STRAY_PAGE && from + wanted < count; wanted++) {
        stray_key(key[wanted], from + wanted + 1);
        keys[wanted] = key[wanted];
        look->line[wanted][0] = '\0';
    }
    int e = wanted ? store_get_many(store, keys, wanted, look_found, look) : 0;
    if (e < 0)
        return e;
    look_advance(look, wanted, count);
    look->begun = true;
    return 0;
}

static void look_done(struct storer_job *job)
{
    struct stray_look *look = (struct stray_look *)job;
    look->then(look);
}

int stray_look_put(struct storer *storer, struct stray_look *look)
{
    look->job.class = look->awaited || !look->begun ? STORER_REFILL : STORER_NEW;
    look->job.work = look_work;
    look->job.done = look_done;
    look->more = false;
    look->count = 0;
    memcpy(look->job.key[0], counter, sizeof counter);
    look->job.key[1][0] = '\0';
    if (!look->begun)
        alive_key(&look->own, 0, look->job.key[1]);
    return storer_put(storer, &look->job);
}
