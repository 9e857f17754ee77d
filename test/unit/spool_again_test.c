/* Answers that come again: repetitions are told from words that a person repeated. */
#include "test/unit/spool_reply.h"

#include <sys/wait.h>

static void the_same_words_sent_twice_are_two_answers(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t first;

    reply.arrival = 7;
    first = keep(f, &reply, SPOOL_KEPT);
    reply.arrival = 8;
    reply.received += 4000;
    assert_true(keep(f, &reply, SPOOL_KEPT) > first); /* not even answered yet, but soon after */
    spool_answered(f->spool, first + 1);
    reply.arrival = 9;
    reply.received += 60000;
    keep(f, &reply, SPOOL_KEPT);
}

static void what_comes_again_on_the_same_sequence_number_is_a_repetition(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    char csv[4096];
    uint64_t first;

    reply.arrival = 7;
    first = keep(f, &reply, SPOOL_KEPT);
    spool_answered(f->spool, first);
    assert_int_equal(keep(f, &reply, SPOOL_DUPLICATE), first);
    assert_int_equal(keep(f, &reply, SPOOL_DUPLICATE), first);
    records(f, csv, sizeof csv);
    assert_non_null(strstr(csv, ",130,delivered,"));
    assert_non_null(strstr(csv, ",0,,,,,,,,,,,,,0,duplicate,"));
}

static void the_smscs_own_id_tells_a_repetition(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t first;

    reply.smsc_id = "mo-1";
    first = keep(f, &reply, SPOOL_KEPT);
    spool_answered(f->spool, first);
    reply.arrival = 3;
    assert_int_equal(keep(f, &reply, SPOOL_DUPLICATE), first);
    reply.arrival = 4;
    reply.smsc_id = "mo-2";
    keep(f, &reply, SPOOL_KEPT);
}

static void the_same_part_of_the_same_reference_is_a_repetition(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("parte");
    uint64_t first;

    reply.ref = 9;
    reply.total = 2;
    first = keep(f, &reply, SPOOL_KEPT);
    spool_answered(f->spool, first);
    assert_int_equal(keep(f, &reply, SPOOL_DUPLICATE), first);
    reply.seq = 2;
    keep(f, &reply, SPOOL_KEPT);
    reply.seq = 1;
    reply.ref = 10;
    keep(f, &reply, SPOOL_KEPT);
    reply.ref = 9;
    reply.mobile = "8095551235";
    keep(f, &reply, SPOOL_KEPT);
    reply.mobile = "8095551234";
    reply.received += 6 * 3600000 + 1;
    keep(f, &reply, SPOOL_KEPT);
}

static struct spool_reply part_of(unsigned seq, const char *text)
{
    struct spool_reply part = a_reply(text);

    part.ref = 9;
    part.total = 3;
    part.seq = seq;
    return part;
}

static void keep_part(struct fixture *f, unsigned seq, const char *text, enum spool_verdict verdict)
{
    struct spool_reply part = part_of(seq, text);

    keep(f, &part, verdict);
    spool_answered(f->spool, UINT64_MAX);
}

static void parts_that_come_again_while_others_come_are_repetitions_in_any_order(void **context)
{
    struct fixture *f = *context;

    keep_part(f, 3, "fin", SPOOL_KEPT);
    keep_part(f, 1, "uno", SPOOL_KEPT);
    keep_part(f, 3, "fin", SPOOL_DUPLICATE);
    keep_part(f, 2, "dos", SPOOL_KEPT);
    keep_part(f, 1, "uno", SPOOL_DUPLICATE);
    keep_part(f, 2, "dos", SPOOL_DUPLICATE);
    keep_part(f, 3, "fin", SPOOL_DUPLICATE);
}

static void two_answers_that_end_alike_under_one_reference_are_two(void **context)
{
    struct fixture *f = *context;

    keep_part(f, 1, "uno", SPOOL_KEPT);
    keep_part(f, 2, "dos", SPOOL_KEPT);
    keep_part(f, 3, "fin", SPOOL_KEPT);
    keep_part(f, 1, "otra", SPOOL_KEPT);
    keep_part(f, 2, "dos", SPOOL_KEPT);
    keep_part(f, 3, "fin", SPOOL_KEPT);
    keep_part(f, 3, "fin", SPOOL_DUPLICATE);
    keep_part(f, 1, "otra", SPOOL_DUPLICATE);
    keep_part(f, 2, "dos", SPOOL_DUPLICATE);
}

static void a_part_in_doubt_comes_again_also_after_the_next_answer_began(void **context)
{
    struct fixture *f = *context;
    struct spool_reply fin = part_of(3, "fin");
    struct outcome o;

    keep_part(f, 1, "uno", SPOOL_KEPT);
    keep_part(f, 3, "fin", SPOOL_KEPT);
    AWAIT(f, o, spool_doubt(f->spool, fin.smsc, T0 - 1, done));
    keep_part(f, 1, "otra", SPOOL_KEPT);
    keep(f, &fin, SPOOL_DUPLICATE);
    keep(f, &fin, SPOOL_KEPT);
    keep(f, &fin, SPOOL_DUPLICATE);
}

static void a_lost_connection_excuses_one_repetition_of_each_answer(void **context)
{
    struct fixture *f = *context;
    struct spool_reply before = a_reply("antes"), reply = a_reply("si");
    struct outcome o;
    uint64_t first;

    before.received = T0 - 10000;
    keep(f, &before, SPOOL_KEPT);
    first = keep(f, &reply, SPOOL_KEPT);
    spool_answered(f->spool, first);
    AWAIT(f, o, spool_doubt(f->spool, "another", T0 - 1000, done));
    AWAIT(f, o, spool_doubt(f->spool, "claro", T0 - 1000, done));
    assert_int_equal(o.result.records, 1);
    assert_int_equal(keep(f, &reply, SPOOL_DUPLICATE), first);
    spool_answered(f->spool, first + 1);
    keep(f, &reply, SPOOL_KEPT);
    before.received = T0;
    keep(f, &before, SPOOL_KEPT);
}

static void a_response_long_owed_makes_the_answer_doubtful(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("si");
    uint64_t first = keep(f, &reply, SPOOL_KEPT);

    reply.received += 5000;
    assert_int_equal(keep(f, &reply, SPOOL_DUPLICATE), first);
}

static void what_was_not_known_to_be_answered_is_in_doubt_after_a_restart(void **context)
{
    struct fixture *f = *context;
    struct spool_reply answered = a_reply("uno"), open = a_reply("dos");
    uint64_t first = keep(f, &answered, SPOOL_KEPT), second;

    spool_answered(f->spool, first);
    second = keep(f, &open, SPOOL_KEPT);
    fixture_reopen(f);
    keep(f, &answered, SPOOL_KEPT);
    assert_int_equal(keep(f, &open, SPOOL_DUPLICATE), second);
}

/* In a process of its own that ends as kill -9 ends one: no close, no last word. */
static void crash_after_answering(struct fixture *f, const struct spool_reply *first,
                                  const struct spool_reply *last)
{
    spool_close(f->spool);
    pid_t child = fork();
    if (child == 0) {
        struct spool_reply next = a_reply("de otro");
        fixture_open(f);
        spool_answered(f->spool, keep(f, first, SPOOL_KEPT));
        spool_tick(f->spool, T0, T0);
        spool_answered(f->spool, keep(f, last, SPOOL_KEPT)); /* nor is a tick under way any more */
        spool_tick(f->spool, T0 + 10000, T0);
        keep(f, &next, SPOOL_KEPT);
        spool_tick(f->spool, T0 + 19999, T0);
        keep(f, &next, SPOOL_KEPT);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    fixture_open(f);
}

/* Its response may have died in the socket's buffer. */
static void what_was_answered_just_before_a_crash_is_in_doubt(void **context)
{
    struct fixture *f = *context;
    struct spool_reply before = a_reply("si"), last = a_reply("no");

    crash_after_answering(f, &before, &last);
    keep(f, &last, SPOOL_DUPLICATE);
    keep(f, &before, SPOOL_KEPT); /* though it was as lately that another one came */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_words_sent_twice_are_two_answers),
        TEST(what_comes_again_on_the_same_sequence_number_is_a_repetition),
        TEST(the_smscs_own_id_tells_a_repetition),
        TEST(the_same_part_of_the_same_reference_is_a_repetition),
        TEST(parts_that_come_again_while_others_come_are_repetitions_in_any_order),
        TEST(two_answers_that_end_alike_under_one_reference_are_two),
        TEST(a_part_in_doubt_comes_again_also_after_the_next_answer_began),
        TEST(a_lost_connection_excuses_one_repetition_of_each_answer),
        TEST(a_response_long_owed_makes_the_answer_doubtful),
        TEST(what_was_not_known_to_be_answered_is_in_doubt_after_a_restart),
        TEST(what_was_answered_just_before_a_crash_is_in_doubt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
