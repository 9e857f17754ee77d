/* See sweep.h. */
#include "mod_smsinteractivo/wait/sweep.h"
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/wait/parking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 128, SWEEP_MS = 1000 };

struct batch {
    char name[AT_ONCE][SESSION_NAME_LEN + 1];
    bool found[AT_ONCE];
};

static void head_take(void *context, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct batch *batch = context;
    struct transcript transcript;
    (void)cas; /* nothing is written */
    batch->found[nth] = true;
    if (transcript_read(&transcript, value, len) == 0)
        parking_news(batch->name[nth], transcript.last);
}

/* The session is gone: that is news as well. */
static void missing_take(const struct batch *batch, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!batch->found[i])
            parking_news(batch->name[i], -1);
}

/* The next of those who wait. True where there may be more. */
static bool transcripts_ask(struct sweep *sweep)
{
    struct batch batch;
    char key[AT_ONCE][SESSION_NAME_LEN + 3];
    const char *keys[AT_ONCE];
    unsigned count = parking_sessions(&sweep->next, batch.name, AT_ONCE);
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(key[i], sizeof key[i], "t:%s", batch.name[i]); /* fits by its size */
        keys[i] = key[i];
        batch.found[i] = false;
    }
    if (count == 0)
        return false;
    if (store_get_many(sweep->store, keys, count, head_take, &batch) < 0) {
        sweep->owed = true;
        return false;
    }
    missing_take(&batch, count);
    tally_many(TALLY_SWEPT, count);
    return true;
}

static void count_take(void *context, unsigned nth, char *value, size_t len, uint64_t cas)
{
    uint64_t *count = context;
    (void)len; /* it ends with a NUL */
    (void)cas; /* nothing is written */
    count[nth] = strtoull(value, NULL, 10);
}

/* How many news all other smppd told; false where memcached does not answer. What ours told counts
 * for itself, for it is counted later than it is told. */
static bool elsewhere_read(struct store *store, const char *instance, uint64_t *elsewhere)
{
    enum { ALL, OURS, COUNTS };
    char ours[96];
    const char *keys[COUNTS] = {[ALL] = "news", [OURS] = ours};
    uint64_t count[COUNTS] = {0};
    (void)snprintf(ours, sizeof ours, "news:%s", instance); /* fits by its size */
    int e = store_get_many(store, keys, COUNTS, count_take, count);
    *elsewhere = count[ALL] - count[OURS];
    return e == 0;
}

/* Whether everybody who waits has to be asked for. */
static bool is_news(struct sweep *sweep, const char *instance, bool all)
{
    uint64_t elsewhere;
    all |= sweep->owed;
    sweep->owed = false;
    if (parking_waiting() == 0)
        return false;
    if (!elsewhere_read(sweep->store, instance, &elsewhere)) {
        sweep->owed = all;
        return false;
    }
    all |= elsewhere != sweep->elsewhere;
    sweep->elsewhere = elsewhere;
    return all;
}

bool sweep_step(struct sweep *sweep, int64_t now, const char *instance, bool all)
{
    if (all || now >= sweep->due) {
        sweep->due = now + SWEEP_MS;
        sweep->again |= is_news(sweep, instance, all);
    }
    /* What is under way is finished first, or constant news would keep the last from their turn. */
    if (!sweep->asking && sweep->again) {
        sweep->asking = true;
        sweep->again = false;
        sweep->next = 0;
    }
    if (sweep->asking)
        sweep->asking = transcripts_ask(sweep);
    return sweep->asking || sweep->again;
}
