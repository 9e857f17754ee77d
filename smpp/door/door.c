/* Listens on the Unix socket and lets in whom it may. */
#include "smpp/door/door.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "smpp/logbook/counters.h"
#include "smpp/door/door_inner.h"
#include "smpp/logbook/log.h"

enum { BACKLOG = 64, SHED_AT_ONCE = 16 };

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

static bool uid_is_allowed(const struct door *door, uid_t uid)
{
    if (uid == 0 || uid == getuid())
        return true;
    for (unsigned i = 0; i < door->parts.uid_count; i++)
        if (door->uids[i] == uid)
            return true;
    return false;
}

static unsigned connections_of(const struct door *door, uid_t uid)
{
    unsigned count = 0;
    const struct connection *peer;
    LIST_FOREACH(peer, &door->connections, link)
    count += peer->uid == uid;
    return count;
}

/* NULL, or why this peer may not come in. */
static const char *peer_refused(const struct door *door, uid_t uid)
{
    if (!uid_is_allowed(door, uid))
        return "not-allowed";
    if (door->connected >= door->parts.connections ||
        connections_of(door, uid) >= door->parts.per_uid)
        return "too-many";
    return NULL;
}

static void peer_admit(struct door *door, int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0) {
        close(fd);
        return;
    }
    const char *reason = peer_refused(door, peer.uid);
    counter_add(COUNTER_DOOR_ACCEPTED, 1);
    if (!reason && connection_open(door, fd, peer.uid) == 0)
        return;
    counter_add(COUNTER_DOOR_REFUSED, 1);
    reason = reason ? reason : "no-memory";
    log_warning("SD0025", "client refused: reason=%s uid=%u pid=%d", reason, (unsigned)peer.uid,
                (int)peer.pid);
    char line[64];
    int n = snprintf(line, sizeof line, "no 0 reason=%s\n", reason);
    (void)send(fd, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL); /* best effort: it is refused */
    close(fd);
}

static int spare_open(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* No descriptor is left: the spare one lets those who knock be turned away instead of waiting for
 * ever, then accepting rests for a second, so that the loop does not spin. */
static void door_rest(struct door *door, int error)
{
    log_warning("SD0026", "no client can be accepted, resting a second: %s", strerror(error));
    for (int i = 0; door->spare >= 0 && i < SHED_AT_ONCE; i++) {
        close(door->spare);
        int fd = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0)
            close(fd);
        door->spare = spare_open();
        if (fd < 0)
            break;
    }
    event_del(door->acceptable);
    event_add(door->resume, &(struct timeval){.tv_sec = 1});
}

static void door_resume(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct door *door = arg;
    if (door->spare < 0)
        door->spare = spare_open();
    if (door->fd >= 0)
        event_add(door->acceptable, NULL);
}

static void door_accept(evutil_socket_t listening, short what, void *arg)
{
    (void)what;
    struct door *door = arg;
    for (int i = 0; i < SHED_AT_ONCE; i++) {
        int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            peer_admit(door, fd);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            door_rest(door, errno);
        return; /* else nobody is left, or who knocked has gone */
    }
}

static void door_bury(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct door *door = arg;
    struct connection *peer;
    while ((peer = LIST_FIRST(&door->graves))) {
        LIST_REMOVE(peer, link);
        connection_free(peer);
    }
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
static int door_listen(struct door *door, struct why *why)
{
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

static int door_watch(struct door *door, struct why *why)
{
    struct event_base *base = door->parts.base;
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    door->patience = event_base_init_common_timeout(base, &patience);
    door->acceptable = event_new(base, door->fd, EV_READ | EV_PERSIST, door_accept, door);
    door->resume = evtimer_new(base, door_resume, door);
    door->bury = event_new(base, -1, 0, door_bury, door);
    door->spare = spare_open();
    if (!door->patience || !door->acceptable || !door->resume || !door->bury ||
        event_add(door->acceptable, NULL) < 0)
        return fail(why, "not enough memory");
    return 0;
}

void door_tune(struct door *door, const struct door_parts *parts)
{
    unsigned most = sizeof door->uids / sizeof *door->uids;
    door->parts.connections = parts->connections ? parts->connections : 64;
    door->parts.per_uid = parts->per_uid ? parts->per_uid : 16;
    door->parts.uid_count = parts->uid_count < most ? parts->uid_count : most;
    if (door->parts.uid_count)
        memcpy(door->uids, parts->uids, door->parts.uid_count * sizeof *door->uids);
}

struct door *door_open(const struct door_parts *parts, char *why, size_t room)
{
    struct why reason = {why, room};
    struct door *door = calloc(1, sizeof *door);
    if (!door || !(door->path = strdup(parts->path))) {
        free(door);
        fail(&reason, "not enough memory");
        return NULL;
    }
    door->parts = *parts;
    door->fd = door->spare = -1;
    LIST_INIT(&door->connections);
    LIST_INIT(&door->graves);
    door_tune(door, parts);
    if (door_listen(door, &reason) < 0 || door_watch(door, &reason) < 0) {
        door_close(door);
        return NULL;
    }
    return door;
}

void door_shut(struct door *door)
{
    struct stat st;
    if (door->fd < 0)
        return;
    if (door->acceptable)
        event_del(door->acceptable);
    /* Another smppd may have taken the name meanwhile. */
    if (door->inode && lstat(door->path, &st) == 0 && st.st_ino == door->inode)
        unlink(door->path);
    close(door->fd);
    door->fd = -1;
}

void door_close(struct door *door)
{
    struct connection *peer;
    if (!door)
        return;
    door_shut(door);
    while ((peer = LIST_FIRST(&door->connections))) {
        (void)evbuffer_write(peer->out, peer->fd); /* what fits: nobody waits for a slow reader */
        connection_cut(peer);
    }
    door_bury(-1, 0, door);
    if (door->acceptable)
        event_free(door->acceptable);
    if (door->resume)
        event_free(door->resume);
    if (door->bury)
        event_free(door->bury);
    if (door->spare >= 0)
        close(door->spare);
    door->closed = true;
    door_release(door);
}

/* Freed by whichever comes last: door_close or the last request. */
void door_release(struct door *door)
{
    if (!door->closed || door->requests)
        return;
    free(door->path);
    free(door);
}

void door_news(struct door *door, const char *line, size_t len)
{
    struct connection *peer, *next;
    for (peer = LIST_FIRST(&door->connections); peer; peer = next) {
        next = LIST_NEXT(peer, link); /* putting may cut it */
        if (!peer->subscribed)
            continue;
        counter_add(COUNTER_DOOR_NEWS, 1);
        connection_put(peer, line, len);
    }
}
