/* Looks answers up, on the storer's thread; see answer_look.h. */
#include "smpp/storer/answer_look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/store/store.h"
#include "smpp/storer/others.h"

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
    claim_known_merge(routes, &look->known, look->now);
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
