/* What becomes of a message in the spool: states of its parts, receipts before and
 * after, the end. */
#include "smpp/pdu/receipt.h"
#include "test/unit/spool_fixture.h"

static void state_by(struct fixture *f, const char *smsc, uint64_t message, unsigned part,
                     enum spool_state next, const char *smsc_id, struct outcome *o)
{
    struct spool_part row = {.message = message,
                             .part = part,
                             .state = next,
                             .smsc = smsc,
                             .smsc_id = smsc_id,
                             .reason = next == SPOOL_FAILED ? "network" : "",
                             .now = T0};

    AWAIT(f, *o, spool_part_state(f->spool, &row, done));
}

static void state(struct fixture *f, uint64_t message, unsigned part, enum spool_state next,
                  const char *smsc_id, struct outcome *o)
{
    state_by(f, "claro", message, part, next, smsc_id, o);
}

static void receipt(struct fixture *f, const char *smsc, const char *key, const char *other,
                    enum spool_state next, struct outcome *o)
{
    struct spool_receipt row = {.smsc = smsc,
                                .key = {key, other},
                                .state = next,
                                .reason = next == SPOOL_FAILED ? "expired" : "",
                                .now = T0};

    AWAIT(f, *o, spool_receipt(f->spool, &row, done));
}

static uint64_t kept(struct fixture *f, const char *key, unsigned parts)
{
    struct spool_message message = a_message(f->spool, key, key);
    struct outcome o;

    message.parts = parts;
    AWAIT(f, o, spool_keep(f->spool, &message, done));
    assert_int_equal(o.result.error, 0);
    assert_int_equal(o.result.verdict, SPOOL_KEPT);
    return message.id;
}

static void what_is_submitted_is_wiped_and_not_recovered(void **context)
{
    struct fixture *f = *context;
    uint64_t message = kept(f, "key-aaaaaaaaaaaaaaaa", 2);
    struct outcome o;
    struct rows rows;

    state(f, message, 1, SPOOL_SUBMITTED, "a1", &o);
    assert_int_equal(o.result.state, SPOOL_QUEUED);
    assert_int_equal(o.result.part_state, SPOOL_SUBMITTED);
    assert_string_equal(o.session, "5e551011");
    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.text[0][0], "Hola");
    assert_int_equal(rows.row[0].message.state[0], SPOOL_SUBMITTED);
    state(f, message, 2, SPOOL_SUBMITTED, "a2", &o);
    assert_int_equal(o.result.state, SPOOL_SUBMITTED);
    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, 0);
}

static void a_message_is_as_far_as_its_last_part_and_failed_with_its_first(void **context)
{
    struct fixture *f = *context;
    uint64_t message = kept(f, "key-aaaaaaaaaaaaaaaa", 3);
    struct outcome o;
    struct rows rows;

    state(f, message, 0, SPOOL_SUBMITTED, "", &o);
    assert_int_equal(o.result.state, SPOOL_SUBMITTED);
    state(f, message, 1, SPOOL_DELIVERED, "", &o);
    state(f, message, 2, SPOOL_DELIVERED, "", &o);
    assert_int_equal(o.result.state, SPOOL_SUBMITTED);
    state(f, message, 3, SPOOL_UNKNOWN, "", &o);
    assert_int_equal(o.result.state, SPOOL_UNKNOWN);
    state(f, message, 3, SPOOL_FAILED, "", &o);
    assert_int_equal(o.result.state, SPOOL_FAILED);
    assert_string_equal(o.reason, "network");
    scan(f, SPOOL_SCAN_SETTLED, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.row[0].settled.id, message);
    assert_int_equal(rows.row[0].settled.state, SPOOL_FAILED);
    assert_string_equal(rows.text[0][0], "5e551011");
    assert_string_equal(rows.text[0][1], "network");
}

static void what_the_smsc_said_is_not_unsaid(void **context)
{
    struct fixture *f = *context;
    uint64_t message = kept(f, "key-aaaaaaaaaaaaaaaa", 1);
    struct outcome o;

    state(f, message, 1, SPOOL_IN_FLIGHT, "", &o);
    state(f, message, 1, SPOOL_IN_DOUBT, "", &o);
    state(f, message, 1, SPOOL_IN_FLIGHT_AGAIN, "", &o);
    assert_int_equal(o.result.part_state, SPOOL_IN_FLIGHT_AGAIN);
    state(f, message, 1, SPOOL_SUBMITTED, "a1", &o);
    state(f, message, 1, SPOOL_IN_DOUBT, "", &o);
    assert_int_equal(o.result.part_state, SPOOL_SUBMITTED);
    state(f, message, 1, SPOOL_UNKNOWN, "", &o);
    receipt(f, "claro", "a1", NULL, SPOOL_DELIVERED, &o);
    assert_int_equal(o.result.part_state, SPOOL_DELIVERED);
    state(f, message, 1, SPOOL_FAILED, "", &o);
    assert_int_equal(o.result.part_state, SPOOL_DELIVERED);
    assert_string_equal(o.reason, "");
}

static void a_receipt_after_the_response_finds_its_part(void **context)
{
    struct fixture *f = *context;
    uint64_t message = kept(f, "key-aaaaaaaaaaaaaaaa", 2);
    struct outcome o;

    state(f, message, 1, SPOOL_SUBMITTED, "a1", &o);
    state(f, message, 2, SPOOL_SUBMITTED, "a2", &o);
    fixture_reopen(f);
    receipt(f, "claro", "161", "a2", SPOOL_FAILED, &o);
    assert_int_equal(o.result.verdict, SPOOL_KEPT);
    assert_int_equal(o.result.message, message);
    assert_int_equal(o.result.part, 2);
    assert_int_equal(o.result.parts, 2);
    assert_int_equal(o.result.conversation, 77);
    assert_int_equal(o.result.state, SPOOL_FAILED);
    assert_string_equal(o.reason, "expired");
}

static void a_receipt_of_another_smsc_is_not_ours(void **context)
{
    struct fixture *f = *context;
    uint64_t message = kept(f, "key-aaaaaaaaaaaaaaaa", 1);
    struct outcome o;

    state(f, message, 1, SPOOL_SUBMITTED, "a1", &o);
    receipt(f, "other", "a1", NULL, SPOOL_DELIVERED, &o);
    assert_int_equal(o.result.verdict, SPOOL_LATER);
}

static void a_receipt_before_the_response_waits_for_it(void **context)
{
    struct fixture *f = *context;
    uint64_t message = kept(f, "key-aaaaaaaaaaaaaaaa", 1);
    struct outcome o;

    receipt(f, "claro", "a1", "161", SPOOL_WAITING, &o);
    assert_int_equal(o.result.verdict, SPOOL_LATER);
    receipt(f, "claro", "a1", "161", SPOOL_FAILED, &o);
    fixture_reopen(f);
    state(f, message, 1, SPOOL_SUBMITTED, "161", &o);
    assert_int_equal(o.result.part_state, SPOOL_FAILED);
    assert_int_equal(o.result.state, SPOOL_FAILED);
    assert_string_equal(o.reason, "expired");
}

/* As a link hands it over: the id as it is written, and as it may be meant. */
static void receipt_of(struct fixture *f, const char *id, struct outcome *o)
{
    char key[RECEIPT_KEYS][RECEIPT_KEY_MAX] = {{0}};
    struct spool_receipt row = {
        .smsc = "claro", .key = {key[0], key[1], key[2]}, .state = SPOOL_DELIVERED, .now = T0};

    receipt_id_keys(id, key);
    AWAIT(f, *o, spool_receipt(f->spool, &row, done));
}

/* Messages 1 to `count` of an SMSC that writes its ids so; the last one's receipt is
 * still to come. */
static uint64_t numbered(struct fixture *f, unsigned count, const char *given,
                         const char *receipted, struct outcome *o)
{
    uint64_t message = 0;
    char id[32];

    for (unsigned i = 0; i < count; i++) {
        snprintf(id, sizeof id, "key-%04x-%.4s-aaaaaaaaaa", i, given + 1);
        message = kept(f, id, 1);
        snprintf(id, sizeof id, given, 2000 + i);
        state(f, message, 1, SPOOL_SUBMITTED, id, o);
        snprintf(id, sizeof id, receipted, 2000 + i);
        if (i + 1 < count)
            receipt_of(f, id, o);
    }
    return message;
}

static void decimal_ids_are_not_taken_for_hexadecimal_where_an_smsc_writes_no_others(void **context)
{
    struct fixture *f = *context;
    struct outcome o;

    numbered(f, 40, "%u", "%u", &o);
    uint64_t ten = kept(f, "key-ten-aaaaaaaaaaaa", 1), sixteen = kept(f, "key-16-aaaaaaaaaaaaa", 1);
    state(f, ten, 1, SPOOL_SUBMITTED, "10", &o);
    receipt_of(f, "16", &o);
    assert_int_equal(o.result.verdict, SPOOL_LATER);
    state(f, sixteen, 1, SPOOL_SUBMITTED, "16", &o);
    assert_int_equal(o.result.part_state, SPOOL_DELIVERED);
}

static void decimal_receipts_are_not_taken_for_hexadecimal_ids_that_look_alike(void **context)
{
    struct fixture *f = *context;
    struct outcome o;

    numbered(f, 40, "%x", "%u", &o);
    uint64_t ten = kept(f, "key-ten-aaaaaaaaaaaa", 1), sixteen = kept(f, "key-16-aaaaaaaaaaaaa", 1);
    state(f, ten, 1, SPOOL_SUBMITTED, "a", &o);
    state(f, sixteen, 1, SPOOL_SUBMITTED, "10", &o);
    receipt_of(f, "10", &o);
    assert_int_equal(o.result.message, ten);
}

static void how_one_smsc_writes_its_ids_tells_nothing_of_another(void **context)
{
    struct fixture *f = *context;
    struct outcome o;
    char key[32], smsc[32];

    numbered(f, 40, "%x", "%u", &o);
    for (unsigned i = 0; i < 200; i++) {
        snprintf(key, sizeof key, "key-other-%011u", i);
        snprintf(smsc, sizeof smsc, "other-%u", i);
        uint64_t message = kept(f, key, 1);
        state_by(f, smsc, message, 1, SPOOL_SUBMITTED, "10", &o);
        receipt(f, smsc, "10", "a", SPOOL_DELIVERED, &o);
        assert_int_equal(o.result.message, message);
    }
}

static enum spool_verdict bare_receipt(struct fixture *f, const char *id, const char *mobile)
{
    struct spool_receipt row = {.smsc = "claro",
                                .key = {id},
                                .state = SPOOL_FAILED,
                                .now = T0,
                                .bare = true,
                                .mobile = mobile};
    struct outcome o;

    AWAIT(f, o, spool_receipt(f->spool, &row, done));
    assert_int_equal(o.result.error, 0);
    return o.result.verdict;
}

static void a_bare_receipt_is_a_persons_only_where_the_smsc_marks_all_of_its_own(void **context)
{
    static const char to[] = "8095551234", other[] = "8095559999";
    struct fixture *f = *context;
    uint64_t marked = kept(f, "key-marked-aaaaaaaaa", 1),
             hidden = kept(f, "key-hidden-aaaaaaaaa", 1);
    struct outcome o;

    state(f, marked, 1, SPOOL_SUBMITTED, "a1", &o);
    state(f, hidden, 1, SPOOL_SUBMITTED, "b1", &o);
    assert_int_equal(bare_receipt(f, "c1", to), SPOOL_LATER); /* whether it marks is not known */
    receipt(f, "claro", "a1", "", SPOOL_DELIVERED, &o);
    assert_int_equal(bare_receipt(f, "c1", to), SPOOL_PERSONS);
    assert_int_equal(bare_receipt(f, "b1", other), SPOOL_PERSONS);
    assert_int_equal(bare_receipt(f, "c1", ""), SPOOL_LATER); /* nor is that a person's number */
    assert_int_equal(bare_receipt(f, "b1", to), SPOOL_KEPT);
    assert_int_equal(bare_receipt(f, "c1", to), SPOOL_LATER);
}

static void early_receipts_are_forgotten_after_an_hour(void **context)
{
    struct fixture *f = *context;
    uint64_t message = kept(f, "key-aaaaaaaaaaaaaaaa", 1);
    struct outcome o;

    receipt(f, "claro", "a1", NULL, SPOOL_FAILED, &o);
    spool_tick(f->spool, T0 + 3600001, T0);
    state(f, message, 1, SPOOL_SUBMITTED, "a1", &o);
    assert_int_equal(o.result.part_state, SPOOL_SUBMITTED);
}

static void receipt_at(struct fixture *f, int64_t now, const char *id, const char *as_hex,
                       const char *as_decimal)
{
    struct spool_receipt row = {.smsc = "claro",
                                .key = {id, as_hex, as_decimal},
                                .state = SPOOL_FAILED,
                                .reason = "expired",
                                .now = now};
    struct outcome o;

    AWAIT(f, o, spool_receipt(f->spool, &row, done));
    assert_int_equal(o.result.verdict, SPOOL_LATER);
}

static void the_last_receipts_without_a_message_are_found_again(void **context)
{
    struct fixture *f = *context;
    struct outcome o;
    struct rows rows;

    receipt_at(f, T0, "10", "a", "16");
    receipt_at(f, T0 + 10001, "20", NULL, NULL);
    receipt_at(f, T0 + 20001, "12", "c", "18");
    scan(f, SPOOL_SCAN_EARLY, "", &rows);
    assert_int_equal(rows.count, 2); /* the first one was told long before the last one came */
    assert_string_equal(rows.text[0][0], "20");
    assert_string_equal(rows.text[1][0], "12 18 c");
    assert_string_equal(rows.text[1][1], "expired");
    assert_int_equal(rows.row[1].early.state, SPOOL_FAILED);
    state(f, kept(f, "key-aaaaaaaaaaaaaaaa", 1), 1, SPOOL_SUBMITTED, "20", &o);
    scan(f, SPOOL_SCAN_EARLY, "", &rows);
    assert_int_equal(rows.count, 1);
}

static void the_newest_message_has_an_id_that_the_smsc_gives_again(void **context)
{
    struct fixture *f = *context;
    uint64_t old = kept(f, "key-aaaaaaaaaaaaaaaa", 1), young = kept(f, "key-bbbbbbbbbbbbbbbb", 1);
    struct outcome o;

    state(f, old, 1, SPOOL_SUBMITTED, "a1", &o);
    state(f, young, 1, SPOOL_SUBMITTED, "a1", &o);
    receipt(f, "claro", "a1", NULL, SPOOL_DELIVERED, &o);
    assert_int_equal(o.result.message, young);
}

static void a_state_of_nothing_is_told(void **context)
{
    struct fixture *f = *context;
    struct outcome o;

    state(f, 12345, 1, SPOOL_SUBMITTED, "a1", &o);
    assert_int_equal(o.result.error, -ENOENT);
    state(f, kept(f, "key-aaaaaaaaaaaaaaaa", 1), 2, SPOOL_SUBMITTED, "a1", &o);
    assert_int_equal(o.result.error, -ENOENT);
}

static void old_messages_are_forgotten_but_not_open_ones(void **context)
{
    struct fixture *f = *context;
    uint64_t open = kept(f, "key-aaaaaaaaaaaaaaaa", 1), over = kept(f, "key-bbbbbbbbbbbbbbbb", 1);
    struct outcome o;
    struct rows rows;

    state(f, over, 1, SPOOL_SUBMITTED, "a1", &o);
    spool_tick(f->spool, T0 + 86400000, T0);
    state(f, over, 1, SPOOL_WAITING, "", &o);
    assert_int_equal(o.result.error, 0);
    spool_tick(f->spool, T0 + 86400001, T0);
    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.row[0].message.id, open);
    state(f, over, 1, SPOOL_DELIVERED, "", &o);
    assert_int_equal(o.result.error, -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_submitted_is_wiped_and_not_recovered),
        TEST(a_message_is_as_far_as_its_last_part_and_failed_with_its_first),
        TEST(what_the_smsc_said_is_not_unsaid),
        TEST(a_receipt_after_the_response_finds_its_part),
        TEST(a_receipt_of_another_smsc_is_not_ours),
        TEST(a_receipt_before_the_response_waits_for_it),
        TEST(decimal_ids_are_not_taken_for_hexadecimal_where_an_smsc_writes_no_others),
        TEST(decimal_receipts_are_not_taken_for_hexadecimal_ids_that_look_alike),
        TEST(how_one_smsc_writes_its_ids_tells_nothing_of_another),
        TEST(a_bare_receipt_is_a_persons_only_where_the_smsc_marks_all_of_its_own),
        TEST(early_receipts_are_forgotten_after_an_hour),
        TEST(the_last_receipts_without_a_message_are_found_again),
        TEST(the_newest_message_has_an_id_that_the_smsc_gives_again),
        TEST(a_state_of_nothing_is_told),
        TEST(old_messages_are_forgotten_but_not_open_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
