/* What we send, against octets written by hand from the standard. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "smpp/pdu/frame.h"
#include "smpp/pdu/guard.h"
#include "smpp/pdu/request.h"
#include "smpp/pdu/response.h"
#include "smpp/pdu/status.h"

extern char smpp34_strerror[2048]; /* libsmpp34's own; only a test may look */

static const uint8_t bind_octets[] = "\0\0\0\x26\0\0\0\x09\0\0\0\0\0\0\0\x05"
                                     "user\0secret12\0vms\0\x34\0\0\0";
static const uint8_t submit_octets[] = "\0\0\0\x44\0\0\0\x04\0\0\0\0\x7f\xff\xff\xff\0\3\0"
                                       "2333\0\1\1"
                                       "18095551234\0\x40\0\0\0"
                                       "000000001500000R\0\1\0\xf5\0\4hola";

static struct bind_request bind_request(void)
{
    return (struct bind_request){COMMAND_BIND_TRANSCEIVER, 5, "user", "secret12", "vms", ""};
}

static struct submit_request submit_request(void)
{
    return (struct submit_request){.sequence = 0x7fffffff,
                                   .service_type = "",
                                   .source_ton = 3,
                                   .source = "2333",
                                   .destination_ton = 1,
                                   .destination_npi = 1,
                                   .destination = "18095551234",
                                   .esm_class = 0x40,
                                   .validity = "000000001500000R",
                                   .registered_delivery = 1,
                                   .data_coding = 0xf5,
                                   .octets = (const uint8_t *)"hola",
                                   .length = 4};
}

static void a_bind_is_packed_and_leaves_no_password_in_the_library(void **state)
{
    uint8_t out[REQUEST_ROOM];
    struct bind_request request = bind_request();
    (void)state;
    int length = request_bind(&request, out, sizeof out);
    assert_int_equal(length, sizeof bind_octets - 1);
    assert_memory_equal(out, bind_octets, (size_t)length);
    assert_null(memmem(smpp34_strerror, sizeof smpp34_strerror, "secret12", 8));
}

static void a_password_of_nine_is_refused_not_cut(void **state)
{
    uint8_t out[REQUEST_ROOM];
    struct bind_request request = bind_request();
    (void)state;
    request.password = "secret123";
    assert_int_equal(request_bind(&request, out, sizeof out), -EMSGSIZE);
}

static void a_submit_sm_is_packed_octet_by_octet(void **state)
{
    uint8_t out[REQUEST_ROOM];
    struct submit_request request = submit_request();
    (void)state;
    int length = request_submit(&request, out, sizeof out);
    assert_int_equal(length, sizeof submit_octets - 1);
    assert_memory_equal(out, submit_octets, (size_t)length);
}

/* The standard's order (4.4.1), written once more. */
static size_t written(const struct submit_request *submit, uint8_t *out)
{
    const char *strings[] = {submit->service_type, submit->source, submit->destination,
                             submit->validity};
    const uint8_t behind[][5] = {
        {submit->source_ton, submit->source_npi},
        {submit->destination_ton, submit->destination_npi},
        {submit->esm_class, submit->protocol_id, submit->priority_flag, 0 /* schedule */},
        {submit->registered_delivery, 0, submit->data_coding, 0, (uint8_t)submit->length}};
    const size_t octets[] = {2, 2, 4, 5};
    uint8_t *at = out + 16;
    for (size_t i = 0; i < 4; i++) {
        at = (uint8_t *)stpcpy((char *)at, strings[i]) + 1;
        memcpy(at, behind[i], octets[i]);
        at += octets[i];
    }
    memcpy(at, submit->octets, submit->length);
    size_t length = (size_t)(at - out) + submit->length;
    pdu_put32(out, (uint32_t)length);
    pdu_put32(out + 4, COMMAND_SUBMIT_SM);
    pdu_put32(out + 8, 0);
    pdu_put32(out + 12, submit->sequence);
    return length;
}

static void a_submit_sm_holds_nothing_of_the_one_before(void **state)
{
    uint8_t out[REQUEST_ROOM], expected[REQUEST_ROOM] = {0};
    struct submit_request request[14];
    (void)state;
    for (size_t i = 0; i < 14; i++)
        request[i] = submit_request();
    request[0].service_type = "WAP";
    request[1].source_ton = 5;
    request[2].source_npi = 8;
    request[3].source = "Claro";
    request[4].source = "2024";
    request[5].destination_ton = 2;
    request[6].destination_npi = 8;
    request[7].destination = "8095551234";
    request[8].destination = "18295550000";
    request[9].esm_class = 0;
    request[10].validity = "";
    request[11].validity = "000000000200000R";
    request[12].data_coding = 8;
    request[13].sequence = 1;
    request[13].octets = (const uint8_t *)"adi\0s";
    request[13].length = 5;
    /* Each after each. */
    for (size_t n = 0; n < 14 * 14 * 2; n++) {
        const struct submit_request *one = &request[n % 2 ? n / 2 % 14 : n / 28];
        size_t length = written(one, expected);
        assert_int_equal(request_submit(one, out, sizeof out), length);
        assert_memory_equal(out, expected, length);
    }
}

static void sar_goes_as_three_tlvs(void **state)
{
    uint8_t out[REQUEST_ROOM];
    struct submit_request request = submit_request();
    (void)state;
    request.has_sar = true;
    request.sar_reference = 0x1234;
    request.sar_total = 2;
    request.sar_sequence = 1;
    int length = request_submit(&request, out, sizeof out);
    assert_memory_equal(out + length - 16, "\x02\x0c\0\2\x12\x34\x02\x0e\0\1\2\x02\x0f\0\1\1", 16);
    assert_int_equal(frame_length(out, (size_t)length), length);
}

static void every_length_up_to_the_limit_is_packed(void **state)
{
    uint8_t text[REQUEST_SHORT_MESSAGE_MAX + 1], out[REQUEST_ROOM];
    struct submit_request request = submit_request();
    (void)state;
    memset(text, 0, sizeof text); /* zeros: no string function may stop there */
    request.octets = text;
    for (request.length = 0; request.length <= REQUEST_SHORT_MESSAGE_MAX; request.length++)
        assert_int_equal(request_submit(&request, out, sizeof out),
                         sizeof submit_octets - 1 - 4 + request.length);
    assert_int_equal(request_submit(&request, out, sizeof out), -EMSGSIZE);
}

static void a_long_text_goes_as_message_payload(void **state)
{
    static uint8_t text[REQUEST_PAYLOAD_MAX], out[REQUEST_PAYLOAD_MAX + REQUEST_ROOM];
    struct submit_request request = submit_request();
    (void)state;
    memset(text, 'z', sizeof text);
    request.octets = text;
    request.length = sizeof text;
    request.payload = true;
    int length = request_submit(&request, out, sizeof out);
    assert_int_equal(length, sizeof submit_octets - 1 - 4 + 4 + sizeof text);
    assert_int_equal(frame_length(out, (size_t)length), length);
}

static void an_address_of_21_is_refused(void **state)
{
    uint8_t out[REQUEST_ROOM];
    struct submit_request request = submit_request();
    (void)state;
    request.destination = "123456789012345678901";
    assert_int_equal(request_submit(&request, out, sizeof out), -EMSGSIZE);
}

static void validity_is_a_relative_time(void **state)
{
    char out[REQUEST_VALIDITY_ROOM];
    (void)state;
    request_validity(0, out);
    assert_string_equal(out, "");
    request_validity(900, out);
    assert_string_equal(out, "000000001500000R");
    request_validity(2 * 86400 + 3 * 3600 + 4 * 60 + 5, out);
    assert_string_equal(out, "000002030405000R");
    request_validity(UINT32_MAX, out);
    assert_string_equal(out, "000030000000000R");
}

static void lengths_outside_the_limits_end_the_stream(void **state)
{
    uint8_t octets[4];
    (void)state;
    static const struct {
        uint32_t length;
        long result;
    } rows[] = {{0, -1}, {15, -1}, {16, 0}, {65536, 0}, {65537, -1}, {0xFFFFFFFF, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pdu_put32(octets, rows[i].length);
        assert_int_equal(frame_length(octets, 4), rows[i].result);
    }
    assert_int_equal(frame_length(octets, 3), 0);
}

static bool respond(const char *octets, size_t length, struct response *out)
{
    uint8_t pdu[128];
    memcpy(pdu, octets, length);
    pdu_put32(pdu, (uint32_t)length);
    return response_decode(pdu, length, out);
}
#define RESPOND(octets, out) respond(octets, sizeof octets - 1, out)

static void responses_real_smscs_send_are_all_understood(void **state)
{
    struct response r;
    (void)state;
    assert_true(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\0\0\0\0\7abc\0", &r));
    assert_string_equal(r.text, "abc");
    assert_int_equal(r.sequence, 7);
    /* an error with a NUL body, one with no body, ROK without a body, a vendor's status */
    assert_true(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\x0b\0\0\0\7\0", &r));
    assert_int_equal(r.status, ESME_RINVDSTADR);
    assert_true(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\x58\0\0\0\7", &r));
    assert_true(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\0\0\0\0\7", &r));
    assert_string_equal(r.text, "");
    assert_true(RESPOND("\0\0\0\0\x80\0\0\4\0\0\4\x12\0\0\0\7", &r));
    assert_int_equal(r.status, 0x412);
    /* ROK with a TLV; a bind_resp that is a header alone; a bind_resp with its version */
    assert_true(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\0\0\0\0\7id\0\x04\x27\0\1\1", &r));
    assert_true(RESPOND("\0\0\0\0\x80\0\0\x09\0\0\0\x0d\0\0\0\7", &r));
    assert_true(RESPOND("\0\0\0\0\x80\0\0\x09\0\0\0\0\0\0\0\7smsc\0\x02\x10\0\1\x34", &r));
    assert_int_equal(r.interface_version, 0x34);
}

static void responses_with_broken_bodies_are_garbage(void **state)
{
    struct response r;
    (void)state;
    assert_false(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\0\0\0\0\7no end", &r));
    assert_int_equal(r.sequence, 7);
    assert_false(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\0\0\0\0\7id\0\x04\x27\0\2\1", &r));
    assert_false(RESPOND("\0\0\0\0\x80\0\0\4\0\0\0\0\0\0\0\7"
                         "12345678901234567890123456789012345678901234567890123456789012345\0",
                         &r));
}

static void every_status_has_an_action_and_a_reason(void **state)
{
    static const struct {
        uint32_t number;
        enum status_action action;
        const char *reason;
    } known[] = {
        {ESME_ROK, STATUS_OK, ""},
        {ESME_RTHROTTLED, STATUS_SLOW, ""},
        {ESME_RMSGQFUL, STATUS_SLOW, ""},
        {ESME_RSYSERR, STATUS_RETRY, ""},
        {0x45, STATUS_RETRY, ""}, /* RSUBMITFAIL */
        {ESME_RX_T_APPN, STATUS_RETRY, ""},
        {ESME_RUNKNOWNERR, STATUS_RETRY, ""},
        {0x100, STATUS_RETRY, ""}, /* reserved, below and above the vendors' */
        {0x3FF, STATUS_RETRY, ""},
        {0x500, STATUS_RETRY, ""},
        {ESME_RINVBNDSTS, STATUS_LINK, ""},
        {ESME_RALYBND, STATUS_LINK, ""},
        {ESME_RBINDFAIL, STATUS_LINK, ""},
        {ESME_RINVPASWD, STATUS_LINK, ""},
        {ESME_RINVSYSID, STATUS_LINK, ""},
        {ESME_RINVDSTADR, STATUS_PERMANENT, "not-claro"},
        {ESME_RINVSRCADR, STATUS_PERMANENT, "network"},
        {ESME_RINVMSGLEN, STATUS_PERMANENT, "network"},
        {0x65, STATUS_PERMANENT, "refused"},     /* RX_P_APPN */
        {0x66, STATUS_PERMANENT, "refused"},     /* RX_R_APPN */
        {0xFE, STATUS_PERMANENT, "unreachable"}, /* RDELIVERYFAILURE */
        {0x400, STATUS_PERMANENT, "refused"},
        {0x4FF, STATUS_PERMANENT, "refused"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_int_equal(status_of(known[i].number)->action, known[i].action);
        if (known[i].action == STATUS_PERMANENT)
            assert_string_equal(status_of(known[i].number)->reason, known[i].reason);
    }
    for (uint32_t i = 1; i < 0x600; i++)
        assert_int_not_equal(strlen(status_of(i)->reason), 0);
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
        cmocka_unit_test(a_bind_is_packed_and_leaves_no_password_in_the_library),
        cmocka_unit_test(a_password_of_nine_is_refused_not_cut),
        cmocka_unit_test(a_submit_sm_is_packed_octet_by_octet),
        cmocka_unit_test(a_submit_sm_holds_nothing_of_the_one_before),
        cmocka_unit_test(sar_goes_as_three_tlvs),
        cmocka_unit_test(every_length_up_to_the_limit_is_packed),
        cmocka_unit_test(a_long_text_goes_as_message_payload),
        cmocka_unit_test(an_address_of_21_is_refused),
        cmocka_unit_test(validity_is_a_relative_time),
        cmocka_unit_test(lengths_outside_the_limits_end_the_stream),
        cmocka_unit_test(responses_real_smscs_send_are_all_understood),
        cmocka_unit_test(responses_with_broken_bodies_are_garbage),
        cmocka_unit_test(every_status_has_an_action_and_a_reason),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
