/* Messages from the SMSC: cut anywhere, answered by token, held back when the caller is behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include "test/unit/peer.h"

enum {
    BIND_RX = 1,
    BIND_TX = 2,
    SUBMIT = 4,
    DELIVER = 5,
    UNBIND = 6,
    BIND_TRX = 9,
    ENQUIRE = 0x15,
    DATA_SM = 0x103
};
#define RESP 0x80000000u

static void a_message_is_answered_by_its_token_and_once(void **state)
{
    struct peer *p = *state;
    peer_bound(p);
    peer_deliver(p, 0x80000001, "hola", NULL);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    assert_string_equal(p->delivers[0].text, "hola");
    assert_int_equal(peer_count(p, DELIVER | RESP), 0);
    link_answer(p->link, p->tokens[0], 0x64);
    link_answer(p->link, p->tokens[0], 0);
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 1));
    peer_run(p, 10);
    assert_int_equal(peer_count(p, DELIVER | RESP), 1);
    assert_int_equal(peer_last(p, DELIVER | RESP)->status, 0x64);
    assert_int_equal(peer_last(p, DELIVER | RESP)->sequence, 0x80000001);
    assert_int_equal(peer_last(p, DELIVER | RESP)->length, 1);
}

static void a_token_of_a_connection_that_is_gone_answers_nobody(void **state)
{
    struct peer *p = *state;
    struct link_stats stats;
    peer_bound(p);
    peer_deliver(p, 7, "hola", NULL);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    peer_close(p, 0);
    assert_true(peer_wait(p, &p->up, 2));
    peer_deliver(p, 7, "hola", NULL);
    assert_true(peer_wait(p, &p->deliver_count, 2));
    link_stats(p->link, &stats);
    assert_int_equal(stats.delivers, 1); /* the first one is owed to nobody any more */
    link_answer(p->link, p->tokens[0], 0x64);
    link_answer(p->link, p->tokens[1], 0);
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 1));
    peer_run(p, 10);
    assert_int_equal(peer_count(p, DELIVER | RESP), 1);
    assert_int_equal(peer_last(p, DELIVER | RESP)->status, 0);
}

/* Refused, the SMSC would take the mobile's answer for undeliverable. */
static void a_message_that_comes_before_the_bind_is_answered_waits_for_that(void **state)
{
    struct peer *p = *state;
    p->mute_bind = true;
    struct link_conf conf = peer_conf(p);
    peer_link(p, &conf);
    assert_true(peer_wait_pdu(p, BIND_TRX, 1));
    peer_deliver(p, 7, "hola", NULL);
    peer_run(p, 10);
    assert_int_equal(p->deliver_count + peer_count(p, DELIVER | RESP), 0);
    peer_send_pdu(p, BIND_TRX | RESP, 0, peer_last(p, BIND_TRX)->sequence, "smsc", 5);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    link_answer(p->link, p->tokens[0], 0);
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 1));
    assert_int_equal(peer_last(p, DELIVER | RESP)->status, 0);
}

static void octet_by_octet_is_the_same_as_whole(void **state)
{
    struct peer *p = *state;
    uint8_t octets[600];
    peer_bound(p);
    size_t length = peer_deliver(p, 1, "uno", octets);
    length += peer_deliver(p, 2, "dos", octets + length);
    for (size_t i = 0; i < length; i++) {
        peer_send(p, octets + i, 1);
        event_base_loop(p->base, EVLOOP_NONBLOCK);
    }
    assert_true(peer_wait(p, &p->deliver_count, 2));
    assert_string_equal(p->delivers[0].text, "uno");
    assert_string_equal(p->delivers[1].text, "dos");
}

static void every_cut_into_two_is_the_same_as_whole(void **state)
{
    struct peer *p = *state;
    uint8_t octets[600];
    peer_bound(p);
    size_t length = peer_deliver(p, 1, "corte", octets);
    for (size_t cut = 1; cut < length; cut++) {
        peer_send(p, octets, cut);
        peer_run(p, 1);
        peer_send(p, octets + cut, length - cut);
        assert_true(peer_wait(p, &p->deliver_count, (unsigned)cut));
        assert_string_equal(p->delivers[cut - 1].text, "corte");
        link_answer(p->link, p->tokens[cut - 1], 0);
    }
}

static void ten_thousand_in_one_stream_keep_their_order(void **state)
{
    struct peer *p = *state;
    char text[16];
    peer_bound(p);
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(text, sizeof text, "%u", i);
        peer_deliver(p, i + 1, text, NULL);
    }
    for (unsigned answered = 0; answered < 10000; answered++) {
        assert_true(peer_wait(p, &p->deliver_count, answered + 1));
        snprintf(text, sizeof text, "%u", answered);
        assert_string_equal(p->delivers[answered].text, text);
        link_answer(p->link, p->tokens[answered], 0);
    }
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 10000));
}

static void responses_are_dealt_with_before_messages_that_came_earlier(void **state)
{
    struct peer *p = *state;
    p->answers_submits = false;
    peer_bound(p);
    peer_submit(p, 1);
    assert_true(peer_wait_pdu(p, SUBMIT, 1));
    p->event_count = 0;
    peer_deliver(p, 1, "receipt before response", NULL);
    peer_send_pdu(p, SUBMIT | RESP, 0, peer_last(p, SUBMIT)->sequence, "id", 3);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    assert_memory_equal(p->events, "sd", 2);
}

static void a_caller_who_does_not_answer_stops_messages_but_not_responses(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.delivers = 2;
    conf.shed_ms = 60000;
    p->answers_submits = false;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    peer_submit(p, 1);
    assert_true(peer_wait_pdu(p, SUBMIT, 1));
    for (uint32_t i = 0; i < 5; i++)
        peer_deliver(p, 10 + i, "hola", NULL);
    peer_send_pdu(p, SUBMIT | RESP, 0, peer_last(p, SUBMIT)->sequence, "id", 3);
    peer_send_pdu(p, ENQUIRE, 0, 3, "", 0);
    assert_true(peer_wait(p, &p->submitted_count, 1));
    assert_true(peer_wait_pdu(p, ENQUIRE | RESP, 1));
    assert_int_equal(p->deliver_count, 2);
    for (unsigned i = 0; i < 5; i++) {
        assert_true(peer_wait(p, &p->deliver_count, i + 1));
        link_answer(p->link, p->tokens[i], 0);
    }
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 5));
    for (unsigned i = 0; i < p->pdu_count; i++)
        if (p->pdus[i].command == (DELIVER | RESP))
            assert_int_equal(p->pdus[i].status, 0);
    assert_int_equal(p->submitted_count, 1); /* the response was not read a second time */
}

static void a_caller_who_is_behind_for_long_makes_the_smsc_keep_its_messages(void **state)
{
    struct peer *p = *state;
    struct link_conf conf = peer_conf(p);
    conf.delivers = 2;
    conf.shed_ms = 30;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    for (uint32_t i = 0; i < 5; i++)
        peer_deliver(p, 10 + i, "hola", NULL);
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 3));
    assert_int_equal(p->deliver_count, 2);
    assert_int_equal(peer_last(p, DELIVER | RESP)->status, 0x64);
    assert_int_equal(peer_last(p, DELIVER | RESP)->sequence, 14);
    link_answer(p->link, p->tokens[0], 0);
    link_answer(p->link, p->tokens[1], 0);
    peer_deliver(p, 20, "otra", NULL);
    assert_true(peer_wait(p, &p->deliver_count, 3));
}

static void malformed_messages_are_answered_with_what_is_wrong(void **state)
{
    struct peer *p = *state;
    uint8_t octets[600];
    peer_bound(p);
    peer_send_pdu(p, DELIVER, 0, 5, "no end", 6);
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 1));
    assert_int_not_equal(peer_last(p, DELIVER | RESP)->status, 0);
    size_t length = peer_deliver(p, 6, "x", octets);
    octets[length - 2] = 200; /* sm_length */
    peer_send(p, octets, length);
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 2));
    assert_int_equal(peer_last(p, DELIVER | RESP)->status, 0x01);
    peer_send_pdu(p, DATA_SM, 0, 7, "", 0);
    assert_true(peer_wait_pdu(p, DATA_SM | RESP, 1));
    peer_deliver(p, 8, "bien", NULL);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    assert_int_equal(p->down, 0);
}

static void a_data_sm_with_a_large_payload_is_a_message(void **state)
{
    static uint8_t body[40000] = "\0\1\1"
                                 "18095551234\0\0\0"
                                 "2333\0\0\0\0\x04\x24";
    struct peer *p = *state;
    size_t head = 29, text = sizeof body - head;
    peer_bound(p);
    body[head - 2] = (uint8_t)(text >> 8);
    body[head - 1] = (uint8_t)text;
    memset(body + head, 'z', text);
    peer_send_pdu(p, DATA_SM, 0, 7, body, sizeof body);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    link_answer(p->link, p->tokens[0], 0);
    assert_true(peer_wait_pdu(p, DATA_SM | RESP, 1));
}

static void a_peer_that_asks_and_never_reads_is_not_read_either(void **state)
{
    struct peer *p = *state;
    static uint8_t octets[16 * 20000];
    peer_bound(p);
    bufferevent_disable(p->connections[0], EV_READ);
    for (size_t i = 0; i < sizeof octets; i += 16) {
        octets[i + 3] = 16;
        octets[i + 7] = ENQUIRE;
    }
    for (int i = 0; i < 60; i++) { /* 19 MB of questions */
        peer_send(p, octets, sizeof octets);
        peer_run(p, 2);
    }
    assert_true(evbuffer_get_length(bufferevent_get_output(p->connections[0])) > 4000000);
    bufferevent_enable(p->connections[0], EV_READ);
    peer_close(p, 0);
    assert_true(peer_wait(p, &p->up, 2));
}

/* As a transmitter and a receiver. */
static void bound_both(struct peer *p)
{
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    conf.mode = LINK_TRANSMITTER_RECEIVER;
    peer_link(p, &conf);
    assert_true(peer_wait(p, &p->up, 1));
    do {
        peer_run(p, 1);
        link_stats(p->link, &stats);
    } while (!stats.receiving);
}

static void deliver_to(struct peer *p, unsigned connection, uint32_t sequence)
{
    uint8_t octets[256];
    size_t length = peer_deliver(p, sequence, "hola", octets);
    bufferevent_write(p->connections[connection], octets, length);
}

static void a_message_to_a_transmitter_is_refused_and_one_to_its_receiver_is_taken(void **state)
{
    struct peer *p = *state;
    bound_both(p);
    deliver_to(p, peer_last(p, BIND_TX)->connection, 7);
    assert_true(peer_wait_pdu(p, DELIVER | RESP, 1));
    assert_int_equal(peer_last(p, DELIVER | RESP)->status, 0x04);
    assert_int_equal(peer_last(p, DELIVER | RESP)->sequence, 7);
    assert_int_equal(p->deliver_count, 0);
    deliver_to(p, peer_last(p, BIND_RX)->connection, 8);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    assert_int_equal(p->down, 0);
}

static void on_done(void *ctx, struct link *link)
{
    struct peer *p = ctx;
    (void)link;
    p->done++;
}

static void draining_a_link_that_only_receives_waits_for_the_answers_it_owes(void **state)
{
    struct peer *p = *state;
    bound_both(p);
    deliver_to(p, peer_last(p, BIND_RX)->connection, 7);
    assert_true(peer_wait(p, &p->deliver_count, 1));
    p->mute_bind = true;
    peer_close(p, peer_last(p, BIND_TX)->connection);
    assert_true(peer_wait(p, &p->down, 1));
    link_drain(p->link, on_done);
    peer_run(p, 50);
    assert_int_equal(peer_count(p, UNBIND), 0);
    link_answer(p->link, p->tokens[0], 0);
    assert_true(peer_wait(p, &p->done, 1));
    assert_int_equal(peer_count(p, DELIVER | RESP), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, peer_setup, peer_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_answered_by_its_token_and_once),
        TEST(a_token_of_a_connection_that_is_gone_answers_nobody),
        TEST(a_message_that_comes_before_the_bind_is_answered_waits_for_that),
        TEST(octet_by_octet_is_the_same_as_whole),
        TEST(every_cut_into_two_is_the_same_as_whole),
        TEST(ten_thousand_in_one_stream_keep_their_order),
        TEST(responses_are_dealt_with_before_messages_that_came_earlier),
        TEST(a_caller_who_does_not_answer_stops_messages_but_not_responses),
        TEST(a_caller_who_is_behind_for_long_makes_the_smsc_keep_its_messages),
        TEST(malformed_messages_are_answered_with_what_is_wrong),
        TEST(a_data_sm_with_a_large_payload_is_a_message),
        TEST(a_peer_that_asks_and_never_reads_is_not_read_either),
        TEST(a_message_to_a_transmitter_is_refused_and_one_to_its_receiver_is_taken),
        TEST(draining_a_link_that_only_receives_waits_for_the_answers_it_owes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
