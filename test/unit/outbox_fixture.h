/* What waits to go out, before a link, a spool and a clock that are the test's. */
#ifndef TEST_UNIT_OUTBOX_FIXTURE_H
#define TEST_UNIT_OUTBOX_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/pdu/status.h"
#include "smpp/switch/switchboard.h"

enum { MINUTE_MS = 60000, WAITING = 64 };

static struct {
    struct switchboard sb;
    struct conf conf;
    struct conf_link conf_link;
    struct link *link;
    int64_t now;
    unsigned room;             /* of the link */
    unsigned submits;          /* it took */
    struct link_submit submit; /* the last one */
    struct spool_part part[WAITING];
    struct spool_done done[WAITING];
    unsigned parts, committed; /* given to the spool; on disk */
} world;

/* ---- who is played ---- */

int64_t switch_now(const struct switchboard *sb)
{
    (void)sb;
    return world.now;
}

bool switch_spool_has_room(const struct switchboard *sb)
{
    (void)sb;
    return true;
}

const struct conf_link *switch_link_conf(const struct link *link)
{
    (void)link;
    return &world.conf_link;
}

const struct conf_link *conf_link_of(const struct conf *conf, const char *short_code)
{
    (void)conf, (void)short_code;
    return &world.conf_link;
}

bool refill_is_read(const struct switchboard *sb)
{
    (void)sb;
    return true;
}

void delivery_tell(struct switchboard *sb, const struct spool_result *result)
{
    (void)sb, (void)result;
}

int spool_part_state(struct spool *spool, const struct spool_part *part, struct spool_done done)
{
    (void)spool;
    assert_true(world.parts < WAITING);
    world.part[world.parts] = *part;
    world.done[world.parts++] = done;
    return 0;
}

const struct link_conf *link_conf(const struct link *link)
{
    (void)link;
    return &world.conf_link.bind;
}

enum link_state link_state(const struct link *link)
{
    (void)link;
    return LINK_UP;
}

unsigned link_room(struct link *link)
{
    (void)link;
    return world.room;
}

int link_submit(struct link *link, const struct link_submit *submit)
{
    (void)link;
    if (world.room == 0)
        return -EAGAIN;
    assert_true(world.committed > 0); /* what may have left is known after a crash */
    enum spool_state on_disk = world.part[world.committed - 1].state;
    assert_true(on_disk == SPOOL_IN_FLIGHT || on_disk == SPOOL_IN_FLIGHT_AGAIN);
    world.submit = *submit;
    world.submits++;
    return 0;
}

/* ---- what happens ---- */

static bool carries(const struct link_conf *conf, const char *short_code)
{
    (void)conf, (void)short_code;
    return true;
}

static int setup(void **state)
{
    static char link;
    (void)state;
    memset(&world, 0, sizeof world);
    world.conf_link.bind = (struct link_conf){.name = "claro", .window = 10};
    world.conf_link.smsc = "claro";
    world.link = (struct link *)(void *)&link;
    world.now = MINUTE_MS;
    world.room = 10;
    world.sb.conf = &world.conf;
    world.sb.links = (struct links_choice){&world.link, 1, carries};
    outbox_start(&world.sb.outbox);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    outbox_end(&world.sb.outbox);
    return 0;
}

static void commit(void)
{
    while (world.committed < world.parts) {
        struct spool_done done = world.done[world.committed++];
        if (done.call)
            done.call(done.ctx, &(struct spool_result){.error = 0});
    }
}

static void tick(int64_t now)
{
    world.now = now;
    outbox_tick(&world.sb, now);
    commit();
}

/* Valid for so long. */
static void text_waits(const char *mobile, uint64_t id, enum spool_kind kind, int64_t validity,
                       const char *text, unsigned parts)
{
    struct spool_message row = {
        .id = id, .kind = kind, .parts = parts, .expiry = world.now + validity, .session = ""};
    struct outgoing *outgoing = outgoing_new(&world.sb.outbox, mobile, "2333", text);
    assert_non_null(outgoing);
    outbox_add(&world.sb, &row, outgoing);
    outbox_run(&world.sb);
    commit();
}

/* To one mobile. */
static void wait_to_go(uint64_t id, enum spool_kind kind, int64_t validity)
{
    text_waits("8095551234", id, kind, validity, "Ana: hola", 1);
}

static void answer(uint32_t status)
{
    struct link_result result = {.tag = world.submit.tag, .status = status, .message_id = "17"};
    outbox_submitted(&world.sb, world.link, &result);
    commit();
}

static const struct spool_part *last(void)
{
    return &world.part[world.parts - 1];
}

#endif
