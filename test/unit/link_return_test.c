/* How a link comes back: after what, and how long it waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <event2/bufferevent.h>
#include "test/unit/peer.h"

enum { UNBIND = 6, BIND_TRX = 9 };

static void a_refused_login_is_tried_again_and_again(void **state)
{
    struct peer *p = *state;
    p->bind_status = 0x0E;
    p->bind_status_left = 7;
    peer_bound(p);
    assert_int_equal(peer_count(p, BIND_TRX), 8);
    assert_non_null(strstr(p->log, "SD0104"));
}

static void already_bound_is_answered_with_unbind_before_the_next_bind(void **state)
{
    struct peer *p = *state;
    p->bind_status = 0x05;
    p->bind_status_left = 1;
    peer_bound(p);
    assert_int_equal(p->pdus[0].command, BIND_TRX);
    assert_int_equal(p->pdus[1].command, UNBIND);
    assert_int_equal(p->pdus[2].command, BIND_TRX);
    assert_int_not_equal(p->pdus[2].connection, p->pdus[0].connection);
}

static void a_bind_nobody_answers_is_given_up_and_tried_again(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.bind_ms = 50;
    p->mute_bind = true;
    peer_link(p, &conf);
    assert_true(peer_wait_pdu(p, BIND_TRX, 3));
    p->mute_bind = false;
    assert_true(peer_wait(p, &p->up, 1));
}

static void a_refused_connection_is_tried_again(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    conf.port = 1; /* nobody listens there */
    peer_link(p, &conf);
    do {
        peer_run(p, 10);
        link_stats(p->link, &stats);
    } while (stats.error[0] == '\0');
    assert_int_equal(stats.connects, 0);
    assert_string_equal(stats.error, "Connection refused");
}

static void a_connection_that_is_not_made_in_time_is_given_up_and_tried_again(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    conf.tls.on = true; /* it accepts, and never says a word of TLS */
    conf.connect_ms = 30;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->accepted, 3));
    link_stats(p->link, &stats);
    assert_string_equal(stats.error, "no connection in 30 ms");
}

static void who_sends_garbage_and_does_not_read_is_left_all_the_same(void **state)
{
    static uint8_t text[60000];
    struct peer *p = *state;
    struct link_submit submit = {.source = "2333",
                                 .destination = "18095551234",
                                 .octets = text,
                                 .length = sizeof text,
                                 .payload = true};
    struct link_conf conf = peer_conf(p);
    conf.window = 1000;
    conf.response_ms = 60000;
    p->answers_submits = false;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    bufferevent_disable(p->connections[0], EV_READ);
    while (link_submit(p->link, &submit) == 0)
        peer_run(p, 1); /* until what is to be written stays here */
    peer_send(p, "garbage, garbage", 16);
    assert_true(peer_wait(p, &p->up, 2));
}

static void tries_are_spaced_by_the_backoff(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.backoff_min_ms = 100;
    conf.backoff_max_ms = 200;
    p->bind_status = 0x08;
    p->bind_status_left = 1000;
    peer_link(p, &conf);
    assert_true(peer_wait_pdu(p, BIND_TRX, 1));
    peer_run(p, 450);
    assert_in_range(peer_count(p, BIND_TRX), 2, 5);
}

static void a_lost_connection_comes_back(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    peer_close(p, 0);
    assert_true(peer_wait(p, &p->down, 1));
    assert_int_equal(link_room(p->link), 0);
    assert_true(peer_wait(p, &p->up, 2));
}

/* The wait before the next try stands in the log. */
static void a_refused_login_is_tried_less_often_than_a_lost_connection(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    p->bind_status = 0x0E;
    p->bind_status_left = 1000;
    conf.refused_ms = 10000;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->waits, conf.backoff_max_ms + 1));
}

static void after_a_bind_that_held_the_backoff_begins_anew(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.backoff_max_ms = 100;
    peer_link(p, &conf);
    for (unsigned i = 0; p->waits <= 8 * conf.backoff_min_ms; i++) {
        assert_true(peer_wait(p, &p->up, i + 1));
        peer_close(p, i);
        assert_true(peer_wait(p, &p->down, i + 1));
    }
    assert_true(peer_wait(p, &p->up, p->down + 1));
    peer_run(p, conf.backoff_max_ms + 1);
    peer_close(p, p->accepted - 1);
    assert_true(peer_wait(p, &p->down, p->up));
    assert_in_range(p->waits, conf.backoff_min_ms, 2 * conf.backoff_min_ms);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, peer_setup, peer_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_refused_login_is_tried_again_and_again),
        TEST(already_bound_is_answered_with_unbind_before_the_next_bind),
        TEST(a_bind_nobody_answers_is_given_up_and_tried_again),
        TEST(a_refused_connection_is_tried_again),
        TEST(a_connection_that_is_not_made_in_time_is_given_up_and_tried_again),
        TEST(who_sends_garbage_and_does_not_read_is_left_all_the_same),
        TEST(tries_are_spaced_by_the_backoff),
        TEST(a_lost_connection_comes_back),
        TEST(a_refused_login_is_tried_less_often_than_a_lost_connection),
        TEST(after_a_bind_that_held_the_backoff_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
