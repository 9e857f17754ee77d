/* Claims codes, on the storer's thread; see claim.h. */
#include "smpp/storer/claim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/store/store.h"
#include "smpp/wire/line.h"

void claim_known_merge(struct routes *routes, const struct claim_known *known, int64_t now)
{
    for (unsigned i = 0; i < known->count; i++)
        if (known->route[i].until > now && !route_of_code(routes, known->route[i].code))
            (void)route_merge(routes, &known->route[i]); /* no room: memcached knows more */
}

static int claim_edit(struct routes *routes, void *ctx)
{
    struct claim *claim = ctx;
    struct route_wish wish = {
        .codes = (const char(*)[ROUTE_CODE_ROOM])claim->codes,
        .count = claim->count,
        .up = claim->up,
        .carried = claim->carried,
        .session = claim->session,
        .conversation = claim->conversation,
        .name = claim->name,
        .now = claim->now,
        .idle = claim->idle,
        .memory = claim->memory,
        .hourly = claim->hourly,
        .lacking = claim->job.lacking,
    };
    struct route *taken;
    claim_known_merge(routes, &claim->known, claim->now);
    int e = route_claim(routes, &wish, &taken, &claim->fresh, &claim->retry_at);
    if (e == 0)
        claim->taken = *taken;
    return e;
}

/* Whether an opt-out's lines speak of everybody or of this visitor. */
static bool is_opted_out(const struct claim *claim, struct storer_value *value)
{
    struct line line;
    for (size_t at = 0; at < value->len;) {
        char *text = value->octets + at, *end = memchr(text, '\n', value->len - at);
        size_t size = end ? (size_t)(end - text) : value->len - at;
        at += size + 1;
        if (line_parse(&line, text, size) < 0 || strcmp(line.verb, "optout") != 0)
            continue;
        const char *sid = line_get(&line, "sid");
        if (line_get(&line, "all") || (sid && strcmp(sid, claim->session) == 0))
            return true;
    }
    return false;
}

static bool is_known(const struct claim *claim)
{
    for (unsigned i = 0; i < claim->known.count; i++)
        if (strcmp(claim->known.route[i].conversation, claim->taken.conversation) == 0)
            return true;
    return false;
}

static int begun_edit(struct transcript_book *book, void *ctx)
{
    struct claim *claim = ctx;
    claim->fresh = !transcript_find(book, claim->taken.conversation);
    return 1;
}

static int claim_work(struct storer_job *job, struct store *store)
{
    struct claim *claim = (struct claim *)job;
    if (job->value[1].e == 0 && is_opted_out(claim, &job->value[1]))
        return -EACCES;
    int e = routes_change(store, claim->mobile, &job->value[0], claim->now, claim->memory,
                          claim_edit, claim);
    /* Another smppd's, or of one that died before its first message was on disk: then it is not in
     * the transcript, and begins now. Where that cannot be read it goes on. */
    if ((e == 0 || e == -EINPROGRESS) && !claim->fresh && !is_known(claim))
        (void)transcript_change(store, claim->session, NULL, claim->now, begun_edit, claim);
    return e;
}

static void claim_done(struct storer_job *job)
{
    struct claim *claim = (struct claim *)job;
    if (job->e == 0)
        counter_add(COUNTER_ROUTES_CLAIMED, 1);
    if (job->e == -EBUSY)
        counter_add(COUNTER_ROUTES_BUSY, 1);
    claim->then(claim);
}

struct claim *claim_new(void (*then)(struct claim *), unsigned codes)
{
    struct claim *claim = calloc(1, sizeof *claim + codes * sizeof *claim->codes);
    if (claim)
        claim->then = then;
    return claim;
}

int claim_put(struct storer *storer, struct claim *claim)
{
    claim->job.class = STORER_NEW;
    claim->job.work = claim_work;
    claim->job.done = claim_done;
    claim->job.joins = true;
    routes_key(claim->job.key[0], claim->mobile);
    optout_key(claim->job.key[1], claim->mobile);
    return storer_put(storer, &claim->job);
}

void claim_free(struct claim *claim)
{
    free(claim->known.route);
    free(claim);
}
