/* Claims codes, looks answers up and changes routes, on the storer's thread; see claim.h. */
#include "smpp/storer/claim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/store/store.h"
#include "smpp/storer/others.h"
#include "smpp/wire/copy.h"
#include "smpp/wire/line.h"

static void known_merge(struct routes *routes, const struct claim_known *known, int64_t now)
{
    for (unsigned i = 0; i < known->count; i++)
        if (known->route[i].until > now && !route_of_code(routes, known->route[i].code))
            (void)route_merge(routes, &known->route[i]); /* no room: memcached knows more */
}

/* ---- claims ---- */

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
    known_merge(routes, &claim->known, claim->now);
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

/* ---- answers ---- */

/* Others that were given an equal answer, the last of them first; and it is ours now too. */
static void look_given(struct answer_look *look, struct given *given)
{
    look->twins = 0;
    for (unsigned i = given->count; i > 0 && look->twins < LOOK_TWINS; i--) {
        const struct given_to *to = &given->to[i - 1];
        if (given_has(to, look->likeness) && strcmp(to->instance, look->instance) != 0)
            memcpy(look->twin[look->twins++].instance, to->instance, GIVEN_INSTANCE_ROOM);
    }
    look->at = given_note(given, look->instance, look->likeness, look->now);
}

static int look_edit(struct routes *routes, void *ctx)
{
    struct answer_look *look = ctx;
    struct route *route;
    known_merge(routes, &look->known, look->now);
    look->verdict = route_judge(routes, look->code, look->now, look->guard, &route);
    look->open = look->job.lacking && !look->concerns_nobody &&
                 (look->verdict == ROUTE_NONE || look->verdict == ROUTE_LATE);
    if (look->open) {
        /* It comes again, and is not to find a visitor who has the code since. */
        route_reserve(routes, look->code, look->now + look->idle);
        return 0;
    }
    if (!route)
        return 1;
    if (look->verdict == ROUTE_LIVE) {
        if (look->now + look->idle > route->until)
            route->until = look->now + look->idle;
        route->last = look->now;
        route->answered = true;
    }
    look->route = *route;
    bool shown = look->verdict == ROUTE_LIVE || look->verdict == ROUTE_LATE;
    if (shown && look->likeness)
        look_given(look, &routes->given);
    return look->verdict == ROUTE_LIVE || (shown && look->likeness) ? 0 : 1;
}

static int until_edit(struct transcript_book *book, void *ctx)
{
    *(int64_t *)ctx = book->until;
    return 1;
}

/* Who is down cannot be asked. */
static void look_twins(struct answer_look *look, struct store *store)
{
    char key[STORER_KEY_ROOM], run[STORER_KEY_ROOM];
    for (unsigned i = 0; i < look->twins; i++) {
        others_here_key(key, look->twin[i].instance);
        look->twin[i].down = store_get(store, key, run, sizeof run, NULL, NULL) == -ENOENT;
    }
}

static int look_work(struct storer_job *job, struct store *store)
{
    struct answer_look *look = (struct answer_look *)job;
    int64_t until = 0;
    int e = routes_change(store, look->mobile, &job->value[0], look->now, look->memory, look_edit,
                          look);
    if (e < 0 && e != -EINPROGRESS)
        return e;
    look_twins(look, store);
    if (look->verdict != ROUTE_LATE)
        return e < 0 ? e : 0;
    int read = transcript_change(store, look->route.session, NULL, look->now, until_edit, &until);
    if (read >= 0 && until <= look->now) {
        look->verdict = ROUTE_NONE;
        look->ended = true;
    }
    return read < 0 ? read : e < 0 ? e : 0;
}

static void look_done(struct storer_job *job)
{
    struct answer_look *look = (struct answer_look *)job;
    look->then(look);
}

struct answer_look *answer_look_new(void (*then)(struct answer_look *))
{
    struct answer_look *look = calloc(1, sizeof *look);
    if (look)
        look->then = then;
    return look;
}

int answer_look_put(struct storer *storer, struct answer_look *look)
{
    look->job.class = STORER_NEW;
    look->job.work = look_work;
    look->job.done = look_done;
    look->job.joins = true;
    routes_key(look->job.key[0], look->mobile);
    return storer_put(storer, &look->job);
}

void answer_look_free(struct answer_look *look)
{
    free(look->known.route);
    free(look);
}

/* ---- moves ---- */

struct move {
    struct storer_job job;
    enum route_move move;
    char mobile[MOBILE_ROOM], conversation[ROUTE_ID_ROOM];
    int64_t at, now, memory;
};

static int move_edit(struct routes *routes, void *ctx)
{
    const struct move *move = ctx;
    struct route *route = route_of_conversation(routes, move->conversation);
    /* The claim may still come, by a connection that was lost: what is written now, though it is
     * the same, lets its compare-and-swap fail. */
    if (!route)
        return move->move == ROUTE_MOVE_UNDO ? 0 : 1;
    switch (move->move) {
    case ROUTE_MOVE_UNDO:
        /* As if it had been used before everything else: first to be taken again. */
        route->until = move->now - 1;
        route->last = 0;
        break;
    case ROUTE_MOVE_RENEW:
        if (route->ended)
            return 1;
        if (route->until < move->at)
            route->until = move->at;
        if (route->last < move->now)
            route->last = move->now;
        route->answered = true;
        break;
    case ROUTE_MOVE_SEEN:
        if (route->seen && route->seen <= move->at)
            return 1;
        route->seen = move->at;
        break;
    }
    return 0;
}

static int move_work(struct storer_job *job, struct store *store)
{
    struct move *move = (struct move *)job;
    int e = routes_change(store, move->mobile, &job->value[0], move->now, move->memory, move_edit,
                          move);
    return e < 0 ? e : 0;
}

static void move_done(struct storer_job *job)
{
    free(job); /* what could not be done ends by its own deadline */
}

int route_move(struct storer *storer, enum route_move what, const char *mobile,
               const char *conversation, int64_t at, int64_t now, int64_t memory)
{
    struct move *move = calloc(1, sizeof *move);
    if (!move)
        return -ENOMEM;
    *move = (struct move){
        .job = {.class = STORER_URGENT,
                .work = move_work,
                .done = move_done,
                .stubborn = true,
                .joins = true},
        .move = what,
        .at = at,
        .now = now,
        .memory = memory,
    };
    copy_put(move->mobile, sizeof move->mobile, mobile);
    copy_put(move->conversation, sizeof move->conversation, conversation);
    routes_key(move->job.key[0], mobile);
    int e = storer_put(storer, &move->job);
    if (e < 0)
        free(move);
    return e;
}
