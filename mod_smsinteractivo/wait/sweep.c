/* See sweep.h. */
#include "mod_smsinteractivo/wait/sweep.h"
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
    return true;
}

/* The counter smppd moves with every event it appends; false where memcached does not answer. */
static bool counter_read(struct store *store, uint64_t *counted)
{
    char value[24];
    int e = store_get(store, "news", value, sizeof value, NULL, NULL);
    *counted = e == 0 ? strtoull(value, NULL, 10) : 0;
    return e == 0 || e == -ENOENT;
}

/* Whether everybody who waits has to be asked for. */
static bool is_news(struct sweep *sweep, uint64_t told, bool all)
{
    uint64_t counted;
    all |= sweep->owed;
    sweep->owed = false;
    if (parking_waiting() == 0)
        return false;
    if (!counter_read(sweep->store, &counted)) {
        sweep->owed = all;
        return false;
    }
    all |= counted - sweep->counted != told - sweep->told;
    sweep->counted = counted;
    sweep->told = told;
    return all;
}

bool sweep_step(struct sweep *sweep, int64_t now, uint64_t told, bool all)
{
    if (all || now >= sweep->due) {
        sweep->due = now + SWEEP_MS;
        if (!sweep->asking || all)
            sweep->next = 0;
        sweep->asking |= is_news(sweep, told, all);
    }
    if (sweep->asking)
        sweep->asking = transcripts_ask(sweep);
    return sweep->asking;
}
