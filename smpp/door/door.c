/* Lets in whom it may; see door.h. */
#include "smpp/door/door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "smpp/logbook/counters.h"
#include "smpp/door/door_inner.h"
#include "smpp/logbook/log.h"

enum { SHED_AT_ONCE = 16 };

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

static int door_watch(struct door *door)
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
        return -ENOMEM;
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
    struct door *door = calloc(1, sizeof *door);
    (void)snprintf(why, room, "not enough memory");
    if (!door || !(door->path = strdup(parts->path))) {
        free(door);
        return NULL;
    }
    door->parts = *parts;
    door->fd = door->spare = -1;
    LIST_INIT(&door->connections);
    LIST_INIT(&door->graves);
    door_tune(door, parts);
    if (door_socket_open(door, why, room) < 0 || door_watch(door) < 0) {
        door_close(door);
        return NULL;
    }
    return door;
}

void door_shut(struct door *door)
{
    if (door->acceptable)
        event_del(door->acceptable);
    door_socket_close(door);
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
