/* See sweep.h. */
#include "mod_smsinteractivo/wait/sweep.h"
#include "mod_smsinteractivo/wait/parking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 128 };

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

static void transcripts_ask(struct store *store)
{
    struct batch batch;
    char key[AT_ONCE][SESSION_NAME_LEN + 3];
    const char *keys[AT_ONCE];
    unsigned from = 0, count;
    while ((count = parking_sessions(&from, batch.name, AT_ONCE)) > 0) {
        for (unsigned i = 0; i < count; i++) {
            (void)snprintf(key[i], sizeof key[i], "t:%s", batch.name[i]); /* fits by its size */
            keys[i] = key[i];
            batch.found[i] = false;
        }
        if (store_get_many(store, keys, count, head_take, &batch) < 0)
            return; /* memcached is away; the next second asks again */
        missing_take(&batch, count);
    }
}

/* The counter smppd moves with every event it appends; false where memcached does not answer. */
static bool counter_read(struct store *store, uint64_t *counted)
{
    char value[24];
    int e = store_get(store, "news", value, sizeof value, NULL, NULL);
    *counted = e == 0 ? strtoull(value, NULL, 10) : 0;
    return e == 0 || e == -ENOENT;
}

void sweep_run(struct sweep *sweep, uint64_t told, bool all)
{
    uint64_t counted;
    if (parking_waiting() == 0 || !counter_read(sweep->store, &counted))
        return;
    if (all || counted - sweep->counted != told - sweep->told)
        transcripts_ask(sweep->store);
    sweep->counted = counted;
    sweep->told = told;
}
