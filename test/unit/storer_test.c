/* Whose turn it is at memcached, which is played; the thread is the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "smpp/store/store.h"
#include "smpp/storer/change.h"
#include "smpp/storer/storer_inner.h"
#include "test/unit/memory.h"

enum { JOBS = 600 };

static struct storer *storer;
static struct storer_job job[JOBS];
static unsigned jobs;
static char done[JOBS + 1];              /* in their order */
static const struct storer_job *patient; /* the last one done */

/* The clock moves by what is slept only. */
static struct timespec now = {.tv_sec = 1000};

int clock_gettime(clockid_t id, struct timespec *time)
{
    (void)id;
    *time = now;
    return 0;
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)left;
    now.tv_nsec += wanted->tv_nsec;
    now.tv_sec += wanted->tv_sec + now.tv_nsec / 1000000000;
    now.tv_nsec %= 1000000000;
    return 0;
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static int job_work(struct storer_job *one, struct store *store)
{
    static const char letters[] = {
        [STORER_NEW] = 'n', [STORER_URGENT] = 'u', [STORER_PATIENT] = 'p'};
    (void)store;
    done[strlen(done)] = letters[one->class];
    if (one->class == STORER_PATIENT) {
        assert_true(!patient || patient < one);
        patient = one;
    }
    return 0;
}

static void job_done(struct storer_job *one)
{
    (void)one; /* the test looks */
}

static void put(enum storer_class class)
{
    struct storer_job *one = &job[jobs++];
    one->class = class;
    one->work = job_work;
    one->done = job_done;
    assert_int_equal(storer_put(storer, one), 0);
}

static void put_reader(enum storer_class class)
{
    transcript_key(job[jobs].key[0], "ana");
    put(class);
}

static bool turn(void)
{
    pthread_mutex_lock(&storer->lock);
    bool turned = storer_turn(storer);
    pthread_mutex_unlock(&storer->lock);
    storer_reap(storer);
    return turned;
}

/* memcached is empty at first; false without memory. */
static bool storer_begin(const char *others)
{
    char servers[] = "played";
    const struct storer_options options = {.servers = servers,
                                           .prefix = "",
                                           .instance = "first",
                                           .limit = JOBS,
                                           .started = 1,
                                           .others = others,
                                           .patience_ms = 600000,
                                           .lost = nothing,
                                           .wake = nothing};
    char why[256];
    memory_empty();
    storer = storer_start(&options, why, sizeof why);
    servers[0] = '\0'; /* as a reload of the configuration may do */
    if (!storer)
        return false;
    storer_check(storer);
    (void)turn();
    storer_filled(storer);
    return true;
}

static int begin(void **state)
{
    (void)state;
    jobs = 0;
    memset(job, 0, sizeof job);
    patient = NULL;
    memset(done, 0, sizeof done);
    if (!storer_begin(""))
        return -1;
    while (turn())
        ;
    return 0;
}

static int end(void **state)
{
    (void)state;
    storer_stop(storer);
    return 0;
}

static void what_nobody_waits_for_is_passed_by_all_else(void **state)
{
    (void)state;
    put(STORER_PATIENT);
    put(STORER_URGENT);
    put(STORER_PATIENT);
    put(STORER_NEW);
    (void)turn();
    assert_string_equal(done, "un");
    put(STORER_NEW);
    (void)turn();
    assert_string_equal(done, "unn");
    (void)turn();
    assert_string_equal(done, "unnpp");
    assert_int_equal(storer_waiting(storer), 0);
}

static void where_much_waits_that_nobody_waits_for_it_is_passed_no_more(void **state)
{
    (void)state;
    for (int i = 0; i < 256; i++)
        put(STORER_PATIENT);
    put(STORER_NEW);
    (void)turn();
    assert_int_equal(strspn(done, "p"), STORER_BATCH);
    while (turn())
        ;
    assert_int_equal(strlen(done), 257);
    assert_int_equal(done[STORER_BATCH], 'n');
}

static void long_transcripts_are_read_few_at_a_time_whatever_was_read_before(void **state)
{
    static char transcript[32768]; /* eight of them are a quarter of a megabyte */
    (void)state;
    assert_int_equal(store_set(storer->store, "t:ana", transcript, sizeof transcript, 300), 0);
    put_reader(STORER_URGENT);
    (void)turn();
    for (unsigned i = 0; i < STORER_BATCH; i++)
        put(STORER_NEW);
    (void)turn();
    assert_int_equal(strspn(done + 1, "n"), STORER_BATCH);
    memset(done, 0, sizeof done);
    for (unsigned i = 0; i < 12; i++)
        put_reader(STORER_URGENT);
    put(STORER_NEW);
    (void)turn();
    assert_string_equal(done, "uuuuuuuu");
    (void)turn();
    assert_string_equal(done, "uuuuuuuuuuuun");
}

static void what_nobody_waits_for_keeps_its_order_however_much_waits(void **state)
{
    (void)state;
    for (int i = 0; i < JOBS; i++) {
        put(STORER_PATIENT);
        if (i % 260 == 259)
            (void)turn();
    }
    while (turn())
        ;
    assert_int_equal(strspn(done, "p"), JOBS);
}

static void what_nobody_waits_for_keeps_its_order_when_memcached_was_emptied(void **state)
{
    (void)state;
    for (int i = 0; i < JOBS; i++) {
        put(STORER_PATIENT);
        if (i == 259)
            memory_empty();
        if (i % 260 == 259)
            (void)turn();
    }
    assert_string_equal(done, "");
    storer_filled(storer);
    while (turn())
        ;
    assert_int_equal(strspn(done, "p"), JOBS);
}

/* 0 where it is given up before. */
static double seconds_waited(double most)
{
    struct timespec since = now;
    double waited = 0;
    while (storer->lost && waited < most) {
        (void)turn();
        waited = difftime(now.tv_sec, since.tv_sec) + (double)(now.tv_nsec - since.tv_nsec) / 1e9;
    }
    return storer->lost ? waited : 0;
}

static void another_smppd_has_its_three_seconds_anew_after_each_loss(void **state)
{
    (void)state;
    storer_stop(storer);
    assert_true(storer_begin("second"));
    assert_true(seconds_waited(2) > 0);
    memory_empty();
    (void)turn();
    storer_filled(storer);
    assert_true(seconds_waited(2.9) > 0);
    assert_true(seconds_waited(0.2) == 0);
}

static void
what_stood_in_memcached_is_whole_as_soon_as_the_others_have_put_back_theirs(void **state)
{
    (void)state;
    storer_stop(storer);
    assert_true(storer_begin("second"));
    assert_true(seconds_waited(1) > 0);
    assert_int_equal(store_set(storer->store, "alive:second", "1", 1, 0), 0);
    put(STORER_NEW);
    while (turn())
        ;
    assert_string_equal(done, "n");
    assert_false(job[0].lacking);
}

static void the_servers_are_named_though_the_configuration_has_gone(void **state)
{
    (void)state;
    assert_string_equal(storer->servers, "played");
}

static void what_is_left_at_the_end_is_given_back(void **state)
{
    (void)state;
    put(STORER_PATIENT);
    put(STORER_NEW);
    (void)turn();
    put(STORER_URGENT);
    storer_stop(storer);
    assert_int_equal(job[0].e, -ECANCELED);
    assert_int_equal(job[1].e, 0);
    assert_int_equal(job[2].e, -ECANCELED);
    (void)begin(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_nobody_waits_for_is_passed_by_all_else),
        TEST(where_much_waits_that_nobody_waits_for_it_is_passed_no_more),
        TEST(long_transcripts_are_read_few_at_a_time_whatever_was_read_before),
        TEST(what_nobody_waits_for_keeps_its_order_however_much_waits),
        TEST(what_nobody_waits_for_keeps_its_order_when_memcached_was_emptied),
        TEST(another_smppd_has_its_three_seconds_anew_after_each_loss),
        TEST(what_stood_in_memcached_is_whole_as_soon_as_the_others_have_put_back_theirs),
        TEST(the_servers_are_named_though_the_configuration_has_gone),
        TEST(what_is_left_at_the_end_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
