/* Messages in the spool: kept once, under one key and one nonce, read back whole. */
#include "test/unit/spool_fixture.h"

static void keep(struct fixture *f, const struct spool_message *message, struct outcome *o)
{
    AWAIT(f, *o, spool_keep(f->spool, message, done));
}

static void a_kept_message_is_found_again_after_a_restart(void **context)
{
    struct fixture *f = *context;
    struct spool_message message =
        a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct outcome o;
    struct rows rows;

    message.parts = 3;
    message.in_flight = 2;
    keep(f, &message, &o);
    assert_int_equal(o.result.verdict, SPOOL_KEPT);
    assert_int_equal(o.result.message, message.id);
    assert_string_equal(o.code, "2333");
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.row[0].message.id, message.id);
    assert_int_equal(rows.row[0].message.conversation, 77);
    assert_int_equal(rows.row[0].message.prepared.length, 10);
    assert_int_equal(rows.row[0].message.concat_ref, 200);
    assert_int_equal(rows.row[0].message.expiry, T0 + 900000);
    assert_int_equal(rows.row[0].message.state[0], SPOOL_IN_FLIGHT);
    assert_int_equal(rows.row[0].message.state[1], SPOOL_IN_FLIGHT);
    assert_int_equal(rows.row[0].message.state[2], SPOOL_QUEUED);
    assert_string_equal(rows.text[0][0], "Hola");
    assert_string_equal(rows.text[0][1], "Ana");
    assert_true(spool_id_next(f->spool, 0) > message.id);
}

static void how_a_message_was_split_is_told_after_a_restart_by_its_first_part(void **context)
{
    struct fixture *f = *context;
    struct spool_message message = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "");
    struct outcome o;
    struct rows rows;

    message.parts = 2;
    keep(f, &message, &o);
    struct spool_part part = {
        .message = message.id, .part = 1, .state = SPOOL_IN_FLIGHT, .way = 37, .now = T0};
    AWAIT(f, o, spool_part_state(f->spool, &part, done));
    part.state = SPOOL_SUBMITTED;
    part.way = 0;
    AWAIT(f, o, spool_part_state(f->spool, &part, done));
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.row[0].message.way, 37);
}

static void a_known_key_repeats_the_first_answer(void **context)
{
    struct fixture *f = *context;
    struct spool_message first = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct spool_message again = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-bbbbbbbbbbbb");
    struct outcome o;
    struct rows rows;

    first.parts = 2;
    keep(f, &first, &o);
    fixture_reopen(f);
    again.code = "2024";
    again.conversation = 78;
    again.until = T0 + 999999;
    keep(f, &again, &o);
    assert_int_equal(o.result.error, 0);
    assert_int_equal(o.result.verdict, SPOOL_KNOWN);
    assert_int_equal(o.result.message, first.id);
    assert_int_equal(o.result.conversation, 77);
    assert_string_equal(o.code, "2333");
    assert_int_equal(o.result.parts, 2);
    assert_int_equal(o.result.until, T0 + 300000);
    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, 1);
}

static void two_of_one_key_in_one_transaction_are_one_message(void **context)
{
    struct fixture *f = *context;
    struct spool_message first = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct spool_message again = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct outcome a = {0}, b = {0};

    assert_int_equal(spool_keep(f->spool, &first, (struct spool_done){outcome_note, &a}), 0);
    assert_int_equal(spool_keep(f->spool, &again, (struct spool_done){outcome_note, &b}), 0);
    spool_wait(f->spool, &b.done);
    assert_int_equal(a.result.verdict, SPOOL_KEPT);
    assert_int_equal(b.result.verdict, SPOOL_KNOWN);
    assert_int_equal(b.result.message, first.id);
}

static void the_same_key_in_another_session_is_another_key(void **context)
{
    struct fixture *f = *context;
    struct spool_message first = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct spool_message other = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-bbbbbbbbbbbb");
    struct outcome o;

    keep(f, &first, &o);
    other.session = "0thersess10n";
    keep(f, &other, &o);
    assert_int_equal(o.result.verdict, SPOOL_KEPT);
}

static void a_nonce_pays_for_one_message(void **context)
{
    struct fixture *f = *context;
    struct spool_message first = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct spool_message other = a_message(f->spool, "key-bbbbbbbbbbbbbbbb", "nonce-aaaaaaaaaaaa");
    struct outcome o;

    keep(f, &first, &o);
    fixture_reopen(f);
    other.session = "0thersess10n";
    keep(f, &other, &o);
    assert_int_equal(o.result.verdict, SPOOL_NONCE_USED);
    assert_int_equal(o.result.message, 0);
}

static void notices_need_neither_key_nor_nonce(void **context)
{
    struct fixture *f = *context;

    for (int i = 0; i < 3; i++) {
        struct spool_message notice = a_message(f->spool, "", NULL);
        struct outcome o;

        notice.kind = SPOOL_NOTICE;
        notice.session = NULL;
        keep(f, &notice, &o);
        assert_int_equal(o.result.verdict, SPOOL_KEPT);
    }
}

static void an_id_is_given_once(void **context)
{
    struct fixture *f = *context;
    struct spool_message first = a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct spool_message other = a_message(f->spool, "key-bbbbbbbbbbbbbbbb", "nonce-bbbbbbbbbbbb");
    struct outcome o;

    keep(f, &first, &o);
    other.id = first.id;
    keep(f, &other, &o);
    assert_int_equal(o.result.error, -EEXIST);
}

static void fields_out_of_range_are_refused(void **context)
{
    struct fixture *f = *context;
    struct spool_message message =
        a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct spool_done nobody = {0};
    char longer[SPOOL_TEXT_MAX + 2];

    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    message.parts = SPOOL_PARTS + 1;
    assert_int_equal(spool_keep(f->spool, &message, nobody), -EINVAL);
    message.parts = 1;
    message.text = longer;
    assert_int_equal(spool_keep(f->spool, &message, nobody), -EINVAL);
    message.text = longer + 1;
    message.id = 0;
    assert_int_equal(spool_keep(f->spool, &message, nobody), -EINVAL);
    message.id = SPOOL_ID_MAX;
    assert_int_equal(spool_keep(f->spool, &message, nobody), -EINVAL);
    message.id = SPOOL_ID_MAX - 1;
    message.in_flight = 2;
    assert_int_equal(spool_keep(f->spool, &message, nobody), -EINVAL);
    message.in_flight = 1;
    assert_int_equal(spool_keep(f->spool, &message, nobody), 0);
}

static void many_open_messages_are_all_read_back_in_order(void **context)
{
    struct fixture *f = *context;
    struct rows rows;
    char key[32];

    for (int i = 0; i < 700; i++) {
        struct spool_message message;

        snprintf(key, sizeof key, "key-%016d", i);
        message = a_message(f->spool, key, key);
        assert_int_equal(spool_keep(f->spool, &message, (struct spool_done){0}), 0);
    }
    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, 700);
    for (int i = 1; i < 60; i++)
        assert_true(i == 700 % 64 || rows.row[i].message.id > rows.row[i - 1].message.id);
}

static void a_conversation_is_kept_with_the_message_that_opens_it(void **context)
{
    struct fixture *f = *context;
    struct spool_message message =
        a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct outcome o;
    struct rows rows;

    message.opens = true;
    AWAIT(f, o, spool_keep(f->spool, &message, done));
    assert_int_equal(o.result.verdict, SPOOL_KEPT);
    message.conversation++;
    message.id = spool_id_next(f->spool, T0);
    AWAIT(f, o, spool_keep(f->spool, &message, done)); /* the same key opens none */
    assert_int_equal(o.result.verdict, SPOOL_KNOWN);
    scan(f, SPOOL_SCAN_CONVERSATIONS, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_true(rows.row[0].conversation.id == message.conversation - 1);
    assert_string_equal(rows.text[0][0], "Ana");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_conversation_is_kept_with_the_message_that_opens_it),
        TEST(a_kept_message_is_found_again_after_a_restart),
        TEST(how_a_message_was_split_is_told_after_a_restart_by_its_first_part),
        TEST(a_known_key_repeats_the_first_answer),
        TEST(two_of_one_key_in_one_transaction_are_one_message),
        TEST(the_same_key_in_another_session_is_another_key),
        TEST(a_nonce_pays_for_one_message),
        TEST(notices_need_neither_key_nor_nonce),
        TEST(an_id_is_given_once),
        TEST(fields_out_of_range_are_refused),
        TEST(many_open_messages_are_all_read_back_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
