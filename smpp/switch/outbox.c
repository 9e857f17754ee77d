/* Lanes of messages, each part committed and then submitted; see outbox.h. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/switch/flight.h"
#include "smpp/switch/outbox_inner.h"
#include "smpp/logbook/log.h"

enum { COMMIT_AHEAD = 16 };

void outbox_start(struct outbox *outbox)
{
    *outbox = (struct outbox){.tag = 1};
    TAILQ_INIT(&outbox->expiry);
    TAILQ_INIT(&outbox->roads);
    TAILQ_INIT(&outbox->later);
    TAILQ_INIT(&outbox->doubts);
}

void outbox_end(struct outbox *outbox)
{
    struct outgoing *message;
    while ((message = TAILQ_FIRST(&outbox->expiry))) {
        struct lane *lane = message->lane;
        outgoing_free(outbox, message);
        if (TAILQ_EMPTY(&lane->messages))
            lane_free(outbox, lane);
    }
    roads_free(outbox);
    flights_free(outbox);
    index_free(&outbox->lanes);
}

/* The lane's part is on disk as in flight: gives it to a link. False where it has to wait. */
static bool lane_submit(struct switchboard *sb, struct lane *lane)
{
    struct outgoing *message = TAILQ_FIRST(&lane->messages);
    if (part_is_taken(message)) {
        lane_advance(sb, lane);
        return true;
    }
    struct link *link = links_pick(&sb->links, lane->code);
    struct flight *flight = link ? flight_new(&sb->outbox, lane) : NULL;
    if (!flight) {
        lane_move_first(&sb->outbox, lane);
        return false;
    }
    lane_move(&sb->outbox, lane, LANE_BUSY); /* before: a link that finds room may call back */
    int e = part_submit(sb, link, message, flight->tag);
    if (e == 0) {
        counter_add(COUNTER_SUBMITS, 1);
        return true;
    }
    flight_free(&sb->outbox, flight);
    if (e == -EAGAIN || e == -ENOTCONN) {
        lane_move_first(&sb->outbox, lane);
        return false;
    }
    log_error("SD0303", "a message does not fit what its link can carry: link=%s parts=%u",
              link_conf(link)->name, message->parts);
    message_fail(sb, message, "network");
    return true;
}

static void committed(void *ctx, const struct spool_result *result)
{
    struct lane *lane = ctx;
    struct switchboard *sb = lane->sb;
    sb->outbox.committing--;
    lane->road->committing--;
    if (result->error == -ECANCELED) {
        lane_move_first(&sb->outbox, lane);
        return;
    }
    TAILQ_FIRST(&lane->messages)->committed = true;
    (void)lane_submit(sb, lane); /* or it waits, before others */
}

static bool lane_commit(struct switchboard *sb, struct lane *lane)
{
    struct outgoing *message = TAILQ_FIRST(&lane->messages);
    uint8_t *state = &message->state[message->part];
    bool again = *state == SPOOL_IN_DOUBT || *state == SPOOL_IN_FLIGHT_AGAIN;
    struct spool_part row = {.message = message->id,
                             .part = message->part + 1,
                             .state = again ? SPOOL_IN_FLIGHT_AGAIN : SPOOL_IN_FLIGHT,
                             .way = part_way(sb, message, again),
                             .now = switch_now(sb)};
    lane->sb = sb;
    if (spool_part_state(sb->spool, &row, (struct spool_done){committed, lane}) < 0)
        return false;
    if (*state == SPOOL_IN_DOUBT)
        counter_add(COUNTER_SUBMITS_AGAIN, 1);
    *state = (uint8_t)row.state;
    sb->outbox.committing++;
    lane->road->committing++;
    lane_move(&sb->outbox, lane, LANE_BUSY);
    return true;
}

/* What the links that carry a code would take now; NULL: all links. */
static unsigned room_of(const struct switchboard *sb, const char *code)
{
    unsigned room = 0;
    for (size_t i = 0; i < sb->links.count; i++)
        if (!code || sb->links.carries(link_conf(sb->links.links[i]), code))
            room += link_room(sb->links.links[i]);
    return room;
}

bool outbox_reserve(struct switchboard *sb, const char *mobile, const char *code)
{
    struct outbox *outbox = &sb->outbox;
    struct road *road = road_take(outbox, code);
    if (sb->draining || !road || !TAILQ_EMPTY(&road->ready) || lane_find(outbox, mobile, code) ||
        road->committing >= room_of(sb, code) || outbox->committing >= room_of(sb, NULL))
        return false;
    outbox->committing++;
    road->committing++;
    return true;
}

void outbox_reserved(struct switchboard *sb, const char *code)
{
    sb->outbox.committing--;
    road_take(&sb->outbox, code)->committing--; /* it is there since it was reserved */
}

/* How many may be on their way to the disk: what the links have room for, and more where they are
 * fast, for room grows while the disk works. What is committed and has not left is in doubt after a
 * crash though nobody has it. */
static unsigned commits_allowed(unsigned room)
{
    return room + (room < COMMIT_AHEAD ? room : COMMIT_AHEAD);
}

static void road_run(struct switchboard *sb, struct road *road, unsigned room_of_all)
{
    struct outbox *outbox = &sb->outbox;
    struct lane *lane;
    unsigned room;
    while ((lane = TAILQ_FIRST(&road->ready)) && (room = room_of(sb, road->code)) > 0) {
        bool is_committed = TAILQ_FIRST(&lane->messages)->committed;
        bool may_commit = road->committing < commits_allowed(room) &&
                          outbox->committing < commits_allowed(room_of_all) &&
                          switch_spool_has_room(sb);
        if (is_committed ? !lane_submit(sb, lane) : !may_commit || !lane_commit(sb, lane))
            return;
    }
}

static bool is_idle(const struct outbox *outbox)
{
    const struct road *road;
    TAILQ_FOREACH(road, &outbox->roads, in_roads)
    {
        if (!TAILQ_EMPTY(&road->ready))
            return false;
    }
    return true;
}

void outbox_run(struct switchboard *sb)
{
    struct road_queue *roads = &sb->outbox.roads;
    struct road *first = TAILQ_FIRST(roads), *road;
    if (is_idle(&sb->outbox) || !refill_is_read(sb) || sb->draining)
        return;
    unsigned room = room_of(sb, NULL);
    if (room == 0)
        return;
    TAILQ_FOREACH(road, roads, in_roads)
    road_run(sb, road, room);
    TAILQ_REMOVE(roads, first, in_roads); /* another one is first next time */
    TAILQ_INSERT_TAIL(roads, first, in_roads);
}

/* ---- time ---- */

static void expire(struct switchboard *sb, int64_t now)
{
    struct outgoing *message, *next;
    for (message = TAILQ_FIRST(&sb->outbox.expiry); message && message->expiry <= now;
         message = next) {
        next = TAILQ_NEXT(message, by_expiry);
        if (message->lane->state == LANE_BUSY && message == TAILQ_FIRST(&message->lane->messages))
            continue; /* its answer settles it */
        counter_add(COUNTER_EXPIRED, 1);
        message_fail(sb, message, "expired");
    }
}

/* The configuration knows its code no more, and no link will ever have room. */
static void road_close(struct switchboard *sb, struct road *road)
{
    struct lane *lane;
    log_warning("SD0306", "no link carries the code of messages that wait; they fail: code=%s",
                road->code);
    while (switch_spool_has_room(sb) && (lane = TAILQ_FIRST(&road->ready)))
        message_fail(sb, TAILQ_FIRST(&lane->messages), "network");
}

void outbox_tick(struct switchboard *sb, int64_t now)
{
    struct lane *lane, *next;
    struct road *road;
    TAILQ_FOREACH(road, &sb->outbox.roads, in_roads)
    {
        if (!TAILQ_EMPTY(&road->ready) && !conf_link_of(sb->conf, road->code))
            road_close(sb, road);
    }
    for (lane = TAILQ_FIRST(&sb->outbox.later); lane; lane = next) {
        next = TAILQ_NEXT(lane, in_queue);
        if (lane->retry_at <= now)
            lane_move(&sb->outbox, lane, LANE_READY);
    }
    expire(sb, now);
    outbox_run(sb);
}

static void lane_refuse(struct switchboard *sb, struct lane *lane, const char *session,
                        const char *reason)
{
    struct outgoing *message, *next;
    for (message = TAILQ_FIRST(&lane->messages); message; message = next) {
        next = TAILQ_NEXT(message, in_lane); /* the lane ends with its last one */
        bool is_on_its_way = lane->state == LANE_BUSY && message == TAILQ_FIRST(&lane->messages);
        if (message->kind == SPOOL_VISITOR && !is_on_its_way &&
            (!*session || strcmp(message->session, session) == 0))
            message_fail(sb, message, reason);
    }
}

void outbox_refuse(struct switchboard *sb, const char *mobile, const char *session,
                   const char *reason)
{
    struct road *road;
    TAILQ_FOREACH(road, &sb->outbox.roads, in_roads)
    {
        struct lane *lane = lane_find(&sb->outbox, mobile, road->code);
        if (lane)
            lane_refuse(sb, lane, session, reason);
    }
}

unsigned outbox_in_flight(const struct outbox *outbox)
{
    return outbox->flights.count - outbox->doubt_count + outbox->committing;
}
