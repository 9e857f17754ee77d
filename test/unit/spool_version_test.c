/* A spool of an older version is brought up to date when it is opened, whatever is in its way. */
#include "test/unit/spool_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { MESSAGES = 2000, LINE = 1000, ROOM = 1 << 20 };

/* As version 2 would have left it. */
static void make_old(struct fixture *f)
{
    char command[600];

    snprintf(command, sizeof command,
             "/usr/bin/python3 -c \"import sqlite3; db = sqlite3.connect('%s/spool.db');"
             " db.executescript(open('test/unit/spool_version_2.sql').read());"
             " db.execute('vacuum'); db.close()\"",
             f->directory);
    assert_int_equal(system(command), 0);
}

static void keep_many(struct fixture *f)
{
    static char line[LINE];
    struct spool_event event = {.session = "s1", .until = T0, .line = line};
    struct outcome o;

    memset(line, 'x', LINE - 1);
    for (unsigned n = 1; n <= MESSAGES; n++) {
        event.n = n;
        assert_int_equal(spool_event(f->spool, &event, (struct spool_done){0}), 0);
        if (n % 100 > 0)
            assert_int_equal(keyed_keep(f->spool, n, (struct spool_done){0}), 0);
        else
            AWAIT(f, o, keyed_keep(f->spool, n, done));
    }
}

static void check_kept(struct fixture *f)
{
    static struct rows rows;

    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, MESSAGES);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, MESSAGES);
}

static off_t size_of(struct fixture *f, const char *name)
{
    struct stat st = {.st_size = 0};
    char path[200];

    snprintf(path, sizeof path, "%s/%s", f->directory, name);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

static void note_updating(void *context)
{
    struct fixture *f = context;

    f->updates++;
}

/* It takes more than its size for a while: that is not refused. */
static void a_spool_that_is_full_is_brought_up_to_date(void **context)
{
    struct fixture *f = *context;

    keep_many(f);
    spool_close(f->spool);
    make_old(f);
    f->options.max_octets = (uint64_t)size_of(f, "spool.db");
    f->options.updating = note_updating;
    fixture_open(f);
    assert_int_equal(f->updates, 1);
    check_kept(f);
    fixture_reopen(f);
    assert_int_equal(f->updates, 1);
}

static void a_disk_without_room_is_told_and_what_was_written_given_back(void **context)
{
    struct fixture *f = *context;
    struct rlimit before, small;
    char why[512] = "";

    keep_many(f);
    spool_close(f->spool);
    make_old(f);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){ROOM, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    f->spool = spool_open(&f->options, why, sizeof why);
    assert_null(f->spool);
    assert_int_equal(errno, ENOSPC);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_non_null(strstr(why, "older version"));
    assert_non_null(strstr(why, "No space left"));
    assert_int_equal(size_of(f, "spool.db-wal"), 0);
    fixture_open(f);
    check_kept(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_spool_that_is_full_is_brought_up_to_date),
        TEST(a_disk_without_room_is_told_and_what_was_written_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
