/* The way of a submit_sm: every one ends once, and the caller knows whether the SMSC
 * can have it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <event2/bufferevent.h>
#include "test/unit/peer.h"

enum { SUBMIT = 4, BIND_TRX = 9, ENQUIRE = 0x15 };
#define RESP 0x80000000u

/* Up, and no submit is answered but by the test. */
static void bound_and_silent(struct peer *p)
{
    p->answers_submits = false;
    peer_bound(p);
}

static void respond(struct peer *p, uint32_t status, uint32_t sequence, const char *id)
{
    peer_send_pdu(p, SUBMIT | RESP, status, sequence, id, status ? 0 : strlen(id) + 1);
}

static void a_submit_is_answered_with_its_message_id(void **state)
{
    struct peer *p = *state;
    struct link_stats stats;
    peer_bound(p);
    assert_int_equal(peer_submit(p, 42), 0);
    assert_true(peer_wait(p, &p->submitted_count, 1));
    assert_int_equal(p->submitted[0].tag, 42);
    assert_int_equal(p->submitted[0].status, 0);
    assert_string_equal(p->submitted[0].text, "id2");
    assert_memory_equal(peer_last(p, SUBMIT)->body,
                        "\0\0\0"
                        "2333\0\0\0"
                        "18095551234\0\0\0\0\0"
                        "000000001500000R\0\1\0\0\0\4hola",
                        49);
    link_stats(p->link, &stats);
    assert_int_equal(stats.accepted, 1);
    assert_int_equal(stats.in_flight, 0);
}

static void before_the_bind_nothing_is_taken(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    p->mute_bind = true;
    peer_link(p, &conf);
    assert_int_equal(peer_submit(p, 1), -ENOTCONN);
    assert_int_equal(link_room(p->link), 0);
}

static void the_window_bounds_and_room_is_told_once(void **state)
{
    struct peer *p = *state;
    bound_and_silent(p);
    for (uint64_t i = 0; i < 10; i++)
        assert_int_equal(peer_submit(p, i), 0);
    assert_int_equal(peer_submit(p, 10), -EAGAIN);
    assert_true(peer_wait_pdu(p, SUBMIT, 10));
    unsigned before = p->room;
    respond(p, 0, peer_last(p, SUBMIT)->sequence, "a");
    respond(p, 0, peer_last(p, SUBMIT)->sequence - 1, "b");
    assert_true(peer_wait(p, &p->submitted_count, 2));
    assert_int_equal(p->room, before + 1);
    peer_run(p, 1); /* the pace fills with time, the window does not */
    assert_int_equal(link_room(p->link), 2);
    respond(p, 0, peer_last(p, SUBMIT)->sequence - 2, "c");
    assert_true(peer_wait(p, &p->submitted_count, 3));
    assert_int_equal(p->room, before + 1);
}

static void shuffled_responses_settle_their_own_submits(void **state)
{
    struct peer *p = *state;
    bound_and_silent(p);
    for (uint64_t i = 0; i < 10; i++)
        peer_submit(p, 100 + i);
    assert_true(peer_wait_pdu(p, SUBMIT, 10));
    uint32_t first = peer_last(p, SUBMIT)->sequence - 9;
    for (uint32_t i = 0; i < 10; i++)
        respond(p, 0, first + i * 7 % 10, "x");
    assert_true(peer_wait(p, &p->submitted_count, 10));
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(p->submitted[i].tag, 100 + i * 7 % 10);
}

static void a_response_nobody_waits_for_changes_nothing(void **state)
{
    struct peer *p = *state;
    bound_and_silent(p);
    peer_submit(p, 1);
    assert_true(peer_wait_pdu(p, SUBMIT, 1));
    uint32_t sequence = peer_last(p, SUBMIT)->sequence;
    respond(p, 0, 0, "x");
    respond(p, 0, sequence + 256, "x"); /* the same place in the table */
    respond(p, 0, 0xFFFFFFFF, "x");
    respond(p, 0, sequence, "right");
    respond(p, 0, sequence, "twice");
    peer_send_pdu(p, ENQUIRE, 0, 1, "", 0);
    assert_true(peer_wait_pdu(p, ENQUIRE | RESP, 1));
    assert_int_equal(p->submitted_count, 1);
    assert_string_equal(p->submitted[0].text, "right");
}

static void an_overdue_answer_is_a_doubt_and_a_late_one_still_settles(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.response_ms = 50;
    p->answers_submits = false;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    peer_submit(p, 5);
    assert_true(peer_wait(p, &p->in_doubt_count, 1));
    assert_int_equal(p->in_doubt[0].tag, 5);
    assert_int_equal(link_room(p->link), 10);
    respond(p, 0, peer_last(p, SUBMIT)->sequence, "late");
    assert_true(peer_wait(p, &p->submitted_count, 1));
    assert_true(p->submitted[0].late);
    assert_int_equal(p->submitted[0].tag, 5);
    assert_string_equal(p->submitted[0].text, "late");
}

static void errors_of_all_shapes_settle_with_their_status(void **state)
{
    struct peer *p = *state;
    bound_and_silent(p);
    for (uint64_t i = 0; i < 6; i++)
        peer_submit(p, i);
    assert_true(peer_wait_pdu(p, SUBMIT, 6));
    uint32_t last = peer_last(p, SUBMIT)->sequence - 1;
    peer_send_pdu(p, SUBMIT | RESP, 0x0B, last - 4, "", 1);
    peer_send_pdu(p, SUBMIT | RESP, 0x455, last - 3, "", 0);
    peer_send_pdu(p, 0x80000000, 0x03, last - 2, "", 0);
    peer_send_pdu(p, SUBMIT | RESP, 0, last - 1, "no end", 6);
    peer_send_pdu(p, SUBMIT | RESP, 0, last, "id\0\x04\x25\0\2", 7); /* a TLV without its value */
    peer_send_pdu(p, 0x80000000, 0, last + 1, "", 0); /* refused, though it says that all is well */
    assert_true(peer_wait(p, &p->submitted_count, 6));
    assert_int_equal(p->submitted[0].status, 0x0B);
    assert_int_equal(p->submitted[1].status, 0x455);
    assert_int_equal(p->submitted[2].status, 0x03);
    assert_int_equal(p->submitted[3].status, 0);
    assert_string_equal(p->submitted[3].text, "");
    assert_string_equal(p->submitted[4].text, "id");
    assert_int_equal(p->submitted[5].status, 0xFF);
}

static void an_smsc_that_thinks_we_are_not_bound_is_bound_anew(void **state)
{
    struct peer *p = *state;
    bound_and_silent(p);
    peer_submit(p, 1);
    assert_true(peer_wait_pdu(p, SUBMIT, 1));
    respond(p, 0x04, peer_last(p, SUBMIT)->sequence, "");
    assert_true(peer_wait(p, &p->submitted_count, 1));
    assert_int_equal(link_room(p->link), 0);
    assert_true(peer_wait(p, &p->up, 2));
}

static void what_left_before_the_connection_is_lost_is_in_doubt(void **state)
{
    struct peer *p = *state;
    bound_and_silent(p);
    for (uint64_t i = 0; i < 3; i++)
        peer_submit(p, i);
    assert_true(peer_wait_pdu(p, SUBMIT, 3));
    peer_close(p, 0);
    assert_true(peer_wait(p, &p->in_doubt_count, 3));
    assert_int_equal(p->unsent_count, 0);
    assert_int_equal(p->in_doubt[0].tag, 0);
    assert_string_equal(p->in_doubt[0].text, "the SMSC closed the connection");
    assert_true(peer_wait(p, &p->up, 2));
    assert_int_equal(link_room(p->link), 10);
}

static void what_had_not_left_is_unsent_and_may_be_sent_again(void **state)
{
    static uint8_t text[60000];
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_submit submit = {.source = "2333",
                                 .destination = "18095551234",
                                 .octets = text,
                                 .length = sizeof text,
                                 .payload = true};
    uint64_t taken = 0;
    conf.window = 1000;
    conf.response_ms = 60000; /* a loaded machine takes its time */
    p->answers_submits = false;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    bufferevent_disable(p->connections[0], EV_READ);
    for (int i = 0; i < 200; i++) {
        submit.tag = taken;
        int err = link_submit(p->link, &submit);
        assert_true(err == 0 || err == -EAGAIN); /* a peer that does not read stops us */
        taken += err == 0;
        peer_run(p, 1);
    }
    assert_true(taken > 20 && taken < 200);
    peer_close(p, 0);
    assert_true(peer_wait(p, &p->down, 1));
    peer_run(p, 5);
    assert_int_equal(p->in_doubt_count + p->unsent_count, taken);
    assert_true(p->unsent_count > 10);
    assert_true(p->in_doubt_count > 0);
    assert_int_equal(p->unsent[p->unsent_count - 1].tag, taken - 1);
}

static void freeing_a_link_tells_of_what_was_open(void **state)
{
    struct peer *p = *state;
    bound_and_silent(p);
    peer_submit(p, 1);
    assert_true(peer_wait_pdu(p, SUBMIT, 1));
    peer_submit(p, 2);
    link_free(p->link);
    p->link = NULL;
    assert_int_equal(p->in_doubt_count, 1);
    assert_int_equal(p->unsent_count, 1);
}

static void sequence_numbers_end_at_7FFFFFFF_and_begin_at_1(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.first_sequence = 0x7FFFFFFE;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    peer_submit(p, 1);
    peer_submit(p, 2);
    assert_true(peer_wait(p, &p->submitted_count, 2));
    assert_int_equal(p->pdus[0].sequence, 0x7FFFFFFE);
    assert_int_equal(p->pdus[1].sequence, 0x7FFFFFFF);
    assert_int_equal(p->pdus[2].sequence, 1);
}

static void a_paused_link_keeps_its_bind_and_takes_nothing(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    link_pause(p->link);
    assert_int_equal(peer_submit(p, 1), -EAGAIN);
    assert_int_equal(link_state(p->link), LINK_DOWN);
    peer_run(p, 20);
    assert_int_equal(p->down, 0);
    unsigned before = p->room;
    link_resume(p->link);
    assert_int_equal(p->room, before); /* never from inside a call */
    assert_true(peer_wait(p, &p->room, before + 1));
    assert_int_equal(peer_submit(p, 1), 0);
}

static void a_throttled_link_slows_down(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    conf.rate = 0;
    p->answers_submits = false;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    peer_submit(p, 1);
    assert_true(peer_wait_pdu(p, SUBMIT, 1));
    respond(p, 0x58, peer_last(p, SUBMIT)->sequence, "");
    assert_true(peer_wait(p, &p->submitted_count, 1));
    link_stats(p->link, &stats);
    assert_int_equal(stats.throttled, 1);
    assert_true(stats.rate > 0 && stats.rate <= 25);
    assert_int_equal(link_room(p->link), 0);
    unsigned before = p->room;
    assert_true(peer_wait(p, &p->room, before + 1));
}

/* A caller inside link_submit has not noted yet that it succeeded. */
static void room_is_not_told_from_inside_a_submit(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    unsigned inside = 0;
    conf.rate = 100000; /* room comes between two looks at the clock */
    conf.window = 3000;
    p->answers_submits = false;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    for (uint64_t i = 0; i < 2000; i++) {
        unsigned before = p->room;
        peer_submit(p, i);
        inside += p->room != before;
    }
    assert_int_equal(inside, 0);
    unsigned before = p->room;
    assert_true(link_room(p->link) > 0 || peer_wait(p, &p->room, before + 1));
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void a_known_rate_is_not_exceeded(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.rate = 200;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    unsigned sent = 0;
    int64_t begun = now_us();
    for (int i = 0; i < 100; i++) {
        while (peer_submit(p, sent) == 0)
            sent++;
        peer_run(p, 5);
    }
    assert_true(sent > 10);
    assert_true((double)sent <= 200 * (double)(now_us() - begun) / 1e6 + 3);
}

static void fields_too_long_for_smpp_are_refused_and_cost_nothing(void **state)
{
    static uint8_t text[70000];
    struct peer *p = *state;
    struct link_submit submit = {
        .source = "2333", .destination = "123456789012345678901", .octets = text, .length = 1};
    peer_bound(p);
    assert_int_equal(link_submit(p->link, &submit), -EMSGSIZE);
    submit.destination = "18095551234";
    submit.length = sizeof text;
    assert_int_equal(link_submit(p->link, &submit), -EMSGSIZE);
    submit.length = 254;
    assert_int_equal(link_submit(p->link, &submit), 0);
    assert_true(peer_wait(p, &p->submitted_count, 1));
    assert_int_equal(peer_last(p, SUBMIT)->sequence, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, peer_setup, peer_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_submit_is_answered_with_its_message_id),
        TEST(before_the_bind_nothing_is_taken),
        TEST(the_window_bounds_and_room_is_told_once),
        TEST(shuffled_responses_settle_their_own_submits),
        TEST(a_response_nobody_waits_for_changes_nothing),
        TEST(an_overdue_answer_is_a_doubt_and_a_late_one_still_settles),
        TEST(errors_of_all_shapes_settle_with_their_status),
        TEST(an_smsc_that_thinks_we_are_not_bound_is_bound_anew),
        TEST(what_left_before_the_connection_is_lost_is_in_doubt),
        TEST(what_had_not_left_is_unsent_and_may_be_sent_again),
        TEST(freeing_a_link_tells_of_what_was_open),
        TEST(sequence_numbers_end_at_7FFFFFFF_and_begin_at_1),
        TEST(a_paused_link_keeps_its_bind_and_takes_nothing),
        TEST(a_throttled_link_slows_down),
        TEST(room_is_not_told_from_inside_a_submit),
        TEST(a_known_rate_is_not_exceeded),
        TEST(fields_too_long_for_smpp_are_refused_and_cost_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
