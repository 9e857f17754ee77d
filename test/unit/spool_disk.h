/* A disk that is slow and refuses as it is told, between the spool and the kernel; and what waits
 * for a spool on it. */
#ifndef TEST_UNIT_SPOOL_DISK_H
#define TEST_UNIT_SPOOL_DISK_H

#include "test/unit/spool_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "smpp/spool/thread.h"

static _Atomic int failing;     /* so many syncs of the log will fail, */
static _Atomic int sound;       /* ... but so many succeed before them */
static _Atomic int unreadable;  /* so many reads of the database will fail */
static _Atomic int unsyncable;  /* so many syncs of the database will fail */
static _Atomic bool owing;      /* of these one failed, and none has succeeded since */
static _Atomic int begun_owing; /* so often the log began anew then */
static _Atomic unsigned writes; /* of any file */
/* ... of the database, by the thread that copies and by others, while this spool's are counted */
static _Atomic(struct spool *) counted;
static _Atomic unsigned copied_beside, copied_between;
static _Atomic bool slow; /* each write takes a millisecond, each sync four */

/* Fails late enough for the next transaction to be committed meanwhile, where there is one. */
static inline int disk_fail(void)
{
    unsigned before = atomic_load(&writes);

    atomic_fetch_sub(&failing, 1);
    for (int i = 0; i < 50 && atomic_load(&writes) == before; i++)
        usleep(1000);
    errno = EIO;
    return -1;
}

static inline bool is_named(int fd, const char *name)
{
    char link[64], path[300] = "";

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return readlink(link, path, sizeof path - 1) > 0 && strcmp(strrchr(path, '/'), name) == 0;
}

static inline int disk_sync(int fd)
{
    if (atomic_load(&failing) > 0 && is_named(fd, "/spool.db-wal")) {
        if (atomic_load(&sound) == 0)
            return disk_fail();
        atomic_fetch_sub(&sound, 1);
    }
    if (atomic_load(&unsyncable) > 0 && is_named(fd, "/spool.db")) {
        atomic_fetch_sub(&unsyncable, 1);
        atomic_store(&owing, true);
        errno = EIO;
        return -1;
    }
    if (atomic_load(&owing) && is_named(fd, "/spool.db"))
        atomic_store(&owing, false);
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

static inline void copy_count(void)
{
    struct spool *spool = atomic_load(&counted);

    if (pthread_equal(pthread_self(), spool->checkpoint.thread))
        atomic_fetch_add(&copied_beside, 1);
    else
        atomic_fetch_add(&copied_between, 1);
}

OURS ssize_t pwrite64(int fd, const void *octets, size_t length, off64_t at)
{
    atomic_fetch_add(&writes, 1);
    if (at == 0 && atomic_load(&owing) && is_named(fd, "/spool.db-wal"))
        atomic_fetch_add(&begun_owing, 1);
    if (atomic_load(&counted) && is_named(fd, "/spool.db"))
        copy_count();
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

/* Until what follows a report, as a checkpoint, is over too. */
static inline void idle_await(struct spool *spool)
{
    for (bool busy = true; busy;) {
        pthread_mutex_lock(&spool->lock);
        busy = spool->executing || spool->syncing || spool->checkpoint.copying;
        if (!busy)
            spool->retry_at = 0; /* nor is a second waited before it tries again */
        pthread_mutex_unlock(&spool->lock);
    }
}

static inline unsigned kept_after_all(struct fixture *f, unsigned n)
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

/* Those that nobody refused, each with its event, and nobody else's. */
static inline void check_kept(struct fixture *f, unsigned kept, unsigned events)
{
    static struct rows rows;

    scan(f, SPOOL_SCAN_MESSAGES, "", &rows);
    assert_int_equal(rows.count, kept);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, events);
}

#endif
