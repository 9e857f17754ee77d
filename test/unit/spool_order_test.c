/* Who passes whom on the way into the database; each job is written as a letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "smpp/spool/order.h"

static const enum job_kind KIND['z'] = {
    ['K'] = JOB_KEEP,         ['O'] = JOB_KEEP,    ['R'] = JOB_REPLY, ['e'] = JOB_EVENT,
    ['p'] = JOB_PART,         ['t'] = JOB_RECEIPT, ['s'] = JOB_SHOWN, ['n'] = JOB_NOTICE,
    ['c'] = JOB_CONVERSATION, ['w'] = JOB_WIPE,    ['d'] = JOB_DOUBT,
};

/* 'O': a message that opens a conversation. */
static struct job *a_job(char letter)
{
    struct job *job = calloc(1, sizeof *job + sizeof(struct spool_message));
    struct spool_message *message = (void *)job->request;

    assert_non_null(job);
    job->kind = KIND[(unsigned char)letter];
    job->code[0] = letter;
    message->opens = letter == 'O';
    return job;
}

static void jobs_come(struct order *order, const char *letters)
{
    struct job_list jobs;

    job_list_init(&jobs);
    for (; *letters; letters++)
        job_list_add(&jobs, a_job(*letters));
    order_add(order, &jobs);
}

static void assert_next(struct order *order, const char *letters)
{
    for (; *letters; letters++) {
        struct job *job = order_take(order);

        assert_non_null(job);
        assert_int_equal(job->code[0], *letters);
        free(job);
    }
}

static void check(bool passes, const char *come, const char *executed)
{
    struct order order;

    order_begin(&order, passes);
    jobs_come(&order, come);
    assert_next(&order, executed);
    assert_null(order_take(&order));
}

static void messages_and_answers_pass_what_is_noted_of_others(void **context)
{
    (void)context;
    check(true, "epKtsRcnK", "KRKeptscn");
    check(true, "eOpR", "ORep");
}

static void what_opens_a_conversation_does_not_pass_conversations(void **context)
{
    (void)context;
    check(true, "ecKRO", "KRecO");
    check(true, "ecOeK", "ecOeK");
}

static void nobody_passes_a_wipe_nor_passes_behind_it(void **context)
{
    (void)context;
    check(true, "ewKeR", "ewKeR");
    check(true, "eKweR", "KeweR");
    check(true, "edRK", "edRK");
}

static void they_pass_again_once_that_is_executed(void **context)
{
    struct order order;

    (void)context;
    order_begin(&order, true);
    jobs_come(&order, "ewe");
    assert_next(&order, "ew");
    jobs_come(&order, "K");
    assert_next(&order, "Ke");
    assert_null(order_take(&order));
}

/* 512 of them: then each is executed before what comes later. */
static void where_very_many_wait_nobody_passes(void **context)
{
    struct order order;

    (void)context;
    order_begin(&order, true);
    for (int i = 0; i < 512; i++)
        jobs_come(&order, "eK");
    jobs_come(&order, "R");
    for (int i = 0; i < 511; i++)
        assert_next(&order, "K");
    for (int i = 0; i < 512; i++)
        assert_next(&order, "e");
    assert_next(&order, "KR");
    jobs_come(&order, "eK");
    assert_next(&order, "Ke");
    assert_null(order_take(&order));
}

static void after_trouble_all_keep_their_order(void **context)
{
    (void)context;
    check(false, "epKtsRcnO", "epKtsRcnO");
}

static void what_is_left_is_put_back_in_the_order_it_has(void **context)
{
    struct order order;
    struct job_list left;
    struct job *job;

    (void)context;
    job_list_init(&left);
    order_begin(&order, true);
    jobs_come(&order, "eKwpR");
    assert_next(&order, "K");
    order_end(&order, &left);
    for (const char *letter = "ewpR"; *letter; letter++) {
        job = job_list_take(&left);
        assert_int_equal(job->code[0], *letter);
        free(job);
    }
    assert_null(left.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_and_answers_pass_what_is_noted_of_others),
        cmocka_unit_test(what_opens_a_conversation_does_not_pass_conversations),
        cmocka_unit_test(nobody_passes_a_wipe_nor_passes_behind_it),
        cmocka_unit_test(they_pass_again_once_that_is_executed),
        cmocka_unit_test(where_very_many_wait_nobody_passes),
        cmocka_unit_test(after_trouble_all_keep_their_order),
        cmocka_unit_test(what_is_left_is_put_back_in_the_order_it_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
