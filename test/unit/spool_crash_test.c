/* Killed before or in any system call that writes: what was reported is there, what was billed is
 * billed once, and each record is in one file. The test stands between the spool (SQLite included)
 * and the kernel and counts the calls that change the disk; the process ends before the n-th, or
 * halfway, for every n (in memory, where syncing takes no time). spool_kill_test kills it at any
 * moment, under load. */
#include "test/unit/spool_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { MESSAGES = 3, REPLIES = 5 };

/* Shared with the child that will die. */
struct shared {
    _Atomic long calls;       /* that change the disk, so far */
    _Atomic long fatal;       /* the one before which the child dies; 0: none */
    bool torn;                /* ... or in the midst of which */
    _Atomic bool unsynced[2]; /* of SQLite's files, and of others */
    _Atomic bool renamed_unsynced, reported_unsynced;
    _Atomic bool message[MESSAGES], reply[REPLIES], ended;
};

static struct shared *shared;

static void disk_call(void)
{
    long call = shared ? atomic_fetch_add(&shared->calls, 1) + 1 : 0;

    if (call != 0 && call == atomic_load(&shared->fatal))
        kill(getpid(), SIGKILL);
}

static void disk_tear(int fd, const void *octets, size_t length, off_t at)
{
    if (shared && shared->torn && atomic_load(&shared->calls) + 1 == atomic_load(&shared->fatal))
        syscall(SYS_pwrite64, fd, octets, length / 2, at);
}

static void disk_write(int other, bool unsynced)
{
    disk_call();
    if (shared)
        atomic_store(&shared->unsynced[other], unsynced);
}

#define OURS __attribute__((visibility("default")))

OURS ssize_t write(int fd, const void *octets, size_t length)
{
    if (fd > 2 && length != 8) /* not the eventfd */
        disk_write(1, true);
    return syscall(SYS_write, fd, octets, length);
}

OURS ssize_t pwrite(int fd, const void *octets, size_t length, off_t at)
{
    disk_tear(fd, octets, length, at);
    disk_write(0, true);
    return syscall(SYS_pwrite64, fd, octets, length, at);
}

OURS ssize_t pwrite64(int fd, const void *octets, size_t length, off_t at)
{
    return pwrite(fd, octets, length, at);
}

OURS int fsync(int fd)
{
    disk_write(1, false);
    return (int)syscall(SYS_fsync, fd);
}

OURS int fdatasync(int fd)
{
    disk_write(0, false);
    return (int)syscall(SYS_fdatasync, fd);
}

OURS int rename(const char *from, const char *to)
{
    disk_call();
    if (shared && (atomic_load(&shared->unsynced[0]) || atomic_load(&shared->unsynced[1])))
        atomic_store(&shared->renamed_unsynced, true);
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

OURS int unlink(const char *path)
{
    disk_call();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

OURS int ftruncate(int fd, off_t length)
{
    disk_call();
    return (int)syscall(SYS_ftruncate, fd, length);
}

OURS int ftruncate64(int fd, off_t length)
{
    return ftruncate(fd, length);
}

static const char *const KEYS[MESSAGES] = {"key-aaaaaaaaaaaaaaaa", "key-bbbbbbbbbbbbbbbb",
                                           "key-cccccccccccccccc"};
static const char *const WORDS[REPLIES] = {"uno", "dos", "tres", "cuatro", "cinco"};

static void child_open(struct fixture *f)
{
    char why[512];

    f->options.directory = f->directory;
    f->options.cdr_records = 2;
    f->spool = spool_open(&f->options, why, sizeof why);
    if (!f->spool)
        _exit(3);
}

static void child_wait(struct spool *spool, struct outcome *o)
{
    struct pollfd ready = {spool_fd(spool), POLLIN, 0};

    while (!o->done) {
        poll(&ready, 1, -1);
        spool_collect(spool);
    }
    if (atomic_load(&shared->unsynced[0]))
        atomic_store(&shared->reported_unsynced, true);
}

#define CHILD_AWAIT(o, call)                                                                       \
    do {                                                                                           \
        struct spool_done done = {outcome_note, &(o)};                                             \
        (o).done = false;                                                                          \
        if ((call) != 0)                                                                           \
            _exit(4);                                                                              \
        child_wait(f->spool, &(o));                                                                \
        if ((o).result.error != 0)                                                                 \
            _exit(5);                                                                              \
    } while (0)

/* What the child does until it dies: one job after the other, each noted once it is reported. */
static void child_work(struct fixture *f)
{
    struct outcome o;

    child_open(f);
    for (int i = 0; i < MESSAGES; i++) {
        struct spool_message message = a_message(f->spool, KEYS[i], KEYS[i]);
        struct spool_part part = {.message = message.id, .part = 1, .state = SPOOL_SUBMITTED};

        CHILD_AWAIT(o, spool_keep(f->spool, &message, done));
        atomic_store(&shared->message[i], true);
        CHILD_AWAIT(o, spool_part_state(f->spool, &part, done));
    }
    for (int i = 0; i < REPLIES; i++) {
        struct spool_reply reply = a_reply(WORDS[i]);

        reply.smsc_id = WORDS[i];
        CHILD_AWAIT(o, spool_reply(f->spool, &reply, done));
        atomic_store(&shared->reply[i], true);
        if (i == 2)
            CHILD_AWAIT(o, spool_cdr_close(f->spool, T0, done));
    }
    CHILD_AWAIT(o, spool_cdr_close(f->spool, T0, done));
    spool_close(f->spool);
    atomic_store(&shared->ended, true);
}

/* How often the numbered files name this SMSC id at the end of a line. */
static unsigned times_billed(struct fixture *f, const char *word)
{
    DIR *dir = opendir(f->directory);
    struct dirent *entry;
    char path[400], line[600], end[40];
    unsigned times = 0;

    snprintf(end, sizeof end, ",delivered,claro,%s\n", word);
    while ((entry = readdir(dir))) {
        FILE *file;

        if (!strstr(entry->d_name, ".csv") || entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", f->directory, entry->d_name);
        file = fopen(path, "r");
        while (fgets(line, sizeof line, file))
            times += strstr(line, end) != NULL;
        fclose(file);
    }
    closedir(dir);
    return times;
}

/* After the crash: keys and answers reported are known, and all records end in one file each. */
static void check_what_is_there(struct fixture *f)
{
    struct outcome o;

    f->options.cdr_records = 2;
    fixture_open(f);
    for (int i = 0; i < MESSAGES; i++) {
        struct spool_message message = a_message(f->spool, KEYS[i], KEYS[i]);

        AWAIT(f, o, spool_keep(f->spool, &message, done));
        assert_int_equal(o.result.error, 0);
        assert_true(o.result.verdict == SPOOL_KNOWN || !shared->message[i]);
    }
    for (int i = 0; i < REPLIES; i++) {
        struct spool_reply reply = a_reply(WORDS[i]);

        reply.smsc_id = WORDS[i]; /* the SMSC repeats all of them */
        AWAIT(f, o, spool_reply(f->spool, &reply, done));
        assert_int_equal(o.result.error, 0);
        assert_true(o.result.verdict == SPOOL_DUPLICATE || !shared->reply[i]);
    }
    AWAIT(f, o, spool_cdr_close(f->spool, T0, done));
    assert_int_equal(o.result.error, 0);
    for (int i = 0; i < REPLIES; i++)
        assert_int_equal(times_billed(f, WORDS[i]), 1);
    spool_close(f->spool);
}

/* True once the child has lived through it all. */
static bool crash_at(long call, bool torn)
{
    struct fixture f = {.directory = "/dev/shm/spool-test-XXXXXX"};
    int status;
    pid_t child;

    memset(shared, 0, sizeof *shared);
    atomic_store(&shared->fatal, call);
    shared->torn = torn;
    assert_non_null(mkdtemp(f.directory));
    child = fork();
    if (child == 0) {
        child_work(&f);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
    atomic_store(&shared->fatal, 0);
    check_what_is_there(&f);
    directory_remove(f.directory);
    return shared->ended;
}

static void killed_before_or_in_any_call_that_writes_nothing_reported_is_lost(void **context)
{
    long call = 1;

    (void)context;
    while (!crash_at(call, false) && !crash_at(call, true))
        call++;
    assert_true(call > 60); /* it did stand in between */
}

static void nothing_is_reported_or_renamed_before_it_is_synced(void **context)
{
    (void)context;
    assert_true(crash_at(0, false));
    assert_false(shared->reported_unsynced);
    assert_false(shared->renamed_unsynced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_reported_or_renamed_before_it_is_synced),
        cmocka_unit_test(killed_before_or_in_any_call_that_writes_nothing_reported_is_lost),
    };

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
