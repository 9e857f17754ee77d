/* deliver_sm and data_sm as peers send them, written out octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "smpp/pdu/guard.h"
#include "smpp/pdu/message.h"
#include "smpp/pdu/status.h"

struct pdu {
    uint8_t octets[70000];
    size_t length;
};

static void add(struct pdu *p, const void *octets, size_t length)
{
    memcpy(p->octets + p->length, octets, length);
    p->length += length;
    pdu_put32(p->octets, (uint32_t)p->length);
}

static void add8(struct pdu *p, unsigned v)
{
    uint8_t octet = (uint8_t)v;
    add(p, &octet, 1);
}

static void add_string(struct pdu *p, const char *string)
{
    add(p, string, strlen(string) + 1);
}

static void add_tlv(struct pdu *p, uint16_t tag, const void *value, size_t length)
{
    uint8_t head[4];
    pdu_put16(head, tag);
    pdu_put16(head + 2, (uint16_t)length);
    add(p, head, 4);
    add(p, value, length);
}

static void start(struct pdu *p, uint32_t command, uint32_t sequence)
{
    uint8_t header[16] = {0};
    pdu_put32(header + 4, command);
    pdu_put32(header + 12, sequence);
    p->length = 0;
    add(p, header, sizeof header);
}

static void deliver(struct pdu *p, const void *text, size_t length)
{
    start(p, COMMAND_DELIVER_SM, 77);
    add_string(p, "CMT");
    add8(p, 1), add8(p, 1), add_string(p, "18095551234");
    add8(p, 3), add8(p, 0), add_string(p, "2333");
    add8(p, 0x40), add8(p, 5), add8(p, 2);
    add_string(p, ""), add_string(p, "");
    add8(p, 1), add8(p, 0), add8(p, 8), add8(p, 0);
    add8(p, (unsigned)length);
    add(p, text, length);
}

static uint32_t decode(const struct pdu *p, struct message *out)
{
    return message_decode(p->octets, p->length, out);
}

static void every_field_of_a_deliver_sm_is_read(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    deliver(&p, "hola", 4);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    assert_int_equal(m.command, COMMAND_DELIVER_SM);
    assert_int_equal(m.sequence, 77);
    assert_string_equal(m.service_type, "CMT");
    assert_string_equal(m.source.digits, "18095551234");
    assert_int_equal(m.source.ton, 1);
    assert_int_equal(m.destination.ton, 3);
    assert_string_equal(m.destination.digits, "2333");
    assert_int_equal(m.esm_class, 0x40);
    assert_int_equal(m.protocol_id, 5);
    assert_int_equal(m.priority_flag, 2);
    assert_int_equal(m.registered_delivery, 1);
    assert_int_equal(m.data_coding, 8);
    assert_int_equal(m.length, 4);
    assert_memory_equal(m.octets, "hola", 4);
    assert_false(m.payload);
}

static void a_deliver_sm_holds_nothing_of_the_one_before(void **state)
{
    static const char *const from[] = {"18095551234", "18295550000", "8095551234"}, *const to[] = {
                                                                                        "2333",
                                                                                        "2024",
                                                                                        "23333"};
    static struct pdu p[3 * 3 * 2];
    struct message m;
    (void)state;
    for (unsigned i = 0; i < 18; i++) {
        start(&p[i], COMMAND_DELIVER_SM, i + 1);
        add_string(&p[i], "");
        add8(&p[i], 1), add8(&p[i], i), add_string(&p[i], from[i % 3]);
        add8(&p[i], 3), add8(&p[i], 0), add_string(&p[i], to[i / 3 % 3]);
        add8(&p[i], 0), add8(&p[i], 0), add8(&p[i], 0), add(&p[i], "\0", 2);
        add8(&p[i], 0), add8(&p[i], 0), add8(&p[i], i / 9 * 8), add8(&p[i], 0);
        add8(&p[i], 1), add8(&p[i], 'a' + i);
    }
    /* Each after each. */
    for (unsigned n = 0; n < 18 * 18 * 2; n++) {
        unsigned i = n % 2 ? n / 2 % 18 : n / 36;
        assert_int_equal(decode(&p[i], &m), ESME_ROK);
        assert_int_equal(m.sequence, i + 1);
        assert_int_equal(m.source.npi, i);
        assert_string_equal(m.source.digits, from[i % 3]);
        assert_string_equal(m.destination.digits, to[i / 3 % 3]);
        assert_int_equal(m.data_coding, i / 9 * 8);
        assert_int_equal(m.length, 1);
        assert_int_equal(*m.octets, 'a' + i);
    }
}

static void lengths_254_and_255_which_libsmpp34_refuses_are_taken(void **state)
{
    uint8_t text[255];
    struct pdu p;
    struct message m;
    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t length = 250; length <= 255; length++) {
        deliver(&p, text, length);
        assert_int_equal(decode(&p, &m), ESME_ROK);
        assert_int_equal(m.length, length);
    }
}

static void unknown_ton_npi_status_sequence_0_and_filled_times_are_taken(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    start(&p, COMMAND_DELIVER_SM, 0);
    pdu_put32(p.octets + 8, 0x455);
    add_string(&p, "");
    add8(&p, 99), add8(&p, 77), add_string(&p, "8095551234");
    add8(&p, 255), add8(&p, 255), add_string(&p, "2333");
    add8(&p, 0), add8(&p, 0), add8(&p, 0);
    add_string(&p, "000000001500000R"), add_string(&p, "000000001500000R");
    add8(&p, 0), add8(&p, 0), add8(&p, 0), add8(&p, 0), add8(&p, 0);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    assert_int_equal(m.source.ton, 99);
    assert_int_equal(m.destination.npi, 255);
    assert_int_equal(m.length, 0);
}

static void a_payload_of_60000_octets_is_the_text(void **state)
{
    static uint8_t text[60000];
    struct pdu p;
    struct message m;
    (void)state;
    memset(text, 'y', sizeof text);
    deliver(&p, "", 0);
    add_tlv(&p, TAG_MESSAGE_PAYLOAD, text, sizeof text);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    assert_true(m.payload);
    assert_int_equal(m.length, sizeof text);
    assert_ptr_equal(m.octets, p.octets + p.length - sizeof text);
}

static void tlvs_are_read_and_unknown_ones_passed_over(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    deliver(&p, "x", 1);
    add_tlv(&p, 0x1401, "vendor", 6);
    add_tlv(&p, TAG_SAR_MSG_REF_NUM, "\x12\x34", 2);
    add_tlv(&p, TAG_SAR_TOTAL_SEGMENTS, "\x03", 1);
    add_tlv(&p, TAG_SAR_SEGMENT_SEQNUM, "\x02", 1);
    add_tlv(&p, TAG_RECEIPTED_MESSAGE_ID, "ab12", 5);
    add_tlv(&p, TAG_MESSAGE_STATE, "\x02", 1);
    add_tlv(&p, TAG_NETWORK_ERROR_CODE, "\x03\x00\x01", 3);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    assert_true(m.has_sar);
    assert_int_equal(m.sar_reference, 0x1234);
    assert_int_equal(m.sar_total, 3);
    assert_int_equal(m.sar_sequence, 2);
    assert_string_equal(m.receipted_message_id, "ab12");
    assert_int_equal(m.message_state, MESSAGE_DELIVERED);
    assert_int_equal(m.network_error[2], 1);
}

static void sar_numbers_that_make_no_sense_are_no_sar(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    deliver(&p, "x", 1);
    add_tlv(&p, TAG_SAR_MSG_REF_NUM, "\x12\x34", 2);
    add_tlv(&p, TAG_SAR_TOTAL_SEGMENTS, "\x03", 1);
    add_tlv(&p, TAG_SAR_SEGMENT_SEQNUM, "\x04", 1);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    assert_false(m.has_sar);
}

static void sixteen_tlvs_pass_and_seventeen_do_not(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    deliver(&p, "x", 1);
    for (int i = 0; i < 16; i++)
        add_tlv(&p, 0x1400, "v", 1);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    add_tlv(&p, 0x1400, "v", 1);
    assert_int_equal(decode(&p, &m), ESME_RINVOPTPARSTREAM);
}

static void a_tlv_that_lies_about_its_length_is_refused(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    deliver(&p, "x", 1);
    add_tlv(&p, TAG_MESSAGE_PAYLOAD, "abc", 3);
    p.octets[p.length - 4] = 4;
    assert_int_equal(decode(&p, &m), ESME_RINVOPTPARSTREAM);
}

static void a_string_over_its_limit_or_without_end_is_refused(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    start(&p, COMMAND_DELIVER_SM, 1);
    add_string(&p, "");
    add8(&p, 1), add8(&p, 1), add_string(&p, "123456789012345678901");
    assert_int_equal(decode(&p, &m), ESME_RINVSRCADR);
    start(&p, COMMAND_DELIVER_SM, 1);
    add(&p, "abc", 3);
    assert_int_not_equal(decode(&p, &m), ESME_ROK);
}

static void every_truncation_is_refused(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    deliver(&p, "hola", 4);
    add_tlv(&p, TAG_MESSAGE_STATE, "\x02", 1);
    size_t whole = p.length;
    for (size_t length = 16; length < whole; length++) {
        uint8_t exact[256]; /* so that ASan sees a read past the end */
        memcpy(exact + sizeof exact - length, p.octets, length);
        pdu_put32(exact + sizeof exact - length, (uint32_t)length);
        uint32_t status = message_decode(exact + sizeof exact - length, length, &m);
        if (length == whole - 5) /* the TLV is gone and nothing else */
            assert_int_equal(status, ESME_ROK);
        else
            assert_int_not_equal(status, ESME_ROK);
    }
}

static void a_data_sm_is_read_like_a_deliver_sm(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    start(&p, COMMAND_DATA_SM, 5);
    add_string(&p, "");
    add8(&p, 1), add8(&p, 1), add_string(&p, "18095551234");
    add8(&p, 0), add8(&p, 0), add_string(&p, "2333");
    add8(&p, 4), add8(&p, 1), add8(&p, 3);
    add_tlv(&p, TAG_MESSAGE_PAYLOAD, "abc", 3);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    assert_int_equal(m.esm_class, ESM_RECEIPT);
    assert_int_equal(m.data_coding, 3);
    assert_int_equal(m.length, 3);
}

static void a_data_sm_without_payload_is_an_empty_message(void **state)
{
    struct pdu p;
    struct message m;
    (void)state;
    start(&p, COMMAND_DATA_SM, 5);
    add_string(&p, "");
    add8(&p, 1), add8(&p, 1), add_string(&p, "18095551234");
    add8(&p, 0), add8(&p, 0), add_string(&p, "2333");
    add8(&p, 0), add8(&p, 0), add8(&p, 0);
    assert_int_equal(decode(&p, &m), ESME_ROK);
    assert_int_equal(m.length, 0);
    assert_non_null(m.octets);
}

static int setup(void **state)
{
    (void)state;
    guard_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_a_deliver_sm_is_read),
        cmocka_unit_test(a_deliver_sm_holds_nothing_of_the_one_before),
        cmocka_unit_test(lengths_254_and_255_which_libsmpp34_refuses_are_taken),
        cmocka_unit_test(unknown_ton_npi_status_sequence_0_and_filled_times_are_taken),
        cmocka_unit_test(a_payload_of_60000_octets_is_the_text),
        cmocka_unit_test(tlvs_are_read_and_unknown_ones_passed_over),
        cmocka_unit_test(sar_numbers_that_make_no_sense_are_no_sar),
        cmocka_unit_test(sixteen_tlvs_pass_and_seventeen_do_not),
        cmocka_unit_test(a_tlv_that_lies_about_its_length_is_refused),
        cmocka_unit_test(a_string_over_its_limit_or_without_end_is_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(a_data_sm_is_read_like_a_deliver_sm),
        cmocka_unit_test(a_data_sm_without_payload_is_an_empty_message),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
