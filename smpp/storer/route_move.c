/* Changes routes, on the storer's thread; see route_move.h. */
#include "smpp/storer/route_move.h"

#include <errno.h>
#include <stdlib.h>

#include "smpp/storer/change.h"
#include "smpp/wire/copy.h"

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
