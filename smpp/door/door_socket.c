/* Where the door stands: the socket's directory, its name, and that no other smppd listens there.
 */
#include "smpp/door/door_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "smpp/logbook/log.h"

enum { BACKLOG = 64 };

struct why {
    char *out;
    size_t room;
};

__attribute__((format(printf, 2, 3))) static int fail(struct why *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why->out, why->room, format, args);
    va_end(args);
    return -1;
}

/* Made where missing; one that is ours alone lets the group through. */
static int directory_make(const struct door_parts *parts, char *path, struct why *why)
{
    const char *directory = dirname(path);
    struct stat st;
    if (mkdir(directory, 0750) < 0 && errno != EEXIST)
        return fail(why, "cannot make the socket's directory %s: %s", directory, strerror(errno));
    if (stat(directory, &st) < 0 || !S_ISDIR(st.st_mode))
        return fail(why, "%s is no directory", directory);
    if (parts->group != (gid_t)-1 && st.st_gid != parts->group && st.st_uid == geteuid() &&
        !(st.st_mode & S_IRWXO) && chown(directory, (uid_t)-1, parts->group) < 0)
        return fail(why, "cannot give %s to group %u: %s", directory, (unsigned)parts->group,
                    strerror(errno));
    if (st.st_mode & S_IWOTH)
        log_warning("SD0027", "anybody may write to the socket's directory: directory=%s",
                    directory);
    return 0;
}

/* A socket nobody listens on any more is removed; anything else that stands there is not ours. */
static int name_clear(const struct sockaddr_un *name, struct why *why)
{
    struct stat st;
    if (lstat(name->sun_path, &st) < 0)
        return errno == ENOENT
                   ? 0
                   : fail(why, "cannot look at %s: %s", name->sun_path, strerror(errno));
    if (!S_ISSOCK(st.st_mode))
        return fail(why, "%s is there and is no socket; remove it or set `socket` to another path",
                    name->sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(why, "cannot make a socket: %s", strerror(errno));
    int e = connect(fd, (const struct sockaddr *)name, sizeof *name) < 0 ? errno : 0;
    close(fd);
    if (e == ECONNREFUSED)
        return unlink(name->sun_path) < 0 ? fail(why, "cannot remove the old socket %s: %s",
                                                 name->sun_path, strerror(errno))
                                          : 0;
    if (e == 0 || e == EAGAIN)
        return fail(why, "a smppd already listens on %s; stop it or set `socket` to another path",
                    name->sun_path);
    return fail(why, "cannot tell whether a smppd listens on %s: %s", name->sun_path, strerror(e));
}

static int name_bind(struct door *door, const struct sockaddr_un *name, struct why *why)
{
    struct stat st;
    mode_t mask = umask(0117);
    int bound = bind(door->fd, (const struct sockaddr *)name, sizeof *name);
    int e = errno;
    umask(mask);
    if (bound < 0)
        return fail(why, "cannot bind %s: %s", door->path, strerror(e));
    if (door->parts.group != (gid_t)-1 && chown(door->path, (uid_t)-1, door->parts.group) < 0)
        return fail(why, "cannot give %s to group %u: %s", door->path, (unsigned)door->parts.group,
                    strerror(errno));
    if (listen(door->fd, BACKLOG) < 0 || lstat(door->path, &st) < 0)
        return fail(why, "cannot listen on %s: %s", door->path, strerror(errno));
    door->inode = st.st_ino;
    return 0;
}

/* The directory is locked meanwhile, so that of two that start at once one sees the other. */
int door_socket_open(struct door *door, char *out, size_t room)
{
    struct why reason = {out, room}, *why = &reason;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char path[sizeof name.sun_path];
    if (strlen(door->path) >= sizeof path)
        return fail(why, "the socket's path is longer than %zu octets: %s", sizeof path - 1,
                    door->path);
    strcpy(name.sun_path, door->path);
    strcpy(path, door->path);
    if (directory_make(&door->parts, path, why) < 0)
        return -1;
    door->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* dirname() left the directory */
    if (door->fd < 0 || lock < 0 || flock(lock, LOCK_EX) < 0) {
        fail(why, "cannot prepare %s: %s", path, strerror(errno));
        if (lock >= 0)
            close(lock);
        return -1;
    }
    int e = name_clear(&name, why) < 0 || name_bind(door, &name, why) < 0 ? -1 : 0;
    close(lock);
    return e;
}

void door_socket_close(struct door *door)
{
    struct stat st;
    if (door->fd < 0)
        return;
    /* Another smppd may have taken the name meanwhile. */
    if (door->inode && lstat(door->path, &st) == 0 && st.st_ino == door->inode)
        unlink(door->path);
    close(door->fd);
    door->fd = -1;
}
