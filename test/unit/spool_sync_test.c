/* A disk that is slow in every way, and a sync that fails: what it was to bring there is undone, as
 * if it had never been asked for. The test stands between the spool and the kernel. */
#include "test/unit/spool_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "smpp/spool/thread.h"

enum { CALLERS = 64, SLOW_CALLERS = 5, SLOW_MESSAGES = 100 };

static _Atomic int failing;     /* so many syncs of the log will fail, */
static _Atomic int sound;       /* ... but so many succeed before them */
static _Atomic int unreadable;  /* so many reads of the database will fail */
static _Atomic int unsyncable;  /* so many syncs of the database will fail */
static _Atomic unsigned writes; /* of any file */
static _Atomic bool slow;       /* each write takes a millisecond, each sync four */

/* Fails late enough for the next transaction to be committed meanwhile, where there is one. */
static int disk_fail(void)
{
    unsigned before = atomic_load(&writes);

    atomic_fetch_sub(&failing, 1);
    for (int i = 0; i < 50 && atomic_load(&writes) == before; i++)
        usleep(1000);
    errno = EIO;
    return -1;
}

static bool is_named(int fd, const char *name)
{
    char link[64], path[300] = "";

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return readlink(link, path, sizeof path - 1) > 0 && strcmp(strrchr(path, '/'), name) == 0;
}

static int disk_sync(int fd)
{
    if (atomic_load(&failing) > 0 && is_named(fd, "/spool.db-wal")) {
        if (atomic_load(&sound) == 0)
            return disk_fail();
        atomic_fetch_sub(&sound, 1);
    }
    if (atomic_load(&unsyncable) > 0 && is_named(fd, "/spool.db")) {
        atomic_fetch_sub(&unsyncable, 1);
        errno = EIO;
        return -1;
    }
    if (atomic_load(&slow))
        usleep(4000);
    return 0;
}

#define OURS __attribute__((visibility("default")))

OURS int fsync(int fd)
{
    return disk_sync(fd);
}

OURS int fdatasync(int fd)
{
    return disk_sync(fd);
}

OURS ssize_t pwrite64(int fd, const void *octets, size_t length, off64_t at)
{
    atomic_fetch_add(&writes, 1);
    if (atomic_load(&slow))
        usleep(1000);
    return syscall(SYS_pwrite64, fd, octets, length, at);
}

OURS ssize_t pread64(int fd, void *octets, size_t length, off64_t at)
{
    if (atomic_load(&unreadable) > 0 && is_named(fd, "/spool.db")) {
        atomic_fetch_sub(&unreadable, 1);
        errno = EIO;
        return -1;
    }
    return syscall(SYS_pread64, fd, octets, length, at);
}

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

/* Those that nobody refused, each with its event, and nobody else's. */
static void check_kept(struct fixture *f, unsigned kept, unsigned events)
{
    static struct rows rows;

    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, kept);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, events);
}

/* Until what follows a report, as a checkpoint, is over too. */
static void idle_await(struct spool *spool)
{
    for (bool busy = true; busy;) {
        pthread_mutex_lock(&spool->lock);
        busy = spool->executing || spool->syncing || spool->checkpoint.copying;
        if (!busy)
            spool->retry_at = 0; /* nor is a second waited before it tries again */
        pthread_mutex_unlock(&spool->lock);
    }
}

static unsigned kept_after_all(struct fixture *f, unsigned n)
{
    struct outcome o = {.done = false};

    for (int i = 0; i < 400; i++) {
        memset(&o, 0, sizeof o);
        assert_int_equal(keyed_keep(f->spool, n, (struct spool_done){outcome_note, &o}), 0);
        spool_wait(f->spool, &o.done);
        if (o.result.error == 0) {
            assert_int_equal(o.result.verdict, SPOOL_KEPT);
            return 1;
        }
        idle_await(f->spool);
    }
    fail_msg("the spool did not recover");
    return 0;
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
    assert_true(many.refused > 0);
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

/* All of it still stands in the log. What the checkpoint wrote is not believed. */
static void checkpoint_fails(struct fixture *f, unsigned pages)
{
    static unsigned kept;

    f->options.log_pages = pages;
    f->errors_logged = 0;
    fixture_reopen(f);
    atomic_store(&unsyncable, 1);
    while (atomic_load(&unsyncable) > 0) {
        kept += kept_after_all(f, kept + 1);
        idle_await(f->spool);
    }
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
        TEST(a_checkpoint_that_fails_is_told_and_loses_nothing),
        TEST(a_spool_closed_while_syncs_fail_leaves_nothing_refused_behind),
        TEST(what_was_refused_does_not_come_back_after_a_kill),
        TEST(a_connection_that_cannot_be_opened_again_is_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
