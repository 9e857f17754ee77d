/* When the disk is full, read-only or somebody else's: nothing is said to be kept that is not, and
 * all goes on by itself afterwards. */
#include "test/unit/spool_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char KEY[32];
static uint64_t last_kept;

static int keep_new(struct fixture *f, enum spool_verdict *verdict)
{
    static unsigned count;
    struct spool_message message;
    static char text[3000];
    struct outcome o;

    memset(text, 'x', sizeof text - 1);
    snprintf(KEY, sizeof KEY, "key-%016u", count++);
    message = a_message(f->spool, KEY, KEY);
    message.text = text;
    AWAIT(f, o, spool_keep(f->spool, &message, done));
    if (verdict)
        *verdict = o.result.verdict;
    if (o.result.error == 0)
        last_kept = message.id;
    return o.result.error;
}

/* Keeps until it fails; how many were kept. */
static unsigned fill(struct fixture *f, int *error)
{
    unsigned kept = 0;

    while ((*error = keep_new(f, NULL)) == 0 && kept < 20000)
        kept++;
    return kept;
}

static unsigned open_messages(struct fixture *f)
{
    struct rows rows;

    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    return rows.count;
}

/* Asks once a second, as the loop's tick does, until a message is kept again. */
static void wait_until_kept(struct fixture *f)
{
    for (int i = 0; i < 200; i++) {
        if (keep_new(f, NULL) == 0)
            return;
        usleep(50000); /* the spool tries again a second after it failed */
    }
    fail_msg("the spool did not recover");
}

/* What is held is tried once more, and undone. */
static void wait_until_it_fails_again(struct fixture *f)
{
    struct spool_stats before, now;

    spool_stats(f->spool, &before);
    for (int i = 0; i < 200; i++) {
        spool_stats(f->spool, &now);
        if (now.failures > before.failures)
            return;
        usleep(50000);
    }
    fail_msg("the spool did not try again");
}

static int limited_begin(void **state)
{
    struct fixture *f;

    if (fixture_begin(state) < 0)
        return -1;
    f = *state;
    f->options.max_octets = 1 << 20;
    fixture_reopen(f);
    return 0;
}

static void a_full_database_refuses_messages_and_keeps_the_rest_waiting(void **context)
{
    struct fixture *f = *context;
    struct spool_event event = {.session = "s1", .n = 1, .until = T0, .line = "event"};
    struct spool_reply reply = a_reply("hola");
    static char line[8000];
    struct spool_stats stats;
    struct outcome o, kept;
    unsigned count;
    int error;

    count = fill(f, &error);
    assert_int_equal(error, -ENOSPC);
    spool_stats(f->spool, &stats);
    assert_true(stats.full);
    assert_true(stats.failures > 0);
    assert_true(f->errors_logged > 0);
    AWAIT(f, o, spool_reply(f->spool, &reply, done));
    assert_int_equal(o.result.error, -ENOSPC);
    memset(line, 'x', sizeof line - 1);
    event.line = line;
    memset(&kept, 0, sizeof kept);
    assert_int_equal(spool_event(f->spool, &event, (struct spool_done){outcome_note, &kept}), 0);
    assert_int_not_equal(keep_new(f, NULL), 0);
    assert_false(kept.done);
    f->options.max_octets = 8 << 20;
    spool_close(f->spool); /* cannot be kept now: told so */
    assert_true(kept.done);
    assert_int_equal(kept.result.error, -ECANCELED);
    fixture_open(f);
    assert_int_equal(keep_new(f, NULL), 0);
    assert_int_equal(open_messages(f), count + 1);
}

/* A small file system of our own: what fills it can be taken away again. */
static int tmpfs_begin(void **state)
{
    struct fixture *f;

    if (fixture_begin(state) < 0)
        return -1;
    f = *state;
    spool_close(f->spool);
    f->spool = NULL;
    if (mount("none", f->directory, "tmpfs", 0, "size=4m") == 0)
        fixture_open(f);
    return 0;
}

static int tmpfs_end(void **state)
{
    struct fixture *f = *state;

    spool_close(f->spool);
    umount2(f->directory, MNT_DETACH);
    f->spool = NULL;
    directory_remove(f->directory);
    free(f);
    return 0;
}

static void ballast_put(struct fixture *f, bool there)
{
    char path[200];
    static const char block[65536];
    int fd;

    snprintf(path, sizeof path, "%s/ballast", f->directory);
    if (!there) {
        unlink(path);
        return;
    }
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    while (write(fd, block, sizeof block) > 0)
        ;
    close(fd);
}

static void a_full_disk_is_told_and_recovered_from(void **context)
{
    struct fixture *f = *context;
    enum { EVENTS = 30 };
    static char line[8000];
    struct spool_event event = {.session = "s1", .until = T0, .line = line};
    struct spool_part part = {.part = 1, .state = SPOOL_SUBMITTED};
    struct outcome o = {0};
    struct rows rows;
    unsigned count;
    int error;

    if (!f->spool)
        skip(); /* only root may mount */
    count = fill(f, &error);
    assert_int_equal(error, -ENOSPC);
    ballast_put(f, true);
    part.message = last_kept;
    assert_int_equal(spool_part_state(f->spool, &part, (struct spool_done){0}), 0);
    memset(line, 'x', sizeof line - 1);
    while (++event.n <= EVENTS) /* more than fits where the log has been already */
        assert_int_equal(spool_event(f->spool, &event,
                                     event.n < EVENTS ? (struct spool_done){0}
                                                      : (struct spool_done){outcome_note, &o}),
                         0);
    assert_int_equal(keep_new(f, NULL), -ENOSPC);
    wait_until_it_fails_again(f);
    ballast_put(f, false);
    assert_int_equal(mount("none", f->directory, "tmpfs", MS_REMOUNT, "size=16m"), 0);
    wait_until_kept(f);
    spool_wait(f->spool, &o.done);
    assert_int_equal(o.result.error, 0);
    fixture_reopen(f);
    assert_int_equal(open_messages(f), count); /* one more, and one is submitted */
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, EVENTS);
}

static void a_failing_write_is_told_and_recovered_from(void **context)
{
    struct fixture *f = *context;
    struct rlimit small = {2 << 20, RLIM_INFINITY}, before;
    struct spool_stats stats;
    unsigned count;
    int error;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    setrlimit(RLIMIT_FSIZE, &small);
    count = fill(f, &error);
    assert_int_equal(error, -EIO); /* SQLite says no more of EFBIG */
    spool_stats(f->spool, &stats);
    assert_true(stats.down);
    setrlimit(RLIMIT_FSIZE, &before);
    wait_until_kept(f);
    spool_stats(f->spool, &stats);
    assert_false(stats.down);
    fixture_reopen(f);
    assert_int_equal(open_messages(f), count + 1);
}

static void a_full_queue_pushes_back(void **context)
{
    struct fixture *f = *context;
    struct spool_event event = {.session = "s1", .until = T0, .line = "event"};
    unsigned taken = 0;
    struct spool_stats stats;

    spool_close(f->spool);
    f->options.queue = 16;
    fixture_open(f);
    for (event.n = 1; spool_event(f->spool, &event, (struct spool_done){0}) == 0; event.n++)
        taken++;
    assert_int_equal(taken, 16);
    assert_int_equal(spool_room(f->spool), 0);
    assert_int_equal(spool_event(f->spool, &event, (struct spool_done){0}), -EAGAIN);
    spool_stats(f->spool, &stats);
    assert_int_equal(stats.queue, 16);
    while (spool_room(f->spool) < 16)
        spool_collect(f->spool);
    assert_int_equal(spool_event(f->spool, &event, (struct spool_done){0}), 0);
}

static void refused_at_start(const struct spool_options *options, int number, const char *words)
{
    char why[512] = "";

    errno = 0;
    assert_null(spool_open(options, why, sizeof why));
    assert_int_equal(errno, number);
    assert_non_null(strstr(why, words));
}

static void a_second_smppd_is_refused_in_words(void **context)
{
    struct fixture *f = *context;

    refused_at_start(&f->options, EBUSY, "in use by another smppd");
}

static void a_missing_directory_is_named(void **context)
{
    struct spool_options options = {.directory = "/nonexistent/spool"};

    (void)context;
    refused_at_start(&options, ENOENT, "/nonexistent/spool");
}

/* As after a start by root. */
static void a_file_that_is_not_ours_is_named(void **context)
{
    char directory[] = "/tmp/spool.XXXXXX", lock[64];
    struct spool_options options = {.directory = directory};

    (void)context;
    assert_non_null(mkdtemp(directory));
    snprintf(lock, sizeof lock, "%s/spool.lock", directory);
    assert_int_equal(mkdir(lock, 0700), 0);
    refused_at_start(&options, EISDIR, lock);
    rmdir(lock);
    rmdir(directory);
}

static void write_over(struct fixture *f, long at, const char *octets, size_t length)
{
    char path[200];
    FILE *file;

    snprintf(path, sizeof path, "%s/spool.db", f->directory);
    file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, at, SEEK_SET);
    fwrite(octets, 1, length, file);
    fclose(file);
}

static void a_damaged_database_is_refused(void **context)
{
    struct fixture *f = *context;

    spool_close(f->spool);
    write_over(f, 0, "this is no database at all......", 32);
    f->spool = NULL;
    refused_at_start(&f->options, EIO, "spool.db");
}

static void a_newer_schema_is_refused(void **context)
{
    struct fixture *f = *context;

    spool_close(f->spool);
    write_over(f, 60, "\0\0\0\x63", 4); /* user_version, SQLite file format 1.3 */
    f->spool = NULL;
    refused_at_start(&f->options, EPROTO, "a newer smppd wrote it (version 99");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_database_refuses_messages_and_keeps_the_rest_waiting,
                                        limited_begin, fixture_end),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told_and_recovered_from, tmpfs_begin,
                                        tmpfs_end),
        TEST(a_failing_write_is_told_and_recovered_from),
        TEST(a_full_queue_pushes_back),
        TEST(a_second_smppd_is_refused_in_words),
        cmocka_unit_test(a_missing_directory_is_named),
        cmocka_unit_test(a_file_that_is_not_ours_is_named),
        TEST(a_damaged_database_is_refused),
        TEST(a_newer_schema_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
