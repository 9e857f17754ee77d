/* For LD_PRELOAD: a disk that refuses. What the file $FAILING_DISK says, a word and an errno, is
 * what regular files meet: `write 30` a file system that became read-only (nothing is written, made
 * or opened for writing), `sync 5` a disk that takes octets and does not keep them. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

/* The next function of that name. */
#define REAL(name) (*(void **)&real = dlsym(RTLD_NEXT, name))

/* The errno that such a call meets; 0: none. */
static int trouble(const char *what)
{
    const char *path = getenv("FAILING_DISK");
    char line[32] = "", word[16] = "";
    int number = 0, saved = errno;
    static int (*real)(const char *, int, ...);
    if (!real)
        REAL("open");
    int fd = path ? real(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        if (read(fd, line, sizeof line - 1) > 0)
            (void)sscanf(line, "%15s %d", word, &number);
        close(fd);
    }
    errno = saved;
    return strcmp(word, what) == 0 ? number : 0;
}

static int trouble_of(int fd, const char *what)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? trouble(what) : 0;
}

#define REFUSED(e) ((e) && (errno = (e)))

SHOWN ssize_t pwrite64(int fd, const void *octets, size_t count, off64_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real)
        REAL("pwrite64");
    return REFUSED(trouble_of(fd, "write")) ? -1 : real(fd, octets, count, at);
}

SHOWN ssize_t write(int fd, const void *octets, size_t count)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        REAL("write");
    return REFUSED(trouble_of(fd, "write")) ? -1 : real(fd, octets, count);
}

SHOWN int ftruncate64(int fd, off64_t length)
{
    static int (*real)(int, off64_t);
    if (!real)
        REAL("ftruncate64");
    return REFUSED(trouble_of(fd, "write")) ? -1 : real(fd, length);
}

SHOWN int fdatasync(int fd)
{
    static int (*real)(int);
    if (!real)
        REAL("fdatasync");
    return REFUSED(trouble_of(fd, "sync")) ? -1 : real(fd);
}

SHOWN int fsync(int fd)
{
    static int (*real)(int);
    if (!real)
        REAL("fsync");
    return REFUSED(trouble_of(fd, "sync")) ? -1 : real(fd);
}

/* Both names of it, for what was compiled with and without large files. */
static int opened(const char *path, int flags, mode_t mode)
{
    static int (*real)(const char *, int, ...);
    struct stat st;
    if (!real)
        REAL("open64");
    bool regular = stat(path, &st) < 0 || S_ISREG(st.st_mode);
    if (regular && (flags & (O_WRONLY | O_RDWR | O_CREAT)) && REFUSED(trouble("write")))
        return -1;
    return real(path, flags, mode);
}

static mode_t mode_of(int flags, va_list more)
{
    return flags & O_CREAT ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
    SHOWN int name(const char *path, int flags, ...)                                               \
    {                                                                                              \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode_t mode = mode_of(flags, more);                                                        \
        va_end(more);                                                                              \
        return opened(path, flags, mode);                                                          \
    }
OPEN(open)
OPEN(open64)
