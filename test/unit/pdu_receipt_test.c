/* Receipts of many vendors, and texts that only look like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "smpp/pdu/receipt.h"

static struct message message_of(uint8_t esm_class, const char *text)
{
    return (struct message){.command = COMMAND_DELIVER_SM,
                            .esm_class = esm_class,
                            .octets = (const uint8_t *)text,
                            .length = strlen(text)};
}

static void texts_of_all_vendors_are_understood(void **state)
{
    static const struct {
        const char *text, *id, *err;
        enum message_state state;
        bool final;
    } rows[] = {
        {"id:IIIIIIIIII sub:001 dlvrd:001 submit date:2611230001 done date:2611230002 stat:DELIVRD "
         "err:000 text:hola",
         "IIIIIIIIII", "000", MESSAGE_DELIVERED, true},
        {"ID:7f SUB:1 DLVRD:0 SUBMIT DATE:1 DONE DATE:2 STAT:UNDELIV ERR:27A TEXT:", "7f", "27A",
         MESSAGE_UNDELIVERABLE, true},
        {"stat:EXPIRED id:123 err:1", "123", "1", MESSAGE_EXPIRED, true},
        {"id: 99 stat: REJECTD", "99", "", MESSAGE_REJECTED, true},
        {"id:1 stat:ACCEPTD", "1", "", MESSAGE_ACCEPTED, false},
        {"id:1 stat:ENROUTE", "1", "", MESSAGE_ENROUTE, false},
        {"id:1 stat:DELETED", "1", "", MESSAGE_DELETED, true},
        {"id:1 stat:UNKNOWN", "1", "", MESSAGE_UNKNOWN, false},
        {"id:1 stat:FAILED", "1", "", MESSAGE_UNDELIVERABLE, true},
        {"id:1 stat: err:5", "1", "5", MESSAGE_STATE_NONE, false},
        {"id:1,stat:DELIVRD", "1,stat:DELIVRD", "", MESSAGE_DELIVERED, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct receipt r;
        struct message m = message_of(ESM_RECEIPT, rows[i].text);
        assert_true(receipt_take(&m, &r));
        if (i + 1 < sizeof rows / sizeof rows[0]) /* its id holds what nobody can tell apart */
            assert_string_equal(r.id, rows[i].id);
        assert_string_equal(r.err, rows[i].err);
        assert_int_equal(r.state, rows[i].state);
        assert_int_equal(r.final, rows[i].final);
    }
}

static void what_follows_text_imitates_nothing(void **state)
{
    struct receipt r;
    struct message m =
        message_of(ESM_RECEIPT, "id:5 stat:UNDELIV err:1 text:id:6 stat:DELIVRD err:0");
    (void)state;
    assert_true(receipt_take(&m, &r));
    assert_string_equal(r.id, "5");
    assert_int_equal(r.state, MESSAGE_UNDELIVERABLE);
    m = message_of(ESM_RECEIPT, "id:5 text:stat:DELIVRD");
    assert_true(receipt_take(&m, &r));
    assert_int_equal(r.state, MESSAGE_STATE_NONE);
}

static void tlvs_win_over_the_text(void **state)
{
    struct message m = message_of(ESM_RECEIPT, "id:5 stat:UNDELIV");
    struct receipt r;
    (void)state;
    strcpy(m.receipted_message_id, "0A");
    m.message_state = MESSAGE_DELIVERED;
    assert_true(receipt_take(&m, &r));
    assert_string_equal(r.id, "0A");
    assert_int_equal(r.state, MESSAGE_DELIVERED);
    assert_true(r.final);
}

static void tlvs_alone_make_a_receipt_of_an_unmarked_message(void **state)
{
    struct message m = message_of(0, "");
    struct receipt r;
    (void)state;
    strcpy(m.receipted_message_id, "0A");
    assert_false(receipt_take(&m, &r));
    m.message_state = MESSAGE_EXPIRED;
    assert_true(receipt_take(&m, &r));
}

static void an_unmarked_text_is_a_receipt_only_if_it_is_whole(void **state)
{
    struct receipt r;
    struct message m =
        message_of(0, "id:5 sub:001 dlvrd:001 submit date:1 done date:2 stat:DELIVRD err:0 text:");
    (void)state;
    assert_true(receipt_take(&m, &r));
    m = message_of(0, "mi id:5 y stat:DELIVRD jaja");
    assert_false(receipt_take(&m, &r));
    m = message_of(0, "hola");
    assert_false(receipt_take(&m, &r));
}

static void a_marked_receipt_without_anything_is_still_no_text(void **state)
{
    struct message m = message_of(ESM_RECEIPT, "gracias");
    struct receipt r;
    (void)state;
    assert_true(receipt_take(&m, &r));
    assert_string_equal(r.id, "");
    assert_false(r.final);
}

static void an_intermediate_notification_is_never_final(void **state)
{
    struct message m = message_of(ESM_INTERMEDIATE, "id:5 stat:UNDELIV");
    struct receipt r;
    (void)state;
    assert_true(receipt_take(&m, &r));
    assert_false(r.final);
}

static void a_receipt_in_ucs2_or_behind_a_udh_is_read(void **state)
{
    static const uint8_t ucs2[] = "\0i\0d\0:\0"
                                  "7\0 \0s\0t\0a\0t\0:\0D\0E\0L\0I\0V\0R\0D";
    static const uint8_t udh[] = "\6\5\4\x23\xf4pa" /* to a port whose octets are letters */
                                 "id:8 stat:EXPIRED";
    struct message m = message_of(ESM_RECEIPT, "");
    struct receipt r;
    (void)state;
    m.octets = ucs2;
    m.length = sizeof ucs2 - 1;
    m.data_coding = 8;
    assert_true(receipt_take(&m, &r));
    assert_string_equal(r.id, "7");
    assert_int_equal(r.state, MESSAGE_DELIVERED);
    m = (struct message){
        .esm_class = ESM_RECEIPT | ESM_UDHI, .octets = udh, .length = sizeof udh - 1};
    assert_true(receipt_take(&m, &r));
    assert_string_equal(r.id, "8");
}

static void a_stranger_is_told_apart_from_an_absent_mobile(void **state)
{
    struct message m = message_of(ESM_RECEIPT, "id:5 stat:UNDELIV err:27");
    struct receipt r;
    (void)state;
    receipt_take(&m, &r);
    assert_string_equal(receipt_reason(&r), "unreachable");
    m.network_error[0] = 3;
    m.network_error[2] = 1;
    receipt_take(&m, &r);
    assert_string_equal(receipt_reason(&r), "not-claro");
}

/* Whether a receipt with one id finds a message kept under the other. */
static bool ids_match(const char *kept, const char *receipted)
{
    char mine[RECEIPT_KEYS][RECEIPT_KEY_MAX], theirs[RECEIPT_KEYS][RECEIPT_KEY_MAX];
    if (receipt_id_keys(kept, mine) == 0)
        return false;
    size_t count = receipt_id_keys(receipted, theirs);
    for (size_t i = 0; i < count; i++)
        if (strcmp(mine[0], theirs[i]) == 0)
            return true;
    return false;
}

static void ids_match_across_hex_decimal_case_and_zeros(void **state)
{
    (void)state;
    assert_true(ids_match("1A2B3C", "1715004"));
    assert_true(ids_match("1715004", "1a2b3c"));
    assert_true(ids_match("0001A2B3C", "1a2b3c"));
    assert_true(ids_match("001715004", "0001A2B3C"));
    assert_true(ids_match("0", "0000"));
    assert_true(ids_match("FFFFFFFFFFFFFFFF", "18446744073709551615"));
    assert_true(ids_match("a7f3-44e0", "A7F3-44E0"));
    assert_true(ids_match("123456789012345678901234567890", "123456789012345678901234567890"));
    assert_false(ids_match("1A2B3C", "1A2B3D"));
    assert_false(ids_match("12", "13"));
    assert_false(ids_match("", ""));
}

static void keys_find_their_order_again(void **state)
{
    static const char *const words[][2] = {
        {"12 18 c", "12"},
        {"18 12 c", "12"},
        {"10 a", "a"},
        {"5", "5"},
        {"1a2b3c 1715004", "1a2b3c"},
        {"a7f3-44e0", "a7f3-44e0"},
        {"12 c", "c"},
        {"", ""},
    };
    char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t count = receipt_keys_order(words[i][0], keys);
        assert_string_equal(count ? keys[0] : "", words[i][1]);
    }
    assert_int_equal(receipt_keys_order("18 12 c", keys), 3);
    assert_string_equal(keys[1], "c");
    assert_string_equal(keys[2], "18");
    assert_int_equal(receipt_keys_order("12", keys), 1); /* known to be meant as it stands */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_all_vendors_are_understood),
        cmocka_unit_test(what_follows_text_imitates_nothing),
        cmocka_unit_test(tlvs_win_over_the_text),
        cmocka_unit_test(tlvs_alone_make_a_receipt_of_an_unmarked_message),
        cmocka_unit_test(an_unmarked_text_is_a_receipt_only_if_it_is_whole),
        cmocka_unit_test(a_marked_receipt_without_anything_is_still_no_text),
        cmocka_unit_test(an_intermediate_notification_is_never_final),
        cmocka_unit_test(a_receipt_in_ucs2_or_behind_a_udh_is_read),
        cmocka_unit_test(a_stranger_is_told_apart_from_an_absent_mobile),
        cmocka_unit_test(ids_match_across_hex_decimal_case_and_zeros),
        cmocka_unit_test(keys_find_their_order_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
