/* Power is lost at any moment under load: what was reported is on the disk. And a sync that fails:
 * what it was to bring there is undone, as if it had never been asked for.
 *
 * The test stands between the spool (SQLite included) and the kernel. A sync copies the file, as it
 * stands when the sync begins, into a directory of its own; that is all that is left when the power
 * goes. */
#include "test/unit/spool_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { ACKS = 1 << 16, CALLERS = 64, LOG_PAGES = 200 };

/* Shared with the child that will lose its power. */
struct shared {
    _Atomic unsigned acked;
    unsigned char ack[ACKS]; /* by conversation */
};

static struct shared *shared;
static const char *disk;        /* what survives; NULL: nobody looks */
static _Atomic int failing;     /* so many syncs of the log will fail */
static _Atomic unsigned writes; /* of any file */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void file_copy(int from, const char *to)
{
    static char block[1 << 16];
    int fd = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    off_t at = 0;

    for (ssize_t got; (got = pread(from, block, sizeof block, at)) > 0; at += got)
        if (syscall(SYS_write, fd, block, got) != got)
            _exit(6);
    close(fd);
}

/* What is gone from the directory is gone from the disk. */
static void directory_copy(const char *directory)
{
    DIR *dir = opendir(disk);
    char path[400];

    for (struct dirent *entry; (entry = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (access(path, F_OK) == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", disk, entry->d_name);
        unlink(path);
    }
    closedir(dir);
}

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

static int disk_take(int fd)
{
    char link[64], path[300] = "", to[400], now[400];
    struct stat st;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) < 0 || fstat(fd, &st) < 0)
        return 0;
    if (strstr(path, "-wal") && atomic_load(&failing) > 0)
        return disk_fail();
    if (!disk)
        return 0;
    pthread_mutex_lock(&one_at_a_time);
    snprintf(now, sizeof now, "%s/.now", disk);
    snprintf(to, sizeof to, "%s/%s", disk, strrchr(path, '/') + 1);
    if (S_ISDIR(st.st_mode)) {
        directory_copy(path);
    } else {
        file_copy(fd, now);
        rename(now, to);
    }
    pthread_mutex_unlock(&one_at_a_time);
    return 0;
}

#define OURS __attribute__((visibility("default")))

OURS int fsync(int fd)
{
    return disk_take(fd);
}

OURS int fdatasync(int fd)
{
    return disk_take(fd);
}

OURS ssize_t pwrite64(int fd, const void *octets, size_t length, off64_t at)
{
    atomic_fetch_add(&writes, 1);
    return syscall(SYS_pwrite64, fd, octets, length, at);
}

/* ---- power ---- */

struct load {
    struct fixture f;
    unsigned begun;
};

static void message_begin(struct load *load);

static void message_done(void *context, const struct spool_result *result)
{
    struct load *load = context;
    struct spool_part part = {.message = result->message, .part = 1, .state = SPOOL_SUBMITTED};

    if (result->error == 0 && result->verdict == SPOOL_KEPT) {
        shared->ack[result->conversation] = 1;
        atomic_fetch_add(&shared->acked, 1);
    }
    if (spool_part_state(load->f.spool, &part, (struct spool_done){0}) != 0)
        _exit(4);
    message_begin(load);
}

static void key_put(unsigned n, char key[32])
{
    snprintf(key, 32, "key-%016u", n);
}

static int message_keep(struct spool *spool, unsigned n, struct spool_done done)
{
    char key[32];
    struct spool_message message;

    key_put(n, key);
    message = a_message(spool, key, key);
    message.conversation = n;
    message.in_flight = 1;
    return spool_keep(spool, &message, done);
}

static void message_begin(struct load *load)
{
    unsigned n = ++load->begun;

    if (n < ACKS && message_keep(load->f.spool, n, (struct spool_done){message_done, load}) != 0)
        _exit(4);
}

static void load_run(struct load *load)
{
    struct pollfd ready;
    char why[512];

    load->f.options.directory = load->f.directory;
    load->f.options.log_pages = LOG_PAGES;
    load->f.spool = spool_open(&load->f.options, why, sizeof why);
    if (!load->f.spool)
        _exit(3);
    ready = (struct pollfd){spool_fd(load->f.spool), POLLIN, 0};
    for (int i = 0; i < CALLERS; i++)
        message_begin(load);
    for (;;) {
        poll(&ready, 1, -1);
        spool_collect(load->f.spool);
    }
}

/* The key of each message acknowledged is known. */
static void check_what_is_on_the_disk(const char *directory)
{
    struct fixture f = {0};
    struct outcome o;
    char key[32];

    snprintf(f.directory, sizeof f.directory, "%s", directory);
    fixture_open(&f);
    for (unsigned n = 1; n < ACKS; n++) {
        if (!shared->ack[n])
            continue;
        key_put(n, key);
        AWAIT(&f, o, spool_known(f.spool, "5e551011", key, done));
        assert_int_equal(o.result.error, 0);
        assert_int_equal(o.result.conversation, n);
    }
    spool_close(f.spool);
}

static void power_loss(unsigned messages)
{
    struct load load = {.f = {.directory = "/dev/shm/spool-test-XXXXXX"}};
    char survivor[] = "/dev/shm/spool-disk-XXXXXX";
    int status;
    pid_t child;

    memset(shared, 0, sizeof *shared);
    assert_non_null(mkdtemp(load.f.directory));
    assert_non_null(mkdtemp(survivor));
    child = fork();
    if (child == 0) {
        disk = survivor;
        load_run(&load);
    }
    while (atomic_load(&shared->acked) < messages)
        assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    check_what_is_on_the_disk(survivor);
    directory_remove(load.f.directory);
    directory_remove(survivor);
}

/* The log begins anew every LOG_PAGES pages, so about ten times here. */
static void nothing_reported_is_lost_with_the_power(void **context)
{
    (void)context;
    srand((unsigned)getpid());
    for (int i = 0; i < 8; i++)
        power_loss(100 + (unsigned)rand() % 2000);
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

    if (result->error == 0)
        many->kept++;
    else
        many->refused++;
    if (result->error != 0)
        assert_int_equal(result->error, -EIO);
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

static unsigned kept_after_all(struct fixture *f, unsigned n)
{
    struct outcome o = {.done = false};

    for (int i = 0; i < 400; i++) {
        memset(&o, 0, sizeof o);
        assert_int_equal(message_keep(f->spool, n, (struct spool_done){outcome_note, &o}), 0);
        spool_wait(f->spool, &o.done);
        if (o.result.error == 0) {
            assert_int_equal(o.result.verdict, SPOOL_KEPT);
            return 1;
        }
        usleep(10000); /* the spool tries again a second after it failed */
    }
    fail_msg("the spool did not recover");
    return 0;
}

static void sync_fails(struct fixture *f, int times)
{
    struct many many = {.done = false};
    struct spool_event event = {.session = "s1", .n = 0, .until = T0, .line = "event"};
    struct spool_stats stats;
    unsigned kept;

    f->options.batch = 8; /* else one transaction waits for the sync under way, and takes all */
    fixture_reopen(f);
    for (unsigned n = 1; n <= CALLERS; n++) {
        if (n == CALLERS / 2)
            atomic_store(&failing, times);
        event.n = n;
        assert_int_equal(message_keep(f->spool, n, (struct spool_done){many_note, &many}), 0);
        assert_int_equal(spool_event(f->spool, &event, (struct spool_done){0}), 0);
        spool_collect(f->spool);
    }
    spool_wait(f->spool, &many.done);
    assert_true(many.refused > 0);
    atomic_store(&failing, 0);
    kept = many.kept + kept_after_all(f, CALLERS + 1);
    check_kept(f, kept, CALLERS);
    spool_stats(f->spool, &stats);
    assert_int_equal(stats.kept, kept);
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

/* A refused message is not found by the next run, whose sender was told that it was not kept. */
static void a_spool_closed_while_syncs_fail_leaves_nothing_refused_behind(void **context)
{
    struct fixture *f = *context;
    struct outcome o = {0};

    (void)kept_after_all(f, 1);
    atomic_store(&failing, 1);
    assert_int_equal(message_keep(f->spool, 2, (struct spool_done){outcome_note, &o}), 0);
    spool_wait(f->spool, &o.done);
    assert_int_equal(o.result.error, -EIO);
    fixture_reopen(f);
    check_kept(f, 1, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_reported_is_lost_with_the_power),
        TEST(what_one_failed_sync_did_not_bring_to_the_disk_is_undone),
        TEST(while_syncs_fail_nothing_is_kept_and_nothing_held_is_lost),
        TEST(what_a_failed_sync_undoes_is_not_in_the_database_either),
        TEST(a_spool_closed_while_syncs_fail_leaves_nothing_refused_behind),
    };

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
