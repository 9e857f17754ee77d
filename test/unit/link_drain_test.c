/* How a link ends: it takes no more, waits for what is in flight, says goodbye. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "test/unit/peer.h"

enum { BIND_RX = 1, SUBMIT = 4, DELIVER = 5, UNBIND = 6, BIND_TRX = 9, ENQUIRE = 0x15 };
#define RESP 0x80000000u
#define NACK 0x80000000u

static unsigned timers_set;

int timerfd_settime(int fd, int flags, const struct itimerspec *when, struct itimerspec *before)
{
    timers_set++;
    return (int)syscall(SYS_timerfd_settime, fd, flags, when, before);
}

static void on_done(void *ctx, struct link *link)
{
    struct peer *p = ctx;
    assert_int_equal(link_state(link), LINK_CLOSED);
    p->done++;
}

static void drains_with_one_in_flight(struct peer *p)
{
    p->answers_submits = false;
    peer_bound(p);
    peer_submit(p, 1);
    assert_true(peer_wait_pdu(p, SUBMIT, 1));
    link_drain(p->link, on_done);
}

static void draining_waits_for_what_is_in_flight_then_unbinds(void **state)
{
    struct peer *p = *state;
    drains_with_one_in_flight(p);
    assert_int_equal(peer_submit(p, 2), -107); /* ENOTCONN */
    peer_run(p, 50);
    assert_int_equal(peer_count(p, UNBIND), 0);
    peer_send_pdu(p, SUBMIT | RESP, 0, peer_last(p, SUBMIT)->sequence, "x", 2);
    assert_true(peer_wait(p, &p->done, 1));
    assert_int_equal(p->submitted_count, 1);
    assert_int_equal(peer_count(p, UNBIND), 1);
    peer_run(p, 50);
    assert_int_equal(p->done, 1);
    assert_int_equal(peer_count(p, BIND_TRX), 1);
}

static void what_comes_while_a_link_drains_stays_with_the_smsc(void **state)
{
    struct peer *p = *state;
    drains_with_one_in_flight(p);
    peer_deliver(p, 7, "hola", NULL);
    peer_send_pdu(p, ENQUIRE, 0, 1, "", 0);
    assert_true(peer_wait_pdu(p, ENQUIRE | RESP, 1));
    peer_send_pdu(p, SUBMIT | RESP, 0, peer_last(p, SUBMIT)->sequence, "x", 2);
    assert_true(peer_wait(p, &p->done, 1));
    assert_int_equal(p->deliver_count, 0);
    assert_int_equal(peer_count(p, DELIVER | RESP), 0);
}

static void a_draining_link_rests_until_it_is_answered(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.rate = 100;
    p->answers_submits = false;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    while (peer_submit(p, 1) == 0)
        ; /* now it waits for the pace */
    link_drain(p->link, on_done);
    timers_set = 0;
    peer_run(p, 200);
    assert_in_range(timers_set, 0, 5);
}

static void draining_ends_even_if_the_smsc_never_answers(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.response_ms = conf.bind_ms = 100;
    p->answers_submits = false;
    p->mute_unbind = true;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    peer_submit(p, 1);
    link_drain(p->link, on_done);
    assert_true(peer_wait(p, &p->done, 1));
    assert_int_equal(p->in_doubt_count, 1);
}

static void an_unbind_that_is_nacked_is_the_end(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.bind_ms = 60000;
    p->mute_unbind = true;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    link_drain(p->link, on_done);
    assert_true(peer_wait_pdu(p, UNBIND, 1));
    peer_send_pdu(p, NACK, 0x03, peer_last(p, UNBIND)->sequence, "", 0);
    assert_true(peer_wait(p, &p->done, 1));
}

static void draining_ends_even_if_the_caller_never_answers(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.response_ms = 100;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    peer_deliver(p, 7, "hola", NULL);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    link_drain(p->link, on_done);
    assert_true(peer_wait(p, &p->done, 1));
    assert_int_equal(peer_count(p, DELIVER | RESP), 0);
}

static void draining_a_link_that_never_came_up_ends_at_once(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.mode = LINK_TRANSMITTER_RECEIVER;
    p->mute_bind = true;
    peer_link(p, &conf);
    assert_true(peer_wait_pdu(p, BIND_RX, 1));
    link_drain(p->link, on_done);
    assert_true(peer_wait(p, &p->done, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, peer_setup, peer_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(draining_waits_for_what_is_in_flight_then_unbinds),
        TEST(what_comes_while_a_link_drains_stays_with_the_smsc),
        TEST(a_draining_link_rests_until_it_is_answered),
        TEST(draining_ends_even_if_the_smsc_never_answers),
        TEST(an_unbind_that_is_nacked_is_the_end),
        TEST(draining_ends_even_if_the_caller_never_answers),
        TEST(draining_a_link_that_never_came_up_ends_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
