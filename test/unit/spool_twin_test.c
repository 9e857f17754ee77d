/* Answers that two smppd were given: which of the two gives way (smpp/spool/twin.h). */
#include "test/unit/spool_asked.h"

static void what_another_has_shown_is_billed_here_and_not_shown_again(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;

    keep(f, &reply);
    fixture_reopen(f); /* its response was not noted */
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_DUPLICATE);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
    filed(f, 1, ",130,delivered,");
}

static void what_another_has_in_a_file_costs_nothing_here(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;

    keep(f, &reply);
    fixture_reopen(f);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_FILED), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_FILED), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
    filed(f, 1, ",0,,,,,,,,,,,,,0,duplicate,");
}

static void of_two_that_claim_the_same_the_earlier_one_counts(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si"), earlier = reply;

    reply.smsc_id = earlier.smsc_id = "mo-1";
    reply.held = true;
    assert_int_equal(end(f, keep(f, &reply), SPOOL_END_CLAIMED), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_DUPLICATE);
    earlier.received -= 9000;
    assert_int_equal(asked(f, &earlier, ASKER, SPOOL_COUNTS), SPOOL_KEPT);
    filed(f, 1, ",130,delivered,");
}

static void what_comes_after_one_that_gave_way_gives_way_too(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    reply.held = true;
    end(f, keep(f, &reply), SPOOL_END_REPEATED);
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_FILED), SPOOL_DUPLICATE);
}

static void of_two_received_in_the_same_moment_none_gives_way(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    keep(f, &reply);
    connection_lost(f);
    assert_int_equal(asked(f, &reply, 0, SPOOL_COUNTS), SPOOL_KEPT);
}

static void what_is_claimed_is_found_after_a_restart_until_all_have_heard(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;
    struct outcome o;
    uint64_t held;

    reply.held = true;
    held = keep(f, &reply);
    end(f, held, SPOOL_END_CLAIMED);
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_true(rows.row[0].reply.claimed && !rows.row[0].reply.shown);
    AWAIT(f, o, spool_shown(f->spool, &held, 1, done));
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_true(rows.row[0].reply.claimed && rows.row[0].reply.shown);
    assert_string_equal(rows.text[0][0], "si"); /* it is told by what it says */
    end(f, held, SPOOL_END_COUNTS);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
    filed(f, 1, ",130,delivered,");
}

static void what_is_claimed_is_told_although_it_was_shown_elsewhere_since(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;

    reply.smsc_id = "mo-1";
    reply.held = true;
    end(f, keep(f, &reply), SPOOL_END_CLAIMED);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_DUPLICATE);
        scan(f, SPOOL_SCAN_REPLIES, "", &rows);
        assert_true(rows.row[0].reply.claimed && rows.row[0].reply.shown);
    }
}

static void what_gives_way_before_it_was_shown_is_shown_where_nobody_else_has(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;
    struct outcome o;
    uint64_t claimed;

    reply.held = true;
    claimed = keep(f, &reply);
    end(f, claimed, SPOOL_END_CLAIMED);
    assert_int_equal(end(f, claimed, SPOOL_END_REPEATED), SPOOL_DUPLICATE);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_false(rows.row[0].reply.claimed || rows.row[0].reply.shown);
    assert_string_equal(rows.text[0][0], "si");
    AWAIT(f, o, spool_shown(f->spool, &claimed, 1, done));
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
    filed(f, 1, ",0,,,,,,,,,,,,,0,duplicate,");
}

static void what_is_claimed_and_filed_gives_way_only_to_one_that_is_filed_too(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t claimed;

    reply.held = true;
    claimed = keep(f, &reply);
    end(f, claimed, SPOOL_END_CLAIMED);
    filed(f, 1, ",130,delivered,");
    assert_int_equal(end(f, claimed, SPOOL_END_REPEATED), SPOOL_KEPT);
    assert_int_equal(f->billed_twice, 0);
    assert_int_equal(end(f, claimed, SPOOL_END_FILED), SPOOL_DUPLICATE);
    assert_int_equal(f->billed_twice, 1);
}

static void what_stands_in_a_file_stays_as_it_is_there(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct outcome o;

    keep(f, &reply);
    filed(f, 1, ",130,delivered,");
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_FILED), SPOOL_DUPLICATE);
    AWAIT(f, o, spool_cdr_copy(f->spool, T0 - 86400000, T0 + 86400000, done));
    written(&o, 1, ",130,delivered,");
}

struct found {
    struct rows rows;
    uint64_t likeness;
};

static void likeness_note(void *context, const struct spool_row *row)
{
    struct found *found = context;

    assert_string_equal(row->reply.session, "");
    assert_true(row->reply.held || row->reply.claimed);
    found->likeness = spool_likeness(&row->reply);
}

static uint64_t likeness_found(struct fixture *f)
{
    struct found found = {0};
    struct spool_reader reader = {.row = likeness_note, .done = {rows_end, &found.rows}};

    assert_int_equal(spool_scan(f->spool, SPOOL_SCAN_REPLIES, "", &reader), 0);
    spool_wait(f->spool, &found.rows.done);
    return found.likeness;
}

static void what_is_wiped_before_it_is_decided_is_asked_about_but_shown_to_nobody(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t held;
    struct outcome o;

    reply.held = true;
    held = keep(f, &reply);
    AWAIT(f, o, spool_wipe(f->spool, reply.session, done));
    fixture_reopen(f);
    assert_true(likeness_found(f) == spool_likeness(&reply));
    end(f, held, SPOOL_END_CLAIMED);
    assert_true(likeness_found(f) == spool_likeness(&reply));
    end(f, held, SPOOL_END_REPEATED);
    filed(f, 1, ",0,,,,,,,,,,,,,0,duplicate,");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_another_has_shown_is_billed_here_and_not_shown_again),
        TEST(what_another_has_in_a_file_costs_nothing_here),
        TEST(of_two_that_claim_the_same_the_earlier_one_counts),
        TEST(what_comes_after_one_that_gave_way_gives_way_too),
        TEST(of_two_received_in_the_same_moment_none_gives_way),
        TEST(what_is_claimed_is_found_after_a_restart_until_all_have_heard),
        TEST(what_is_claimed_is_told_although_it_was_shown_elsewhere_since),
        TEST(what_gives_way_before_it_was_shown_is_shown_where_nobody_else_has),
        TEST(what_is_claimed_and_filed_gives_way_only_to_one_that_is_filed_too),
        TEST(what_stands_in_a_file_stays_as_it_is_there),
        TEST(what_is_wiped_before_it_is_decided_is_asked_about_but_shown_to_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
