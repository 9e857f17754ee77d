/* How a link connects, logs in and stays alive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "smpp/link/state.h"
#include "test/unit/peer.h"

enum { BIND_RX = 1, BIND_TX = 2, SUBMIT = 4, UNBIND = 6, BIND_TRX = 9, ENQUIRE = 0x15 };
#define RESP 0x80000000u
#define NACK 0x80000000u

static time_t wall_step;

int clock_gettime(clockid_t id, struct timespec *at)
{
    int e = (int)syscall(SYS_clock_gettime, id, at);
    if (id == CLOCK_REALTIME)
        at->tv_sec += wall_step;
    return e;
}

static void a_step_of_the_wall_clock_is_none_of_a_link(void **state)
{
    int64_t before = link_now();
    (void)state;
    wall_step = -3600;
    assert_in_range(link_now(), before, before + 60000000);
    wall_step = 0;
}

static void a_transceiver_binds_and_tells_up(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    const struct peer_pdu *bind = peer_last(p, BIND_TRX);
    assert_memory_equal(bind->body, "user\0secret12\0\0\x34\0\0\0", bind->length);
    assert_int_equal(bind->sequence, 1);
    assert_int_equal(link_state(p->link), LINK_UP);
    assert_int_equal(link_room(p->link), 10);
}

static void a_login_says_what_the_settings_say(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.system_type = "WEB";
    conf.address_range = "^2";
    peer_link(p, &conf);
    assert_true(peer_wait_pdu(p, BIND_TRX, 1));
    const struct peer_pdu *bind = peer_last(p, BIND_TRX);
    assert_int_equal(bind->length, 24);
    assert_memory_equal(bind->body, "user\0secret12\0WEB\0\x34\0\0^2", 24);
}

static void transmitter_and_receiver_are_two_connections(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    conf.mode = LINK_TRANSMITTER_RECEIVER;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    assert_true(peer_wait_pdu(p, BIND_RX, 1));
    assert_int_equal(peer_count(p, BIND_TX), 1);
    assert_int_not_equal(peer_last(p, BIND_RX)->connection, peer_last(p, BIND_TX)->connection);
    do {
        peer_run(p, 1);
        link_stats(p->link, &stats);
    } while (!stats.receiving);
    assert_int_equal(peer_submit(p, 1), 0);
    assert_true(peer_wait(p, &p->submitted_count, 1));
    assert_int_equal(peer_last(p, SUBMIT)->connection, peer_last(p, BIND_TX)->connection);
}

static void a_bind_is_one_whatever_the_smsc_calls_itself(void **state)
{
    static const struct {
        const char *body;
        size_t length;
    } answers[] = {
        {"", 0}, {"no end", 6}, {"a name of more than 15", 23}, {"smsc\0\x02\x10\0\2\x34", 10}};
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    p->mute_bind = true;
    peer_link(p, &conf);
    for (unsigned i = 0; i < sizeof answers / sizeof *answers; i++) {
        assert_true(peer_wait_pdu(p, BIND_TRX, i + 1));
        peer_send_pdu(p, BIND_TRX | RESP, 0, peer_last(p, BIND_TRX)->sequence, answers[i].body,
                      answers[i].length);
        assert_true(peer_wait(p, &p->up, i + 1));
        peer_close(p, i);
        assert_true(peer_wait(p, &p->down, i + 1));
    }
}

static void a_host_is_found_by_its_name(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.host = "localhost";
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
}

static void silence_is_broken_by_enquire_link_and_a_dead_peer_is_left(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    conf.enquire_ms = 30;
    conf.response_ms = 60;
    peer_link(p, &conf);
    assert_true(peer_wait_pdu(p, ENQUIRE, 3));
    assert_int_equal(p->down, 0);
    p->mute_enquire = true;
    assert_true(peer_wait(p, &p->down, 1));
    link_stats(p->link, &stats);
    assert_non_null(strstr(stats.error, "enquire_link"));
}

static int socket_option(const struct peer *p, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    assert_int_equal(
        getsockopt(bufferevent_getfd(p->link->binds[0].bev), IPPROTO_TCP, name, &value, &length),
        0);
    return value;
}

static void what_a_dead_peer_does_not_acknowledge_ends_the_connection(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    assert_int_equal(socket_option(p, TCP_USER_TIMEOUT), peer_conf(p).response_ms);
    assert_true(socket_option(p, TCP_NODELAY));
}

static void an_smsc_that_speaks_is_alive_though_it_answers_no_enquire_link(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.enquire_ms = 20;
    conf.response_ms = 1000;
    p->mute_enquire = true;
    peer_link(p, &conf);
    for (unsigned i = 1; i < 4; i++) {
        assert_true(peer_wait_pdu(p, ENQUIRE, i));
        peer_send_pdu(p, ENQUIRE, 0, i, "", 0);
    }
    assert_int_equal(p->down, 0);
}

static void enquire_link_is_answered_with_its_own_sequence_even_0(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    peer_send_pdu(p, ENQUIRE, 0, 0, "", 0);
    assert_true(peer_wait_pdu(p, ENQUIRE | RESP, 1));
    assert_int_equal(peer_last(p, ENQUIRE | RESP)->sequence, 0);
    peer_send_pdu(p, ENQUIRE, 0, 0xFFFFFFFF, "", 0);
    assert_true(peer_wait_pdu(p, ENQUIRE | RESP, 2));
    assert_int_equal(peer_last(p, ENQUIRE | RESP)->sequence, 0xFFFFFFFF);
}

static void an_impossible_length_is_nacked_and_the_connection_closed(void **state)
{
    static const uint32_t lengths[] = {0, 15, 65537, 0xFFFFFFFF};
    struct peer *p = *state;
    peer_bound(p);
    for (unsigned i = 0; i < 4; i++) {
        uint8_t octets[16] = {0};
        for (int at = 0; at < 4; at++)
            octets[at] = (uint8_t)(lengths[i] >> (24 - 8 * at));
        peer_send(p, octets, sizeof octets);
        assert_true(peer_wait(p, &p->down, i + 1));
        assert_true(peer_wait_pdu(p, NACK, i + 1));
        assert_int_equal(peer_last(p, NACK)->status, 0x02);
        assert_true(peer_wait(p, &p->up, i + 2));
    }
}

static void an_unknown_command_is_nacked_and_nothing_else_happens(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    peer_send_pdu(p, 0x00010203, 0, 44, "abc", 3);
    assert_true(peer_wait_pdu(p, NACK, 1));
    assert_int_equal(peer_last(p, NACK)->status, 0x03);
    assert_int_equal(peer_last(p, NACK)->sequence, 44);
    peer_send_pdu(p, 0x80010203, 0, 44, "abc", 3); /* an unknown response: no answer to that */
    peer_send_pdu(p, 0x0B, 0, 1, "smsc\0pw", 8);   /* outbind */
    peer_send_pdu(p, 0x102, 0, 1,
                  "\1\1"
                  "18095551234\0\0\0user",
                  21); /* alert_notification */
    peer_send_pdu(p, ENQUIRE, 0, 1, "", 0);
    assert_true(peer_wait_pdu(p, ENQUIRE | RESP, 1));
    assert_int_equal(peer_count(p, NACK), 1);
    assert_int_equal(p->down, 0);
    assert_non_null(strstr(p->log, "SD0108"));
}

static void nack(struct peer *p, uint32_t command)
{
    assert_true(peer_wait_pdu(p, command, 1));
    peer_send_pdu(p, NACK, 0x03, peer_last(p, command)->sequence, "", 0);
}

static void a_login_that_is_nacked_is_refused(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    p->mute_bind = true;
    peer_link(p, &conf);
    nack(p, BIND_TRX);
    assert_true(peer_wait(p, &p->waits, 1));
    link_stats(p->link, &stats);
    assert_string_equal(stats.error, "bind answered ESME_RINVCMDID status=0x3");
}

static void only_the_answer_to_the_login_is_one(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    p->mute_bind = true;
    peer_link(p, &conf);
    assert_true(peer_wait_pdu(p, BIND_TRX, 1));
    uint32_t sequence = peer_last(p, BIND_TRX)->sequence;
    peer_send_pdu(p, BIND_TRX | RESP, 0, sequence + 1, "", 1);
    peer_send_pdu(p, ENQUIRE, 0, 1, "", 0);
    assert_true(peer_wait_pdu(p, ENQUIRE | RESP, 1));
    assert_int_equal(p->up, 0);
    peer_send_pdu(p, BIND_TX | RESP, 0, sequence, "", 1);
    assert_true(peer_wait(p, &p->waits, 1));
    link_stats(p->link, &stats);
    assert_string_equal(stats.error, "bind answered with bind_transmitter_resp");
}

static void an_enquire_link_that_is_nacked_is_answered(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.enquire_ms = 20;
    p->mute_enquire = true;
    peer_link(p, &conf);
    nack(p, ENQUIRE);
    assert_true(peer_wait_pdu(p, ENQUIRE, 2));
    assert_null(strstr(p->log, "SD0107"));
}

static void an_smsc_that_unbinds_is_answered_and_bound_again(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    peer_send_pdu(p, UNBIND, 0, 9, "", 0);
    assert_true(peer_wait_pdu(p, UNBIND | RESP, 1));
    assert_int_equal(peer_last(p, UNBIND | RESP)->sequence, 9);
    assert_true(peer_wait(p, &p->up, 2));
}

static void settings_out_of_limits_are_refused_with_a_sentence(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    char why[200] = "";
    link_conf_defaults(&conf);
    assert_int_equal(link_conf_check(&conf, why, sizeof why), 0);
    conf.password = "secret123";
    assert_int_not_equal(link_conf_check(&conf, why, sizeof why), 0);
    assert_non_null(strstr(why, "password"));
    assert_null(strstr(why, "secret123"));
    conf.password = "";
    conf.source_ton = 9;
    assert_int_not_equal(link_conf_check(&conf, why, sizeof why), 0);
    assert_non_null(strstr(why, "TON"));
    conf.source_ton = 0;
    conf.window = 10001;
    assert_int_not_equal(link_conf_check(&conf, why, sizeof why), 0);
    conf.window = 10;
    conf.host = NULL;
    assert_int_not_equal(link_conf_check(&conf, why, sizeof why), 0);
    assert_non_null(strstr(why, "host"));
}

static void only_what_the_bind_needs_makes_another_bind(void **state)
{
    struct peer *p = *state;
    struct link_conf a = peer_conf(p), b = a;
    struct link_stats stats;
    b.window = 99;
    b.priority = 3;
    b.rate = 7;
    assert_true(link_conf_same_bind(&a, &b));
    b.delivers = 77; /* those that came over the old one are owed there */
    assert_false(link_conf_same_bind(&a, &b));
    b.delivers = a.delivers;
    b.password = "other";
    assert_false(link_conf_same_bind(&a, &b));
    peer_bound(p);
    b = peer_conf(p);
    b.window = 99;
    b.rate = 5000;
    assert_int_equal(link_tune(p->link, &b), 0);
    link_stats(p->link, &stats);
    assert_true(stats.rate > 4999 && stats.rate < 5001);
    assert_int_equal(link_conf(p->link)->enquire_ms, 20000); /* what is not told is as usual */
    peer_run(p, 5);
    assert_int_equal(link_room(p->link) > 10, 1);
    b.enquire_ms = 20;
    assert_int_equal(link_tune(p->link, &b), 0);
    assert_true(peer_wait_pdu(p, ENQUIRE, 1));
    assert_int_equal(p->down, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, peer_setup, peer_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_of_the_wall_clock_is_none_of_a_link),
        TEST(a_transceiver_binds_and_tells_up),
        TEST(a_login_says_what_the_settings_say),
        TEST(transmitter_and_receiver_are_two_connections),
        TEST(a_bind_is_one_whatever_the_smsc_calls_itself),
        TEST(a_host_is_found_by_its_name),
        TEST(silence_is_broken_by_enquire_link_and_a_dead_peer_is_left),
        TEST(what_a_dead_peer_does_not_acknowledge_ends_the_connection),
        TEST(an_smsc_that_speaks_is_alive_though_it_answers_no_enquire_link),
        TEST(enquire_link_is_answered_with_its_own_sequence_even_0),
        TEST(an_impossible_length_is_nacked_and_the_connection_closed),
        TEST(an_unknown_command_is_nacked_and_nothing_else_happens),
        TEST(a_login_that_is_nacked_is_refused),
        TEST(only_the_answer_to_the_login_is_one),
        TEST(an_enquire_link_that_is_nacked_is_answered),
        TEST(an_smsc_that_unbinds_is_answered_and_bound_again),
        TEST(settings_out_of_limits_are_refused_with_a_sentence),
        TEST(only_what_the_bind_needs_makes_another_bind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
