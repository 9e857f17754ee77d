/* Answers that two smppd were given: held until it is decided, and asked
 * about. */
#include "test/unit/spool_asked.h"

static void what_is_held_stands_in_no_file_nor_does_what_comes_after_it(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t held;

    reply.held = true;
    held = keep(f, &reply);
    reply = a_reply("no");
    keep(f, &reply);
    filed(f, 0, "");
    end(f, held, SPOOL_END_COUNTS);
    filed(f, 2, ",130,delivered,");
}

static void what_was_held_and_is_a_repetition_costs_nothing_and_is_not_recovered(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;

    reply.held = true;
    end(f, keep(f, &reply), SPOOL_END_REPEATED);
    filed(f, 1, ",0,,,,,,,,,,,,,0,duplicate,");
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
}

static void what_is_held_is_found_as_such_after_a_restart(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;
    uint64_t held;

    keep(f, &reply);
    reply = a_reply("no");
    reply.held = true;
    held = keep(f, &reply);
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 2);
    assert_false(rows.row[0].reply.held);
    assert_true(rows.row[1].reply.held);
    end(f, held, SPOOL_END_COUNTS);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_false(rows.row[1].reply.held);
}

static void an_answer_that_was_acknowledged_is_repeated_by_nobody(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    spool_answered(f->spool, keep(f, &reply));
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_KEPT);
    filed(f, 1, ",130,delivered,");
}

static void one_in_doubt_is_repeated_by_one_and_told_so_as_often_as_that_asks(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    spool_answered(f->spool, keep(f, &reply));
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ANOTHER, SPOOL_HELD), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    keep(f, &reply); /* and this one is a person's */
    filed(f, 2, ",130,delivered,");
}

static void a_part_and_the_smscs_own_id_are_repeated_without_a_doubt(void **context)
{
    struct fixture *f = *context;
    struct spool_reply part = a_reply("parte"), named = a_reply("si");

    part.total = 2;
    named.smsc_id = "mo-1";
    keep(f, &part);
    spool_answered(f->spool, keep(f, &named));
    assert_int_equal(asked(f, &part, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &named, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    named.smsc_id = "mo-2";
    assert_int_equal(asked(f, &named, ASKER, SPOOL_HELD), SPOOL_KEPT);
}

static void other_words_are_no_repetition(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si"), other[] = {reply, reply, reply, reply};

    keep(f, &reply);
    connection_lost(f);
    other[0].mobile = "8095551235";
    other[1].code = "2024";
    other[2].data_coding = 8;
    other[3].octets = (struct spool_octets){"Si", 2};
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(asked(f, &other[i], ASKER, SPOOL_HELD), SPOOL_KEPT);
}

static void who_holds_it_is_asked_again_until_it_is_decided(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t held;

    reply.smsc_id = "mo-1";
    reply.held = true;
    held = keep(f, &reply);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_LATER);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_LATER);
    end(f, held, SPOOL_END_COUNTS);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    filed(f, 1, ",130,delivered,");
}

static void whoever_asks_first_one_doubt_is_that_of_all_that_were_given_it_before(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    spool_answered(f->spool, keep(f, &reply));
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ANOTHER, SPOOL_HELD), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_COUNTS), SPOOL_DUPLICATE);
}

static void what_nobody_else_had_since_repeats_the_one_before_it_here(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    keep(f, &reply);
    connection_lost(f);
    reply.held = true;
    reply.received += 2000;
    assert_int_equal(end(f, keep(f, &reply), SPOOL_END_COUNTS), SPOOL_DUPLICATE);
    filed(f, 2, ",0,,,,,,,,,,,,,0,duplicate,");
}

static void what_another_was_given_hours_later_is_another_answer(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si"), later = reply;

    later.received += 7 * 3600000;
    keep(f, &reply);
    connection_lost(f);
    assert_int_equal(asked(f, &later, ASKER, SPOOL_COUNTS), SPOOL_KEPT);
    filed(f, 1, ",130,delivered,");
}

static void a_doubt_that_was_excused_does_not_come_back(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    spool_answered(f->spool, keep(f, &reply));
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ANOTHER, SPOOL_HELD), SPOOL_KEPT);
    fixture_reopen(f);
    assert_int_equal(asked(f, &reply, ANOTHER, SPOOL_HELD), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, SPOOL_HELD), SPOOL_DUPLICATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_held_stands_in_no_file_nor_does_what_comes_after_it),
        TEST(what_was_held_and_is_a_repetition_costs_nothing_and_is_not_recovered),
        TEST(what_is_held_is_found_as_such_after_a_restart),
        TEST(an_answer_that_was_acknowledged_is_repeated_by_nobody),
        TEST(one_in_doubt_is_repeated_by_one_and_told_so_as_often_as_that_asks),
        TEST(a_part_and_the_smscs_own_id_are_repeated_without_a_doubt),
        TEST(other_words_are_no_repetition),
        TEST(who_holds_it_is_asked_again_until_it_is_decided),
        TEST(whoever_asks_first_one_doubt_is_that_of_all_that_were_given_it_before),
        TEST(what_nobody_else_had_since_repeats_the_one_before_it_here),
        TEST(what_another_was_given_hours_later_is_another_answer),
        TEST(a_doubt_that_was_excused_does_not_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
