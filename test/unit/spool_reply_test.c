/* Answers in the spool: kept with their charging record, shown, wiped and forgotten. */
#include "test/unit/spool_reply.h"

static void an_answer_and_its_record_are_there_together(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("Hola Ana");
    char csv[4096], instance[16], line[512];
    struct rows rows;
    uint64_t id;

    reply.smsc_id = "mo-1";
    id = keep(f, &reply, SPOOL_KEPT);
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.text[0][0], "Hola Ana");
    assert_int_equal(rows.row[0].reply.id, id);
    records(f, csv, sizeof csv);
    assert_int_equal(spool_meta_read(f->spool, "instance", instance, sizeof instance), 0);
    snprintf(line, sizeof line,
             "%s-1,2026-11-23T00:00:00.000Z,8095551234,2333,000000000000004d,1,1,100,"
             "ITBIS,18.00,18,ISC,10.00,10,CDT,2.00,2,,,,130,delivered,claro,mo-1\n",
             instance);
    assert_string_equal(csv, line);
}

static void undeliverable_and_opt_out_cost_nothing(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("uno");
    char csv[4096];

    reply.outcome = SPOOL_OUT_UNDELIVERABLE;
    keep(f, &reply, SPOOL_KEPT);
    reply = a_reply("BAJA");
    reply.outcome = SPOOL_OUT_OPT_OUT;
    keep(f, &reply, SPOOL_KEPT);
    reply = a_reply("tarde");
    reply.outcome = SPOOL_OUT_LATE;
    keep(f, &reply, SPOOL_KEPT);
    records(f, csv, sizeof csv);
    assert_non_null(strstr(csv, ",0,,,,,,,,,,,,,0,undeliverable,"));
    assert_non_null(strstr(csv, ",0,,,,,,,,,,,,,0,opt-out,"));
    assert_non_null(strstr(csv, ",130,late,"));
}

static void what_is_shown_is_wiped_and_not_recovered(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("uno");
    uint64_t ids[2];
    struct outcome o;
    struct rows rows;

    ids[0] = keep(f, &reply, SPOOL_KEPT);
    reply = a_reply("dos");
    ids[1] = keep(f, &reply, SPOOL_KEPT);
    reply = a_reply("tres");
    keep(f, &reply, SPOOL_KEPT);
    reply = a_reply("a nadie");
    reply.shown = true;
    keep(f, &reply, SPOOL_KEPT);
    AWAIT(f, o, spool_shown(f->spool, ids, 2, done));
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.text[0][0], "tres");
}

static void every_octet_of_an_answer_is_kept(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("");
    static char octets[SPOOL_OCTETS_MAX + 1];
    struct outcome o;
    struct rows rows;

    reply.octets = (struct spool_octets){octets, SPOOL_OCTETS_MAX};
    keep(f, &reply, SPOOL_KEPT);
    reply.octets.length++;
    assert_int_equal(spool_reply(f->spool, &reply, (struct spool_done){0}), -EINVAL);
    reply.octets = (struct spool_octets){NULL, 0};
    AWAIT(f, o, spool_reply(f->spool, &reply, done));
    assert_int_equal(o.result.error, 0);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.row[0].reply.octets.length, SPOOL_OCTETS_MAX);
    assert_int_equal(rows.row[1].reply.octets.length, 0);
}

static void a_hostile_source_stays_in_its_column(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("x");
    char csv[4096];

    reply.mobile = "=1+1,\"a\"\nb";
    keep(f, &reply, SPOOL_KEPT);
    records(f, csv, sizeof csv);
    assert_non_null(strstr(csv, "Z,\"'=1+1,\"\"a\"\" b\",2333,"));
}

static void old_answers_are_forgotten_and_their_numbers_not_given_again(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("uno");
    uint64_t first = keep(f, &reply, SPOOL_KEPT);
    struct outcome o;
    struct rows rows;

    AWAIT(f, o, spool_cdr_close(f->spool, T0, done));
    spool_tick(f->spool, T0 + 86400000, T0 + INT64_C(399) * 86400000);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 1);
    AWAIT(f, o, spool_cdr_copy(f->spool, 0, T0 * 2, done));
    assert_int_equal(o.result.records, 1);
    spool_tick(f->spool, T0 + 86400001, T0 + INT64_C(401) * 86400000);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
    AWAIT(f, o, spool_cdr_copy(f->spool, 0, T0 * 2, done));
    assert_int_equal(o.result.records, 0);
    fixture_reopen(f);
    assert_int_equal(keep(f, &reply, SPOOL_KEPT), first + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_and_its_record_are_there_together),
        TEST(undeliverable_and_opt_out_cost_nothing),
        TEST(what_is_shown_is_wiped_and_not_recovered),
        TEST(every_octet_of_an_answer_is_kept),
        TEST(a_hostile_source_stays_in_its_column),
        TEST(old_answers_are_forgotten_and_their_numbers_not_given_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
