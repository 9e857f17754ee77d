/* Files of charging records while smppd is killed at any moment, clocks jump and time zones change:
 * a file keeps its bytes whoever writes it again, and each record stands in one of them. */
#include "test/unit/spool_fixture.h"

#include <sys/time.h>
#include <time.h>
#include <sys/wait.h>

enum { ROUNDS = 25, FILES = 8000, RECENT = 30, DEEDS = 1500, FILE_ROOM = 4096, RECORDS = 7 };

/* An hour before Berlin's clocks go back. */
static const int64_t WALL = INT64_C(1792886400000);

static uint64_t state;

static unsigned chance(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

/* ---- a run that is killed ---- */

static uint64_t newest; /* the answer kept last, in this run */

static void reply_note(void *context, const struct spool_result *result)
{
    (void)context;
    if (result->error == 0)
        newest = result->reply;
}

static void reply_put(struct spool *spool, int64_t wall)
{
    char text[24];
    struct spool_reply reply;

    snprintf(text, sizeof text, "respuesta %u", chance(1u << 30));
    reply = a_reply(text);
    reply.wall = wall;
    reply.held = chance(3) == 0;
    (void)spool_reply(spool, &reply, (struct spool_done){reply_note, NULL}); /* or it is full */
}

static void something_do(struct spool *spool)
{
    static const char *const zone[] = {"TZ=Europe/Berlin", "TZ=America/Santo_Domingo", "TZ=UTC"};
    static const enum spool_end end[] = {SPOOL_END_CLAIMED, SPOOL_END_CLAIMED, SPOOL_END_CLAIMED,
                                         SPOOL_END_CLAIMED, SPOOL_END_COUNTS,  SPOOL_END_REPEATED,
                                         SPOOL_END_FILED};
    int64_t wall = WALL + (int64_t)chance(14400000) - 7200000;
    struct spool_done nobody = {0};

    switch (chance(16)) {
    case 0:
        putenv((char *)zone[chance(3)]);
        tzset();
        break;
    case 1:
        spool_tick(spool, T0, wall);
        break;
    case 2:
        (void)spool_cdr_close(spool, wall, nobody);
        break;
    case 3:
        (void)spool_cdr_again(spool, 1 + chance(200), nobody);
        break;
    case 4:
    case 5:
        reply_put(spool, wall);
        break;
    default:
        if (newest > RECENT)
            (void)spool_reply_end(spool, newest - chance(RECENT), end[chance(7)], nobody);
        break;
    }
}

struct ending {
    struct rows rows;
    struct spool *spool;
    enum spool_end how;
};

static void open_end(void *context, const struct spool_row *row)
{
    struct ending *ending = context;
    enum spool_end how = row->reply.held ? ending->how : SPOOL_END_FILED;

    if (row->reply.held || (row->reply.claimed && chance(3) == 0))
        assert_int_equal(spool_reply_end(ending->spool, row->reply.id, how, (struct spool_done){0}),
                         0);
}

/* What the last run left undecided, so that no record waits behind it; and some of what others have
 * billed too. */
static void all_open_end(struct fixture *f, enum spool_end how)
{
    struct ending ending = {.spool = f->spool, .how = how};
    struct spool_reader reader = {.row = open_end, .done = {rows_end, &ending.rows}};

    assert_int_equal(spool_scan(f->spool, SPOOL_SCAN_REPLIES, "", &reader), 0);
    spool_wait(f->spool, &ending.rows.done);
}

static void run_until_killed(struct fixture *f)
{
    struct itimerval soon = {.it_value = {.tv_usec = 10000 + chance(120000)}};

    fixture_open(f);
    all_open_end(f, SPOOL_END_CLAIMED);
    setitimer(ITIMER_REAL, &soon, NULL); /* SIGALRM ends it */
    for (unsigned done = 0;; done++) {
        if (done < DEEDS)
            something_do(f->spool);
        if (done >= DEEDS || chance(8) == 0)
            poll(&(struct pollfd){spool_fd(f->spool), POLLIN, 0}, 1, 1);
        spool_collect(f->spool);
    }
}

/* ---- what is in the files ---- */

static char *seen[FILES]; /* as it was the first time */

/* How many there are. */
static unsigned files_look(const struct fixture *f, const char *instance)
{
    for (unsigned number = 1; number < FILES; number++) {
        char path[200], octets[FILE_ROOM] = "";
        FILE *file;

        snprintf(path, sizeof path, "%s/cdr-%s-%08u.csv", f->directory, instance, number);
        file = fopen(path, "r");
        if (!file)
            return number - 1;
        assert_true(fread(octets, 1, sizeof octets, file) < sizeof octets);
        fclose(file);
        if (!seen[number])
            seen[number] = strdup(octets);
        assert_string_equal(octets, seen[number]);
    }
    fail_msg("too many files");
    return 0;
}

/* Ids ascend without a gap over all files, so each record stands in one. How many. */
static unsigned long records_seen(unsigned files)
{
    unsigned long last = 0;

    for (unsigned number = 1; number <= files; number++) {
        assert_non_null(seen[number]);
        for (char *line = strchr(seen[number], '\n') + 1; *line; line = strchr(line, '\n') + 1)
            assert_int_equal(strtoul(strchr(line, '-') + 1, NULL, 10), ++last);
    }
    return last;
}

static void a_run_is_killed(struct fixture *f)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        run_until_killed(f);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
}

static void killed_at_any_moment_files_keep_their_bytes_and_each_record_is_in_one(void **context)
{
    struct fixture *f = *context;
    char instance[16];
    unsigned files;
    struct outcome o;

    assert_int_equal(spool_meta_read(f->spool, "instance", instance, sizeof instance), 0);
    spool_close(f->spool);
    f->options.cdr_records = RECORDS;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        state = round * 0x9E3779B97F4A7C15u;
        a_run_is_killed(f);
        files_look(f, instance);
    }
    fixture_open(f);
    all_open_end(f, SPOOL_END_COUNTS);
    AWAIT(f, o, spool_cdr_close(f->spool, WALL, done));
    files = files_look(f, instance);
    assert_true(files > 0);
    for (unsigned number = 1; number <= files; number++) {
        AWAIT(f, o, spool_cdr_again(f->spool, number, done));
        assert_int_equal(o.result.error, 0);
    }
    files_look(f, instance);
    AWAIT(f, o, spool_cdr_copy(f->spool, 0, INT64_MAX, done));
    assert_int_equal(o.result.records, records_seen(files));
    for (unsigned number = 1; number <= files; number++)
        free(seen[number]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(killed_at_any_moment_files_keep_their_bytes_and_each_record_is_in_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
