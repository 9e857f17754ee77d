/* What the log holds goes into the database, on a disk that fails. */
#include "test/unit/spool_disk.h"

#include <sys/stat.h>

/* Keeps messages until a sync of the database fails. */
static void unsyncable_reach(struct fixture *f, unsigned *kept)
{
    atomic_store(&unsyncable, 1);
    while (atomic_load(&unsyncable) > 0) {
        *kept += kept_after_all(f, *kept + 1);
        idle_await(f->spool);
    }
}

static int log_error(struct fixture *f)
{
    struct spool_stats stats;

    spool_stats(f->spool, &stats);
    return stats.log_error;
}

/* All of it still stands in the log. What the checkpoint wrote is not believed. */
static void checkpoint_fails(struct fixture *f, unsigned pages)
{
    static unsigned kept;

    f->options.log_pages = pages;
    f->errors_logged = 0;
    fixture_reopen(f);
    unsyncable_reach(f, &kept);
    kept += kept_after_all(f, kept + 1); /* then a copy's end is looked at */
    kept += kept_after_all(f, kept + 1);
    assert_int_equal(f->errors_logged, 1);
    assert_false(f->spool->ledger.doubtful);
    fixture_reopen(f);
    check_kept(f, kept, 0);
}

static void a_checkpoint_that_fails_is_told_and_loses_nothing(void **context)
{
    checkpoint_fails(*context, 4);
    checkpoint_fails(*context, 100); /* enough to be copied by another thread */
}

static void what_failed_is_not_tried_again_at_once(void **context)
{
    struct fixture *f = *context;
    unsigned kept = 0;

    f->options.log_pages = 100;
    fixture_reopen(f);
    unsyncable_reach(f, &kept);
    atomic_store(&unsyncable, 1000);
    for (unsigned last = kept + 20; kept < last; idle_await(f->spool))
        kept += kept_after_all(f, kept + 1);
    atomic_store(&unsyncable, 0);
    assert_int_equal(f->errors_logged, 1);
    assert_true(log_error(f) < 0);
    for (unsigned last = kept + 2000; kept < last && log_error(f) < 0; idle_await(f->spool))
        kept += kept_after_all(f, kept + 1);
    assert_int_equal(log_error(f), 0);
}

/* A file of charging records that is marked as written is a commit too, of its own: here the first
 * one after a copy that all of the log was in. */
static void the_log_does_not_begin_anew_before_a_copy_that_failed_is_made_again(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("hola");
    char directory[100];
    struct outcome o;
    unsigned kept = 0;

    snprintf(directory, sizeof directory, "%s/cdr", f->directory);
    mkdir(directory, 0700);
    f->options.cdr_directory = directory;
    f->options.log_pages = 100;
    fixture_reopen(f);
    AWAIT(f, o, spool_reply(f->spool, &reply, done));
    rmdir(directory);
    AWAIT(f, o, spool_cdr_close(f->spool, T0, done));
    assert_int_equal(o.result.error, -EIO);
    unsyncable_reach(f, &kept);
    mkdir(directory, 0700);
    AWAIT(f, o, spool_cdr_close(f->spool, T0, done));
    AWAIT(f, o, spool_cdr_again(f->spool, 1, done));
    unlink(o.file);
    rmdir(directory);
    assert_int_equal(o.result.records, 1);
    check_kept(f, kept, 0);
    assert_false(f->spool->ledger.doubtful);
    assert_int_equal(atomic_load(&begun_owing), 0);
}

/* Somebody looks into the database, as with sqlite3(1), for so many messages. */
static unsigned look_for(struct fixture *f, unsigned first, unsigned messages)
{
    char path[100];
    struct db *looking;

    snprintf(path, sizeof path, "%s/spool.db", f->directory);
    looking = db_open_beside(path);
    assert_int_equal(db_hold(looking), 0);
    for (unsigned n = first; n < first + messages; n++) {
        (void)kept_after_all(f, n);
        idle_await(f->spool);
    }
    db_let_go(looking);
    db_abandon(looking);
    return first + messages;
}

/* A message is three pages or four: the log becomes ten times as long as it is to be. */
static void while_somebody_looks_the_log_grows_and_that_is_told_once(void **context)
{
    enum { PAGES = 400, MESSAGES = 1300 };
    struct fixture *f = *context;
    struct ledger *ledger;
    struct spool_stats stats;
    unsigned next;

    f->options.log_pages = PAGES;
    fixture_reopen(f);
    ledger = &f->spool->ledger;
    next = look_for(f, 1, MESSAGES);
    assert_true(ledger->wal.end.frames > 8 * PAGES);
    spool_stats(f->spool, &stats);
    assert_true(stats.log_grows);
    assert_int_equal(f->warnings_logged, 1);
    atomic_store(&counted, f->spool);
    while (ledger->wal.end.frames > PAGES) {
        next += kept_after_all(f, next);
        idle_await(f->spool);
    }
    atomic_store(&counted, NULL);
    spool_stats(f->spool, &stats);
    assert_false(stats.log_grows);
    assert_true(copied_beside > 4 * copied_between);
    assert_int_equal(f->warnings_logged, 1);
    assert_int_equal(f->errors_logged, 0);
    fixture_reopen(f);
    check_kept(f, next - 1, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_checkpoint_that_fails_is_told_and_loses_nothing),
        TEST(what_failed_is_not_tried_again_at_once),
        TEST(the_log_does_not_begin_anew_before_a_copy_that_failed_is_made_again),
        TEST(while_somebody_looks_the_log_grows_and_that_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
