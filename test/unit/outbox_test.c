/* What waits to go out: when it goes again, and when it goes no more. Link, spool and clock are
 * the test's. */
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

/* ---- what must be true ---- */

static void a_temporary_refusal_is_followed_by_a_pause_that_doubles_up_to_15_s(void **state)
{
    static const uint32_t temporary[] = {ESME_RSYSERR, 0x45, ESME_RX_T_APPN, ESME_RUNKNOWNERR,
                                         0x100};
    static const int64_t pause[] = {250, 500, 1000, 2000, 4000, 8000, 15000, 15000};
    for (size_t i = 0; i < sizeof temporary / sizeof *temporary; i++) {
        setup(state);
        wait_to_go(1, SPOOL_VISITOR, 15 * MINUTE_MS);
        for (unsigned tries = 0; tries < sizeof pause / sizeof *pause; tries++) {
            assert_int_equal(world.submits, tries + 1);
            answer(temporary[i]);
            tick(world.now + pause[tries] - 1);
            assert_int_equal(world.submits, tries + 1);
            tick(world.now + 1);
        }
        answer(ESME_ROK);
        assert_int_equal(last()->state, SPOOL_SUBMITTED);
        assert_int_equal(world.sb.outbox.count, 0);
        teardown(state);
    }
}

static void after_a_part_that_was_refused_for_long_the_next_one_waits_no_longer_for_it(void **state)
{
    char text[201];
    (void)state;
    memset(text, 'x', 200);
    text[200] = '\0';
    text_waits("8095551234", 1, SPOOL_VISITOR, MINUTE_MS, text, 2);
    for (int i = 0; i < 3; i++) {
        answer(ESME_RSYSERR);
        tick(world.now + 1000);
    }
    answer(ESME_ROK);
    assert_int_equal(world.submits, 5);
    assert_int_equal(last()->part, 2);
    answer(ESME_RSYSERR);
    tick(world.now + 250);
    assert_int_equal(world.submits, 6);
}

static void a_refusal_for_its_pace_is_tried_again_soon_however_often(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, 15 * MINUTE_MS);
    for (unsigned tries = 1; tries < 9; tries++) {
        answer(tries % 2 ? ESME_RTHROTTLED : ESME_RMSGQFUL);
        tick(world.now + 249);
        assert_int_equal(world.submits, tries);
        tick(world.now + 1);
        assert_int_equal(world.submits, tries + 1);
    }
}

static void messages_to_one_mobile_keep_their_order_though_the_first_is_refused(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    wait_to_go(2, SPOOL_VISITOR, MINUTE_MS);
    answer(ESME_RSYSERR);
    tick(world.now + 100);
    assert_int_equal(world.submits, 1);
    tick(world.now + 150);
    assert_int_equal(last()->message, 1);
    answer(ESME_ROK);
    assert_int_equal(last()->message, 2);
    assert_int_equal(world.submits, 3);
}

static void what_was_refused_is_on_disk_as_waiting_and_not_in_doubt_after_a_crash(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    assert_int_equal(last()->state, SPOOL_IN_FLIGHT);
    answer(ESME_RSYSERR);
    assert_int_equal(last()->state, SPOOL_QUEUED);
}

static void what_never_left_goes_again_and_is_not_in_doubt_for_it(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    for (unsigned tries = 1; tries < 4; tries++) {
        unsigned before = world.parts;
        outbox_unsent(&world.sb, world.submit.tag);
        assert_int_equal(world.submits, tries + 1);
        assert_int_equal(world.parts, before); /* it is on disk as in flight, and stays so */
    }
    outbox_in_doubt(&world.sb, world.submit.tag);
    commit();
    assert_int_equal(world.submits, 5);
}

static void what_is_answered_late_before_it_could_go_again_does_not_go_again(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    world.room = 0;
    outbox_in_doubt(&world.sb, world.submit.tag);
    answer(ESME_ROK);
    world.room = 10;
    tick(world.now + 1000);
    assert_int_equal(world.submits, 1);
    assert_int_equal(last()->state, SPOOL_SUBMITTED);
    assert_int_equal(world.sb.outbox.count, 0);
}

static void a_message_in_doubt_goes_once_more_and_is_then_given_up(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    outbox_in_doubt(&world.sb, world.submit.tag);
    commit();
    assert_int_equal(world.submits, 2);
    assert_int_equal(last()->state, SPOOL_IN_FLIGHT_AGAIN);
    outbox_in_doubt(&world.sb, world.submit.tag);
    commit();
    tick(world.now + MINUTE_MS);
    assert_int_equal(world.submits, 2);
    assert_int_equal(last()->state, SPOOL_UNKNOWN);
    assert_int_equal(world.sb.outbox.count, 0);
}

static void a_notice_in_doubt_does_not_go_again(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_NOTICE, MINUTE_MS);
    outbox_in_doubt(&world.sb, world.submit.tag);
    commit();
    assert_int_equal(world.submits, 1);
    assert_int_equal(last()->state, SPOOL_UNKNOWN);
    assert_int_equal(world.sb.outbox.count, 0);
}

static void what_waits_longer_than_it_is_valid_fails_and_never_goes(void **state)
{
    (void)state;
    world.room = 0;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    wait_to_go(2, SPOOL_VISITOR, 2 * MINUTE_MS);
    tick(world.now + MINUTE_MS - 1);
    assert_int_equal(world.parts, 0);
    tick(world.now + 1);
    assert_int_equal(world.parts, 1);
    assert_int_equal(last()->message, 1);
    assert_int_equal(last()->state, SPOOL_FAILED);
    assert_string_equal(last()->reason, "expired");
    world.room = 10;
    tick(world.now);
    assert_int_equal(world.submits, 1);
    assert_int_equal(last()->message, 2);
}

static void no_more_is_on_disk_as_leaving_than_twice_what_links_have_room_for(void **state)
{
    char mobile[] = "8095551200";
    (void)state;
    world.room = 0;
    for (uint64_t id = 1; id <= 9; id++) {
        mobile[9]++;
        text_waits(mobile, id, SPOOL_VISITOR, MINUTE_MS, "Ana: hola", 1);
    }
    world.room = 3;
    outbox_run(&world.sb);
    assert_int_equal(world.parts, 6);
}

static void what_is_under_way_when_its_time_ends_is_what_the_smsc_says(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    tick(world.now + 2 * MINUTE_MS);
    assert_int_equal(world.sb.outbox.count, 1);
    answer(ESME_ROK);
    assert_int_equal(last()->state, SPOOL_SUBMITTED);
}

static void the_smsc_is_told_what_is_left_of_the_time_a_message_is_valid(void **state)
{
    (void)state;
    wait_to_go(1, SPOOL_VISITOR, MINUTE_MS);
    assert_int_equal(world.submit.validity_s, 60);
    answer(ESME_RSYSERR);
    tick(world.now + 10000);
    assert_int_equal(world.submit.validity_s, 50);
    answer(ESME_RSYSERR);
    tick(world.now + 49900);
    assert_int_equal(world.submit.validity_s, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_temporary_refusal_is_followed_by_a_pause_that_doubles_up_to_15_s),
        TEST(after_a_part_that_was_refused_for_long_the_next_one_waits_no_longer_for_it),
        TEST(a_refusal_for_its_pace_is_tried_again_soon_however_often),
        TEST(messages_to_one_mobile_keep_their_order_though_the_first_is_refused),
        TEST(what_was_refused_is_on_disk_as_waiting_and_not_in_doubt_after_a_crash),
        TEST(what_never_left_goes_again_and_is_not_in_doubt_for_it),
        TEST(what_is_answered_late_before_it_could_go_again_does_not_go_again),
        TEST(a_message_in_doubt_goes_once_more_and_is_then_given_up),
        TEST(a_notice_in_doubt_does_not_go_again),
        TEST(what_waits_longer_than_it_is_valid_fails_and_never_goes),
        TEST(no_more_is_on_disk_as_leaving_than_twice_what_links_have_room_for),
        TEST(what_is_under_way_when_its_time_ends_is_what_the_smsc_says),
        TEST(the_smsc_is_told_what_is_left_of_the_time_a_message_is_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
