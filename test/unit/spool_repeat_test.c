/* Answers that two smppd were given: held until it is decided, asked about, and billed by one. */
#include "test/unit/spool_fixture.h"

enum { ASKER = 77, ANOTHER = 78 };

static uint64_t keep(struct fixture *f, const struct spool_reply *reply)
{
    struct outcome o;

    AWAIT(f, o, spool_reply(f->spool, reply, done));
    assert_int_equal(o.result.error, 0);
    assert_int_equal(o.result.verdict, SPOOL_KEPT);
    return o.result.reply;
}

/* Another smppd is given it almost five seconds later, and asks. */
static struct spool_twin twin_of(const struct spool_reply *reply, uint64_t asker)
{
    return (struct spool_twin){.mobile = reply->mobile,
                               .code = reply->code,
                               .smsc_id = reply->smsc_id,
                               .likeness = spool_likeness(reply),
                               .asker = asker,
                               .received = reply->received + 4999};
}

static enum spool_verdict told(struct fixture *f, const struct spool_twin *twin)
{
    struct outcome o;

    AWAIT(f, o, spool_reply_asked(f->spool, twin, done));
    assert_int_equal(o.result.error, 0);
    return o.result.verdict;
}

/* Whether its answer repeats one of ours. */
static enum spool_verdict asked(struct fixture *f, const struct spool_reply *reply, uint64_t asker,
                                bool kept)
{
    struct spool_twin twin = twin_of(reply, asker);

    twin.kept = kept;
    return told(f, &twin);
}

static enum spool_verdict end(struct fixture *f, uint64_t reply, enum spool_end how)
{
    struct outcome o;

    AWAIT(f, o, spool_reply_end(f->spool, reply, how, 0, done));
    assert_int_equal(o.result.error, 0);
    return o.result.verdict;
}

static void connection_lost(struct fixture *f)
{
    struct outcome o;

    AWAIT(f, o, spool_doubt(f->spool, "claro", T0 - 10000, done));
}

/* The last of so many records in a file that was just written. */
static void written(const struct outcome *o, uint64_t records, const char *end_of_line)
{
    char line[4096] = "";
    FILE *file;

    assert_int_equal(o->result.error, 0);
    assert_int_equal(o->result.records, records);
    if (records == 0)
        return;
    file = fopen(o->file, "r");
    assert_non_null(file);
    for (uint64_t i = 0; i <= records; i++)
        assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_non_null(strstr(line, end_of_line));
}

static void filed(struct fixture *f, uint64_t records, const char *end_of_line)
{
    struct outcome o;

    AWAIT(f, o, spool_cdr_close(f->spool, T0 + 1000, done));
    written(&o, records, end_of_line);
}

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
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, true), SPOOL_KEPT);
    filed(f, 1, ",130,delivered,");
}

static void one_in_doubt_is_repeated_by_one_and_told_so_as_often_as_that_asks(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    spool_answered(f->spool, keep(f, &reply));
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ANOTHER, false), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_DUPLICATE);
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
    assert_int_equal(asked(f, &part, ASKER, false), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &named, ASKER, false), SPOOL_DUPLICATE);
    named.smsc_id = "mo-2";
    assert_int_equal(asked(f, &named, ASKER, false), SPOOL_KEPT);
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
        assert_int_equal(asked(f, &other[i], ASKER, false), SPOOL_KEPT);
}

static void what_another_has_billed_costs_nothing_here(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct rows rows;

    keep(f, &reply);
    fixture_reopen(f); /* its response was not noted */
    assert_int_equal(asked(f, &reply, ASKER, true), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, true), SPOOL_KEPT);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
    filed(f, 1, ",0,,,,,,,,,,,,,0,duplicate,");
}

static void who_holds_it_is_asked_again_until_it_is_decided(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t held;

    reply.smsc_id = "mo-1";
    reply.held = true;
    held = keep(f, &reply);
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_LATER);
    assert_int_equal(asked(f, &reply, ASKER, true), SPOOL_LATER);
    end(f, held, SPOOL_END_COUNTS);
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_DUPLICATE);
    filed(f, 1, ",130,delivered,");
}

static void of_two_that_claim_the_same_the_earlier_one_counts(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si"), earlier = reply;

    reply.smsc_id = earlier.smsc_id = "mo-1";
    reply.held = true;
    assert_int_equal(end(f, keep(f, &reply), SPOOL_END_CLAIMED), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, true), SPOOL_DUPLICATE);
    earlier.received -= 9000;
    assert_int_equal(asked(f, &earlier, ASKER, true), SPOOL_KEPT);
    filed(f, 1, ",130,delivered,");
}

static void what_gave_way_is_repeated_but_never_makes_one_that_counts_give_way(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    reply.held = true;
    end(f, keep(f, &reply), SPOOL_END_REPEATED);
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_DUPLICATE);
    assert_int_equal(asked(f, &reply, ASKER, true), SPOOL_KEPT);
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

static void what_another_was_given_hours_later_is_another_answer(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si"), later = reply;

    later.received += 7 * 3600000;
    keep(f, &reply);
    connection_lost(f);
    assert_int_equal(asked(f, &later, ASKER, true), SPOOL_KEPT);
    filed(f, 1, ",130,delivered,");
}

static void a_doubt_that_was_excused_does_not_come_back(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");

    spool_answered(f->spool, keep(f, &reply));
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_DUPLICATE);
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ANOTHER, false), SPOOL_KEPT);
    fixture_reopen(f);
    assert_int_equal(asked(f, &reply, ANOTHER, false), SPOOL_KEPT);
    assert_int_equal(asked(f, &reply, ASKER, false), SPOOL_DUPLICATE);
}

static void what_stands_in_a_file_stays_as_it_is_there(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    struct outcome o;

    keep(f, &reply);
    filed(f, 1, ",130,delivered,");
    connection_lost(f);
    assert_int_equal(asked(f, &reply, ASKER, true), SPOOL_DUPLICATE);
    AWAIT(f, o, spool_cdr_copy(f->spool, T0 - 86400000, T0 + 86400000, done));
    written(&o, 1, ",130,delivered,");
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
        TEST(what_another_has_billed_costs_nothing_here),
        TEST(who_holds_it_is_asked_again_until_it_is_decided),
        TEST(of_two_that_claim_the_same_the_earlier_one_counts),
        TEST(what_gave_way_is_repeated_but_never_makes_one_that_counts_give_way),
        TEST(what_nobody_else_had_since_repeats_the_one_before_it_here),
        TEST(what_is_claimed_is_found_after_a_restart_until_all_have_heard),
        TEST(what_another_was_given_hours_later_is_another_answer),
        TEST(a_doubt_that_was_excused_does_not_come_back),
        TEST(what_stands_in_a_file_stays_as_it_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
