/* Lanes and the queues they wait in; see lane.h. */
#include "smpp/switch/lane.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/wire/copy.h"

static uint64_t lane_hash(const char *mobile, const char *code)
{
    return index_hash_text(index_hash_text(0, mobile), code);
}

static struct lane *lane_of(const struct outbox *outbox, uint64_t hash, const char *mobile,
                            const char *code)
{
    struct index_hook *hook = index_first(&outbox->lanes, hash);
    for (; hook; hook = index_next(hook)) {
        struct lane *lane = index_thing(hook, struct lane, hook);
        if (strcmp(lane->mobile, mobile) == 0 && strcmp(lane->code, code) == 0)
            return lane;
    }
    return NULL;
}

struct lane *lane_find(const struct outbox *outbox, const char *mobile, const char *code)
{
    return lane_of(outbox, lane_hash(mobile, code), mobile, code);
}

struct road *road_take(struct outbox *outbox, const char *code)
{
    struct road *road;
    TAILQ_FOREACH(road, &outbox->roads, in_roads)
    {
        if (strcmp(road->code, code) == 0)
            return road;
    }
    if (!(road = calloc(1, sizeof *road)))
        return NULL;
    copy_put(road->code, sizeof road->code, code);
    TAILQ_INIT(&road->ready);
    TAILQ_INSERT_TAIL(&outbox->roads, road, in_roads);
    return road;
}

void roads_free(struct outbox *outbox)
{
    struct road *road;
    while ((road = TAILQ_FIRST(&outbox->roads))) {
        TAILQ_REMOVE(&outbox->roads, road, in_roads);
        free(road);
    }
}

struct lane *lane_new(struct outbox *outbox, const char *mobile, const char *code)
{
    struct road *road = road_take(outbox, code);
    struct lane *lane = road && index_begin(&outbox->lanes) == 0 ? calloc(1, sizeof *lane) : NULL;
    if (!lane)
        return NULL;
    lane->road = road;
    copy_put(lane->mobile, sizeof lane->mobile, mobile);
    copy_put(lane->code, sizeof lane->code, code);
    TAILQ_INIT(&lane->messages);
    return lane;
}

struct lane *lane_take(struct outbox *outbox, struct lane *lane)
{
    uint64_t hash = lane_hash(lane->mobile, lane->code);
    struct lane *there = lane_of(outbox, hash, lane->mobile, lane->code);
    if (!there)
        (void)index_put(&outbox->lanes, &lane->hook, hash); /* it has begun, and cannot fail */
    else
        free(lane);
    return there ? there : lane;
}

static struct lane_queue *queue_of(struct outbox *outbox, const struct lane *lane,
                                   enum lane_state state)
{
    switch (state) {
    case LANE_READY:
        return &lane->road->ready;
    case LANE_LATER:
        return &outbox->later;
    case LANE_IDLE:
    case LANE_BUSY:
        break;
    }
    return NULL;
}

void lane_move(struct outbox *outbox, struct lane *lane, enum lane_state state)
{
    struct lane_queue *from = queue_of(outbox, lane, lane->state);
    struct lane_queue *to = queue_of(outbox, lane, state);
    if (from)
        TAILQ_REMOVE(from, lane, in_queue);
    lane->state = state;
    if (to)
        TAILQ_INSERT_TAIL(to, lane, in_queue);
}

void lane_move_first(struct outbox *outbox, struct lane *lane)
{
    lane_move(outbox, lane, LANE_READY);
    TAILQ_REMOVE(&lane->road->ready, lane, in_queue);
    TAILQ_INSERT_HEAD(&lane->road->ready, lane, in_queue);
}

void lane_free(struct outbox *outbox, struct lane *lane)
{
    lane_move(outbox, lane, LANE_IDLE);
    index_drop(&outbox->lanes, &lane->hook);
    free(lane);
}
