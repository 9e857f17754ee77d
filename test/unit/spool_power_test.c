/* Power is lost at any moment under load: what was reported is on the disk.
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
static const char *disk; /* what survives; NULL: nobody looks */
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

static int disk_take(int fd)
{
    char link[64], path[300] = "", to[400], now[400];
    struct stat st;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) < 0 || fstat(fd, &st) < 0)
        return 0;
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

static void message_begin(struct load *load)
{
    unsigned n = ++load->begun;

    if (n < ACKS && keyed_keep(load->f.spool, n, (struct spool_done){message_done, load}) != 0)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_reported_is_lost_with_the_power),
    };

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
