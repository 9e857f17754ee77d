/* What waits to go out: when it goes again, and when it goes no more. */
#include <limits.h>

#include "test/unit/outbox_fixture.h"

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

static void a_way_that_is_none_is_not_put_back_but_chosen_anew(void **state)
{
    static const unsigned others[] = {UINT_MAX, 0x80000000, 0x1FF, 0x100 | 7, 0x100 | 7 << 3, 255};
    char text[201];
    (void)state;
    memset(text, 'x', 200);
    text[200] = '\0';
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct spool_message row = {.id = i + 1,
                                    .kind = SPOOL_VISITOR,
                                    .parts = 2,
                                    .expiry = world.now + MINUTE_MS,
                                    .session = "",
                                    .way = others[i],
                                    .state = {SPOOL_IN_DOUBT, SPOOL_QUEUED}};
        outbox_add(&world.sb, &row, outgoing_new(&world.sb.outbox, "8095551234", "2333", text));
        outbox_run(&world.sb);
        commit();
        assert_int_equal(last()->state, SPOOL_IN_FLIGHT_AGAIN);
        assert_int_equal(last()->way, 0x100);
        assert_int_equal(world.submit.esm_class, 0x40); /* with a UDH */
        answer(ESME_ROK);
        answer(ESME_ROK);
    }
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
        TEST(a_way_that_is_none_is_not_put_back_but_chosen_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
