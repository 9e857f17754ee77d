/* What was written, synced and renamed, and what of it a loss of power leaves; see disk.h. */
#include "test/unit/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES = 512, OPERATIONS = 1 << 18, SECTOR = 512, NAME = 80, DIRECTORY = 0 };

enum kind { WRITTEN, TRUNCATED, NAMED, UNNAMED, SYNCED, FAILED };
enum state { PENDING, SURE, STUCK };

/* Done to one file, or to the directory: a name stands for another file then, or for none. */
struct operation {
    enum kind kind;
    unsigned file; /* the directory is one */
    off_t at;      /* or the length; of a sync, the moment it began */
    size_t length;
    char *octets; /* written, or the name */
    unsigned named;
};

static struct operation operation[OPERATIONS];
static unsigned operations, files, fails_in;
static ino_t inode[FILES]; /* of a file; the newest of that number */
static char watched[200];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void broken(const char *why)
{
    fprintf(stderr, "disk: %s\n", why);
    abort();
}

/* ---- remembered ---- */

static void add(enum kind kind, unsigned file, off_t at, const void *octets, size_t length,
                unsigned named)
{
    struct operation *o = &operation[operations];

    if (operations == OPERATIONS)
        broken("too many operations");
    *o = (struct operation){kind, file, at, length, NULL, named};
    if (octets && !(o->octets = malloc(length + 1)))
        broken("no memory");
    if (octets)
        memcpy(o->octets, octets, length);
    operations++;
}

static unsigned file_of(ino_t number)
{
    for (unsigned f = files; f-- > 0;)
        if (inode[f] == number)
            return f;
    return FILES;
}

static unsigned file_new(ino_t number)
{
    if (files == FILES)
        broken("too many files");
    inode[files] = number;
    return files++;
}

/* Its index counts from SQLite's memory, and is made anew. */
static const char *name_in(const char *path)
{
    size_t length = strlen(watched);

    if (!length || strncmp(path, watched, length) != 0 || path[length] != '/' ||
        strstr(path, "-shm") || strlen(path + length + 1) >= NAME)
        return NULL;
    return path + length + 1;
}

/* FILES: none of ours. */
static unsigned file_at(int fd)
{
    struct stat st;

    return *watched && fstat(fd, &st) == 0 ? file_of(st.st_ino) : FILES;
}

static void rename_note(const char *name, unsigned file)
{
    add(file < FILES ? NAMED : UNNAMED, DIRECTORY, 0, name, strlen(name) + 1, file);
}

static int file_take(const char *path, int flags, mode_t mode)
{
    const char *name = name_in(path);
    bool is_new = name && access(path, F_OK) < 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    struct stat st;

    if (!name || fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return fd;
    if (is_new)
        rename_note(name, file_new(st.st_ino));
    else if (flags & O_TRUNC)
        add(TRUNCATED, file_of(st.st_ino), 0, NULL, 0, 0);
    return fd;
}

#define OURS __attribute__((visibility("default")))

#define OPEN(function)                                                                             \
    OURS int function(const char *path, int flags, ...)                                            \
    {                                                                                              \
        va_list more;                                                                              \
        int fd;                                                                                    \
        va_start(more, flags);                                                                     \
        pthread_mutex_lock(&lock);                                                                 \
        fd = file_take(path, flags, flags & O_CREAT ? va_arg(more, mode_t) : 0);                   \
        pthread_mutex_unlock(&lock);                                                               \
        va_end(more);                                                                              \
        return fd;                                                                                 \
    }
OPEN(open)
OPEN(open64)

OURS ssize_t pwrite64(int fd, const void *octets, size_t length, off64_t at)
{
    ssize_t written = syscall(SYS_pwrite64, fd, octets, length, at);

    pthread_mutex_lock(&lock);
    if (written > 0 && file_at(fd) < FILES)
        add(WRITTEN, file_at(fd), at, octets, (size_t)written, 0);
    pthread_mutex_unlock(&lock);
    return written;
}

OURS ssize_t write(int fd, const void *octets, size_t length)
{
    ssize_t written = syscall(SYS_write, fd, octets, length);

    pthread_mutex_lock(&lock);
    if (written > 0 && file_at(fd) < FILES)
        add(WRITTEN, file_at(fd), lseek(fd, 0, SEEK_CUR) - written, octets, (size_t)written, 0);
    pthread_mutex_unlock(&lock);
    return written;
}

static int truncated(int fd, off_t length)
{
    int error = (int)syscall(SYS_ftruncate, fd, length);

    pthread_mutex_lock(&lock);
    if (error == 0 && file_at(fd) < FILES)
        add(TRUNCATED, file_at(fd), length, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    return error;
}

OURS int ftruncate(int fd, off_t length)
{
    return truncated(fd, length);
}

OURS int ftruncate64(int fd, off64_t length)
{
    return truncated(fd, length);
}

OURS int rename(const char *from, const char *to)
{
    const char *old, *new;
    struct stat st;
    int error;

    pthread_mutex_lock(&lock);
    old = name_in(from);
    new = name_in(to);
    error = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (error == 0 && old && new &&stat(to, &st) == 0) {
        rename_note(new, file_of(st.st_ino));
        rename_note(old, FILES);
    }
    pthread_mutex_unlock(&lock);
    return error;
}

OURS int unlink(const char *path)
{
    const char *name;
    int error;

    pthread_mutex_lock(&lock);
    name = name_in(path);
    error = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (error == 0 && name)
        rename_note(name, FILES);
    pthread_mutex_unlock(&lock);
    return error;
}

/* Lasts long enough for others to be quicker. */
static int synced(int fd, bool may_fail)
{
    unsigned file, began;
    bool fails;

    pthread_mutex_lock(&lock);
    file = file_at(fd);
    began = operations;
    fails =
        file < FILES && may_fail && file != DIRECTORY && fails_in && rand() % (int)fails_in == 0;
    pthread_mutex_unlock(&lock);
    if (file == FILES)
        return 0;
    usleep((unsigned)rand() % 300);
    pthread_mutex_lock(&lock);
    add(fails ? FAILED : SYNCED, file, began, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    errno = EIO;
    return fails ? -1 : 0;
}

OURS int fdatasync(int fd)
{
    return synced(fd, true);
}

OURS int fsync(int fd)
{
    return synced(fd, false);
}

static void stand(const char *name, int fd)
{
    static char block[1 << 16];
    struct stat st;
    unsigned file;
    off_t at = 0;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    file = file_new(st.st_ino);
    rename_note(name, file);
    for (ssize_t got; (got = pread(fd, block, sizeof block, at)) > 0; at += got)
        add(WRITTEN, file, at, block, (size_t)got, 0);
    add(SYNCED, file, operations, NULL, 0, 0);
}

void disk_watch(const char *directory)
{
    DIR *dir = opendir(directory);
    struct stat st;

    while (operations > 0)
        free(operation[--operations].octets);
    files = 0;
    if (!dir || stat(directory, &st) < 0)
        broken("no directory");
    file_new(st.st_ino);
    for (struct dirent *entry; (entry = readdir(dir));) {
        int fd = openat(dirfd(dir), entry->d_name, O_RDONLY);

        stand(entry->d_name, fd);
        close(fd);
    }
    closedir(dir);
    add(SYNCED, DIRECTORY, operations, NULL, 0, 0);
    snprintf(watched, sizeof watched, "%s", directory);
}

void disk_fail(unsigned one_in)
{
    pthread_mutex_lock(&lock);
    fails_in = one_in;
    pthread_mutex_unlock(&lock);
}

void disk_rest(void)
{
    pthread_mutex_lock(&lock);
    *watched = '\0';
    pthread_mutex_unlock(&lock);
}

unsigned disk_now(void)
{
    unsigned now;

    pthread_mutex_lock(&lock);
    now = operations;
    pthread_mutex_unlock(&lock);
    return now;
}

/* ---- lost ---- */

/* What became of each operation until then. */
static void states_find(unsigned moment, unsigned char *state)
{
    unsigned from[FILES] = {0};

    memset(state, PENDING, moment);
    for (unsigned i = 0; i < moment; i++) {
        const struct operation *sync = &operation[i];

        if (sync->kind != SYNCED && sync->kind != FAILED)
            continue;
        for (; from[sync->file] < sync->at; from[sync->file]++)
            if (operation[from[sync->file]].file == sync->file)
                state[from[sync->file]] = sync->kind == SYNCED ? SURE : STUCK;
    }
}

/* The names as they are left: file by name, in the operations that gave them. */
static void names_lose(unsigned moment, const unsigned char *state, unsigned *seed, unsigned share,
                       const struct operation *of_file[FILES])
{
    bool going = true;

    for (unsigned i = 0; i < moment; i++) {
        const struct operation *o = &operation[i];

        if (o->kind != NAMED && o->kind != UNNAMED)
            continue;
        going = going && (state[i] == SURE || (unsigned)rand_r(seed) % 100 < share);
        if (!going && state[i] != SURE)
            continue;
        for (unsigned f = 0; f < files; f++)
            if (of_file[f] && strcmp(of_file[f]->octets, o->octets) == 0)
                of_file[f] = NULL;
        if (o->kind == NAMED)
            of_file[o->named] = o;
    }
}

static void sectors_lose(int fd, const struct operation *o, bool is_sure, unsigned *seed,
                         unsigned share)
{
    for (size_t done = 0, some; done < o->length; done += some) {
        off_t at = o->at + (off_t)done;

        some = SECTOR - (size_t)(at % SECTOR);
        if (some > o->length - done)
            some = o->length - done;
        if (is_sure || (unsigned)rand_r(seed) % 100 < share)
            if (syscall(SYS_pwrite64, fd, o->octets + done, some, at) < 0)
                broken("no room");
    }
}

void disk_lose(unsigned moment, unsigned *seed, const char *to)
{
    static const unsigned SHARE[] = {0, 50, 90, 100};
    unsigned share = SHARE[rand_r(seed) % 4];
    const struct operation *of_file[FILES] = {NULL};
    unsigned char *state = malloc(moment + 1);
    int fd[FILES];

    if (!state)
        broken("no memory");
    states_find(moment, state);
    names_lose(moment, state, seed, share, of_file);
    for (unsigned f = 0; f < files; f++) {
        char path[300];

        snprintf(path, sizeof path, "%s/%s", to, of_file[f] ? of_file[f]->octets : "");
        fd[f] = of_file[f] ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT, 0600) : -1;
    }
    for (unsigned i = 0; i < moment; i++) {
        const struct operation *o = &operation[i];

        if (fd[o->file] < 0)
            continue;
        if (o->kind == WRITTEN)
            sectors_lose(fd[o->file], o, state[i] == SURE, seed, share);
        else if (o->kind == TRUNCATED && (state[i] == SURE || (unsigned)rand_r(seed) % 100 < share))
            if (syscall(SYS_ftruncate, fd[o->file], o->at) < 0)
                broken("no room");
    }
    for (unsigned f = 0; f < files; f++)
        if (fd[f] >= 0)
            close(fd[f]);
    free(state);
}
