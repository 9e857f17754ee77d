/* A disk that is slow in every way, and a sync that fails: what it was to bring there is undone, as
 * if it had never been asked for. */
#include "test/unit/spool_disk.h"

enum { CALLERS = 64, SLOW_CALLERS = 5, SLOW_MESSAGES = 100 };

/* ---- a slow disk ---- */

struct slowly {
    struct fixture *f;
    unsigned begun, told;
};

static void slowly_done(void *context, const struct spool_result *result)
{
    struct slowly *slowly = context;

    assert_int_equal(result->error, 0);
    assert_int_equal(result->verdict, SPOOL_KEPT);
    slowly->told++;
    if (slowly->begun < SLOW_MESSAGES)
        assert_int_equal(
            keyed_keep(slowly->f->spool, ++slowly->begun, (struct spool_done){slowly_done, slowly}),
            0);
}

/* Threads may wake without a reason at any time (POSIX, pthread_cond_wait). */
static void *nudge(void *spool)
{
    struct spool *nudged = spool;

    while (atomic_load(&slow)) {
        pthread_cond_broadcast(&nudged->come);
        pthread_cond_broadcast(&nudged->spare);
        usleep(2000);
    }
    return NULL;
}

/* Writing and syncing last longer than the threads have patience, so they find one another busy in
 * every way. */
static void two_threads_never_execute_at_once(void **context)
{
    struct fixture *f = *context;
    struct slowly slowly = {.f = f};
    struct spool_event event = {.session = "s1", .until = T0, .line = "event"};
    struct pollfd ready = {spool_fd(f->spool), POLLIN, 0};
    pthread_t nudger;

    atomic_store(&slow, true);
    assert_int_equal(pthread_create(&nudger, NULL, nudge, f->spool), 0);
    while (slowly.begun < SLOW_CALLERS)
        assert_int_equal(
            keyed_keep(f->spool, ++slowly.begun, (struct spool_done){slowly_done, &slowly}), 0);
    for (event.n = 1; slowly.told < SLOW_MESSAGES; event.n++) {
        poll(&ready, 1, 2);
        spool_collect(f->spool);
        assert_int_equal(spool_event(f->spool, &event, (struct spool_done){0}), 0);
    }
    atomic_store(&slow, false);
    assert_int_equal(pthread_join(nudger, NULL), 0);
    assert_int_equal(f->errors_logged, 0);
}

/* ---- a failing sync ---- */

/* What became of many messages that were on their way when syncs failed. */
struct many {
    unsigned told, kept, refused;
    bool done;
};

static void many_note(void *context, const struct spool_result *result)
{
    struct many *many = context;

    many->kept += result->error == 0;
    many->refused += result->error == -EIO;
    assert_int_equal(many->kept + many->refused, many->told + 1);
    many->done = ++many->told == CALLERS;
}

static void sync_fails(struct fixture *f, int times)
{
    struct many many = {.done = false};
    struct spool_event event = {.session = "s1", .n = 0, .until = T0, .line = "event"};
    struct spool_part part = {.part = 1, .state = SPOOL_SUBMITTED};
    struct spool_stats stats;
    struct outcome o;
    unsigned kept;

    f->options.batch = 8; /* else one transaction waits for the sync under way, and takes all */
    fixture_reopen(f);
    AWAIT(f, o, keyed_keep(f->spool, CALLERS + 2, done));
    part.message = o.result.message;
    for (unsigned n = 1; n <= CALLERS; n++) {
        if (n == CALLERS / 2)
            atomic_store(&failing, times);
        if (n == CALLERS / 2 + 1)
            assert_int_equal(spool_part_state(f->spool, &part, (struct spool_done){0}), 0);
        event.n = n;
        assert_int_equal(keyed_keep(f->spool, n, (struct spool_done){many_note, &many}), 0);
        assert_int_equal(spool_event(f->spool, &event, (struct spool_done){0}), 0);
        spool_collect(f->spool);
    }
    spool_wait(f->spool, &many.done);
    assert_true(many.refused > 0 || f->options.log_pages > 0); /* or a checkpoint's sync failed */
    atomic_store(&failing, 0);
    kept = many.kept + kept_after_all(f, CALLERS + 1);
    check_kept(f, kept, CALLERS);
    spool_stats(f->spool, &stats);
    assert_int_equal(stats.kept, kept + 1); /* one is submitted */
    fixture_reopen(f);
    check_kept(f, kept, CALLERS);
    assert_int_equal(f->errors_logged, 1);
}

static void what_one_failed_sync_did_not_bring_to_the_disk_is_undone(void **context)
{
    sync_fails(*context, 1);
}

static void while_syncs_fail_nothing_is_kept_and_nothing_held_is_lost(void **context)
{
    sync_fails(*context, 1 << 20);
}

static void what_a_failed_sync_undoes_is_not_in_the_database_either(void **context)
{
    struct fixture *f = *context;

    f->options.log_pages = 4; /* the log begins anew all the time */
    sync_fails(f, 1);
}

/* A message is refused because its sync fails. */
static void refuse(struct fixture *f, unsigned n)
{
    struct outcome o;

    idle_await(f->spool);
    atomic_store(&failing, 1);
    while (atomic_load(&failing) > 0) {
        AWAIT(f, o, keyed_keep(f->spool, n, done));
        assert_int_equal(o.result.error, -EIO);
        idle_await(f->spool);
    }
}

static void a_second_failed_sync_undoes_only_its_own(void **context)
{
    struct fixture *f = *context;
    struct outcome o;

    (void)kept_after_all(f, 1);
    refuse(f, 2);
    /* The fresh connection reads before it writes. */
    AWAIT(f, o, spool_known(f->spool, "5e551011", "key-0000000000000001", done));
    assert_int_equal(o.result.error, 0);
    refuse(f, 3);
    (void)kept_after_all(f, 4);
    check_kept(f, 2, 0);
}

/* A message is three pages: the log, of so many, has begun anew once as many as `kept` are. */
static void syncs_fail_in_a_new_log(struct fixture *f, unsigned pages, unsigned kept)
{
    f->options.log_pages = pages;
    fixture_reopen(f);
    for (unsigned n = 1; n <= kept; n++)
        (void)kept_after_all(f, n);
    atomic_store(&sound, 1); /* of the new log's head */
    refuse(f, 10);
    atomic_store(&sound, 1);
    refuse(f, 11);
    (void)kept_after_all(f, 12);
    check_kept(f, kept + 1, 0);
}

static void what_syncs_undo_after_the_log_began_anew_stays_undone(void **context)
{
    syncs_fail_in_a_new_log(*context, 6, 2);
}

static void what_is_not_synced_is_never_checkpointed(void **context)
{
    syncs_fail_in_a_new_log(*context, 3, 3);
}

/* A refused message is not found by the next run, whose sender was told that it was not kept. */
static void a_spool_closed_while_syncs_fail_leaves_nothing_refused_behind(void **context)
{
    struct fixture *f = *context;
    struct outcome o = {0};

    (void)kept_after_all(f, 1);
    atomic_store(&failing, 1);
    assert_int_equal(keyed_keep(f->spool, 2, (struct spool_done){outcome_note, &o}), 0);
    spool_wait(f->spool, &o.done);
    assert_int_equal(o.result.error, -EIO);
    fixture_reopen(f);
    check_kept(f, 1, 0);
}

/* As a kill leaves it, which may come as soon as the refusal is told. */
static void what_was_refused_does_not_come_back_after_a_kill(void **context)
{
    struct fixture *f = *context, left = {.directory = "/tmp/spool-left-XXXXXX"};
    char command[200];

    (void)kept_after_all(f, 1);
    refuse(f, 2);
    assert_non_null(mkdtemp(left.directory));
    snprintf(command, sizeof command, "cp %s/spool.db* %s", f->directory, left.directory);
    assert_int_equal(system(command), 0);
    fixture_open(&left);
    check_kept(&left, 1, 0);
    spool_close(left.spool);
    directory_remove(left.directory);
}

/* Another program has the database open, as sqlite3(1) would, until its input ends. */
static FILE *looker_begin(struct fixture *f)
{
    char command[400], seen[100];
    FILE *looker;

    snprintf(seen, sizeof seen, "%s/seen", f->directory);
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c \"import sqlite3, sys; db = sqlite3.connect('%s/spool.db');"
             " db.execute('select count(*) from message').fetchone();"
             " open('%s', 'w'); sys.stdin.read(); db.close()\"",
             f->directory, seen);
    looker = popen(command, "w");
    assert_non_null(looker);
    while (access(seen, F_OK) < 0)
        usleep(1000);
    return looker;
}

/* Who closes a database last puts the log into it and away, by the index that he knows. */
static void who_looks_and_leaves_last_spoils_nothing_after_a_failed_sync(void **context)
{
    enum { MORE = 60 };
    struct fixture *f = *context;
    FILE *looker;

    f->options.log_pages = 20; /* it begins anew */
    fixture_reopen(f);
    (void)kept_after_all(f, 1);
    looker = looker_begin(f);
    refuse(f, 2);
    for (unsigned n = 3; n < 3 + MORE; n++)
        (void)kept_after_all(f, n);
    spool_close(f->spool);
    assert_int_equal(pclose(looker), 0);
    fixture_open(f);
    check_kept(f, 1 + MORE, 0);
}

static void a_connection_that_cannot_be_opened_again_is_tried_again(void **context)
{
    struct fixture *f = *context;

    (void)kept_after_all(f, 1);
    atomic_store(&unreadable, 3);
    refuse(f, 2);
    (void)kept_after_all(f, 3);
    check_kept(f, 2, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_threads_never_execute_at_once),
        TEST(what_one_failed_sync_did_not_bring_to_the_disk_is_undone),
        TEST(while_syncs_fail_nothing_is_kept_and_nothing_held_is_lost),
        TEST(what_a_failed_sync_undoes_is_not_in_the_database_either),
        TEST(a_second_failed_sync_undoes_only_its_own),
        TEST(what_syncs_undo_after_the_log_began_anew_stays_undone),
        TEST(what_is_not_synced_is_never_checkpointed),
        TEST(a_spool_closed_while_syncs_fail_leaves_nothing_refused_behind),
        TEST(what_was_refused_does_not_come_back_after_a_kill),
        TEST(who_looks_and_leaves_last_spoils_nothing_after_a_failed_sync),
        TEST(a_connection_that_cannot_be_opened_again_is_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
