/* The power is lost at any moment, under load, while the log begins anew, a file of charging
 * records is written, the spool is opened or closed or a sync has failed: what was reported is on
 * the disk, what was refused is not, and all else is whole. */
#include "test/unit/spool_fixture.h"

#include <time.h>

#include "smpp/spool/thread.h"
#include "test/unit/disk.h"

enum { LIVES = 6, LOSSES = 10, TOLD = 300, CALLERS = 24, MOST = 8192, CLOSE_EACH = 64 };

enum kind { MESSAGE, REPLY, KINDS };

/* Of each job, by its number: when it was reported or refused; 0: it was not. */
struct world {
    struct fixture f;
    char survivor[64];
    unsigned begun, told;
    unsigned first; /* of this life */
    unsigned reported[KINDS][MOST], refused[KINDS][MOST];
    bool found[KINDS][MOST];
    unsigned closed[MOST]; /* CDR files by number */
    bool closing;
    bool over; /* the power is gone: what is told now is told to nobody */
};

static struct world world;
static unsigned seed;

struct asked {
    enum kind kind;
    unsigned n;
};
static struct asked asked[MOST];

/* It need not wait a second until it tries again. */
static void trouble_shorten(struct spool *spool)
{
    pthread_mutex_lock(&spool->lock);
    if (!spool->executing)
        spool->retry_at = 0;
    pthread_mutex_unlock(&spool->lock);
}

static void job_done(void *context, const struct spool_result *result)
{
    const struct asked *job = context;
    unsigned *when = result->error == 0 ? world.reported[job->kind] : world.refused[job->kind];

    if (world.over)
        return;
    when[job->n] = disk_now();
    if (result->error < 0)
        trouble_shorten(world.f.spool);
    world.told++;
}

static void file_done(void *context, const struct spool_result *result)
{
    const char *number = strrchr(result->file, '-');

    (void)context;
    world.closing = false;
    if (result->error == 0 && result->files > 0 && !world.over)
        world.closed[strtoul(number + 1, NULL, 10)] = disk_now();
}

static void job_begin(struct spool *spool)
{
    unsigned n = ++world.begun;
    struct asked *job = &asked[n];
    struct spool_done done = {job_done, job};
    struct spool_event event = {.session = "s1", .n = n, .until = T0, .line = "event"};
    struct spool_message message;
    struct spool_reply reply;
    char key[32];

    *job = (struct asked){(unsigned)rand_r(&seed) % KINDS, n};
    snprintf(key, sizeof key, "key-%016u", n);
    message = a_message(spool, key, key);
    reply = a_reply(key);
    message.conversation = reply.conversation = n;
    assert_int_equal(job->kind == MESSAGE ? spool_keep(spool, &message, done)
                                          : spool_reply(spool, &reply, done),
                     0);
    assert_int_equal(spool_event(spool, &event, (struct spool_done){0}), 0);
    if (n % CLOSE_EACH == 0 && !world.closing)
        world.closing = spool_cdr_close(spool, T0, (struct spool_done){file_done, NULL}) == 0;
}

static void jobs_run(struct spool *spool)
{
    struct pollfd ready = {spool_fd(spool), POLLIN, 0};

    while (world.told < TOLD) {
        while (world.begun - world.first - world.told < 1 + (unsigned)rand_r(&seed) % CALLERS)
            job_begin(spool);
        assert_int_not_equal(poll(&ready, 1, 20000), 0);
        spool_collect(spool);
    }
}

/* ---- what is left ---- */

static void row_found(void *context, const struct spool_row *row)
{
    bool is_reply = row->scan == SPOOL_SCAN_REPLIES;
    uint64_t n = is_reply ? row->reply.conversation : row->message.conversation;

    (void)context;
    assert_in_range(n, 1, MOST - 1);
    world.found[is_reply ? REPLY : MESSAGE][n] = true;
}

static void rows_find(struct fixture *f, enum spool_scan scan)
{
    struct outcome o = {.done = false};
    struct spool_reader reader = {.row = row_found, .done = {outcome_note, &o}};

    assert_int_equal(spool_scan(f->spool, scan, "", &reader), 0);
    spool_wait(f->spool, &o.done);
    assert_int_equal(o.result.error, 0);
}

/* Counts each reply's lines, its conversation being the fifth column. */
static void file_count(const char *path, unsigned lines[MOST])
{
    FILE *file = fopen(path, "r");
    char line[1024];
    unsigned n;

    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(sscanf(line, "%*[^,],%*[^,],%*[^,],%*[^,],%x,", &n), 1);
        assert_in_range(n, 1, MOST - 1);
        lines[n]++;
    }
    fclose(file);
}

/* Each answer stands in one file, once all are closed; which of them are closed already. */
static void files_check(const char *directory, bool closed[MOST], unsigned lines[MOST])
{
    DIR *dir = opendir(directory);
    char path[400];

    memset(closed, 0, MOST * sizeof *closed);
    memset(lines, 0, MOST * sizeof *lines);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strncmp(entry->d_name, "cdr-", 4) != 0)
            continue;
        closed[strtoul(strrchr(entry->d_name, '-') + 1, NULL, 10)] = true;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        file_count(path, lines);
    }
    closedir(dir);
}

static void jobs_check(unsigned moment, const unsigned lines[MOST])
{
    for (unsigned n = 1; n <= world.begun; n++)
        for (enum kind kind = 0; kind < KINDS; kind++) {
            unsigned reported = world.reported[kind][n], refused = world.refused[kind][n];

            if (reported && reported <= moment && !world.found[kind][n])
                fail_msg("%u was reported at %u and is lost at %u", n, reported, moment);
            if (refused && refused <= moment && world.found[kind][n])
                fail_msg("%u was refused at %u and is there at %u", n, refused, moment);
            if (kind == REPLY && lines[n] != world.found[kind][n])
                fail_msg("answer %u stands in %u files at %u", n, lines[n], moment);
        }
}

static void survivor_check(unsigned moment)
{
    static bool closed[MOST];
    static unsigned lines[MOST];
    struct fixture f = {0};
    struct outcome o;
    char command[400];

    snprintf(f.directory, sizeof f.directory, "%s", world.survivor);
    files_check(f.directory, closed, lines);
    for (unsigned number = 1; number < MOST; number++)
        if (world.closed[number] && world.closed[number] <= moment && !closed[number])
            fail_msg("file %u was reported and is lost at %u", number, moment);
    fixture_open(&f);
    memset(world.found, 0, sizeof world.found);
    rows_find(&f, SPOOL_SCAN_MESSAGES);
    rows_find(&f, SPOOL_SCAN_REPLIES);
    AWAIT(&f, o, spool_cdr_close(f.spool, T0, done));
    files_check(f.directory, closed, lines);
    jobs_check(moment, lines);
    spool_close(f.spool);
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c \"import sqlite3; assert sqlite3.connect('%s/spool.db')"
             ".execute('pragma integrity_check').fetchone() == ('ok',)\"",
             f.directory);
    assert_int_equal(system(command), 0);
}

static void survivor_make(unsigned moment)
{
    strcpy(world.survivor, "/dev/shm/spool-left-XXXXXX");
    assert_non_null(mkdtemp(world.survivor));
    disk_lose(moment, &seed, world.survivor);
}

/* What was told after the power went was told to nobody. */
static void forget_after(unsigned moment)
{
    for (unsigned n = 1; n < MOST; n++) {
        for (enum kind kind = 0; kind < KINDS; kind++) {
            unsigned *when[] = {&world.reported[kind][n], &world.refused[kind][n]};

            for (int i = 0; i < 2; i++)
                *when[i] = *when[i] && *when[i] <= moment;
        }
        world.closed[n] = world.closed[n] && world.closed[n] <= moment;
    }
}

/* A run of the spool on what the last one left, ended by a loss of power. */
static void live(bool closed, unsigned failing)
{
    struct fixture *f = &world.f;
    unsigned moment, start, end;

    disk_watch(f->directory);
    start = disk_now();
    world.told = 0;
    world.over = false;
    world.first = world.begun;
    fixture_open(f);
    disk_fail(failing);
    jobs_run(f->spool);
    disk_fail(0);
    world.over = !closed;
    if (!closed)
        disk_rest();
    spool_close(f->spool);
    disk_rest();
    end = disk_now();
    for (int i = 0; i < LOSSES; i++) {
        moment = start + (unsigned)rand_r(&seed) % (end - start + 1);
        survivor_make(moment);
        survivor_check(moment);
        directory_remove(world.survivor);
    }
    moment = end - (unsigned)rand_r(&seed) % ((end - start) / 2 + 1);
    survivor_make(moment);
    directory_remove(f->directory);
    strcpy(f->directory, world.survivor);
    forget_after(moment);
}

static void what_was_reported_outlives_a_loss_of_power(void **context)
{
    (void)context;
    strcpy(world.f.directory, "/dev/shm/spool-test-XXXXXX");
    assert_non_null(mkdtemp(world.f.directory));
    world.f.options.log_pages = 40;
    for (unsigned life = 0; life < LIVES; life++)
        live(life % 2, life < 2 ? 0 : 20);
    directory_remove(world.f.directory);
}

int main(int count, char **argument)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_reported_outlives_a_loss_of_power),
    };
    unsigned first = count > 1 ? (unsigned)strtoul(argument[1], NULL, 10)
                               : (unsigned)time(NULL) ^ (unsigned)getpid();
    int failed;

    seed = first;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed)
        fprintf(stderr, "seed %u\n", first);
    return failed;
}
