/* One peer: its octets in, cut into lines; its answers and news out; cut off where
 * it misbehaves. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "smpp/logbook/counters.h"
#include "smpp/door/door_inner.h"
#include "smpp/logbook/log.h"

void connection_free(struct connection *peer)
{
    event_free(peer->readable);
    event_free(peer->writable);
    evbuffer_free(peer->out);
    free(peer);
}

void connection_cut(struct connection *peer)
{
    struct door *door = peer->door;
    struct request *request;
    if (peer->dead)
        return;
    peer->dead = true;
    while ((request = LIST_FIRST(&peer->requests)))
        request_orphan(request);
    event_del(peer->readable);
    event_del(peer->writable);
    close(peer->fd);
    LIST_REMOVE(peer, link);
    LIST_INSERT_HEAD(&door->graves, peer, link);
    counter_set(GAUGE_DOOR_CONNECTIONS, --door->connected);
    event_active(door->bury, EV_TIMEOUT, 0);
}

/* Told to the peer, behind what it is owed, as far as that goes; and to the log. */
static void connection_end_for(struct connection *peer, const char *reason, const char *why)
{
    char line[64];
    int n = snprintf(line, sizeof line, "no 0 reason=%s\n", reason);
    counter_add(COUNTER_DOOR_CUT, 1);
    log_warning("SD0023", "client cut off: %s uid=%u", why, (unsigned)peer->uid);
    (void)evbuffer_write(peer->out, peer->fd);
    if (!evbuffer_get_length(peer->out))
        (void)send(peer->fd, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    connection_cut(peer);
}

/* A peer's fault. */
static void connection_blame(struct connection *peer, const char *why)
{
    connection_end_for(peer, "bad-line", why);
}

static bool connection_is_full(const struct connection *peer)
{
    return peer->in_flight >= IN_FLIGHT_MAX || evbuffer_get_length(peer->out) > OUTPUT_PAUSE;
}

/* Hands over whole lines as long as the peer may have more under way. */
static void connection_serve(struct connection *peer)
{
    size_t at = 0;
    while (!peer->dead && !connection_is_full(peer)) {
        char *end = memchr(peer->in + at, '\n', peer->in_len - at);
        if (!end)
            break;
        size_t len = (size_t)(end - (peer->in + at));
        int e = request_take(peer, peer->in + at, len);
        if (e == -ENOMEM)
            connection_end_for(peer, "no-memory", "no memory is left for its request");
        else if (e < 0)
            connection_blame(peer, "a line breaks the grammar");
        if (e < 0)
            return;
        at += len + 1;
    }
    if (peer->dead)
        return;
    peer->in_len -= at;
    memmove(peer->in, peer->in + at, peer->in_len);
    bool full = connection_is_full(peer);
    if (!full && peer->in_len >= LINE_MAX_OCTETS) {
        connection_blame(peer, "a line is too long");
        return;
    }
    if (full != peer->paused) {
        peer->paused = full;
        if (full)
            event_del(peer->readable);
        else
            event_add(peer->readable, NULL);
    }
}

static bool connection_owes_nothing(const struct connection *peer)
{
    return !peer->in_flight && !evbuffer_get_length(peer->out);
}

/* Nothing more comes. A peer that still listens (`echo ... | socat`) gets what it asked for; a Unix
 * socket tells the difference by POLLHUP. */
static void connection_end(struct connection *peer, bool failed)
{
    struct pollfd look = {.fd = peer->fd};
    if (failed || connection_owes_nothing(peer) || poll(&look, 1, 0) < 0 ||
        (look.revents & (POLLHUP | POLLERR))) {
        connection_cut(peer);
        return;
    }
    peer->ended = true;
    event_del(peer->readable);
}

/* recvmsg without room for control data: a passed descriptor is dropped by the kernel, not
 * received, and MSG_CTRUNC tells that there was one. */
static void connection_read(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct connection *peer = arg;
    struct iovec room = {peer->in + peer->in_len, LINE_MAX_OCTETS - peer->in_len};
    struct msghdr msg = {.msg_iov = &room, .msg_iovlen = 1};
    ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        connection_end(peer, n < 0);
        return;
    }
    if (msg.msg_flags & MSG_CTRUNC) {
        connection_blame(peer, "it passed a descriptor");
        return;
    }
    peer->in_len += (size_t)n;
    connection_serve(peer);
}

/* False where the peer has gone. */
static bool connection_flush(struct connection *peer)
{
    if (evbuffer_get_length(peer->out) && evbuffer_write(peer->out, peer->fd) < 0 &&
        errno != EAGAIN && errno != EINTR) {
        connection_cut(peer);
        return false;
    }
    if (evbuffer_get_length(peer->out))
        event_add(peer->writable, NULL);
    return true;
}

static void connection_write(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connection *peer = arg;
    if (peer->dead || !connection_flush(peer))
        return;
    if (peer->ended && connection_owes_nothing(peer))
        connection_cut(peer);
    else if (peer->paused)
        connection_serve(peer);
}

void connection_put(struct connection *peer, const char *octets, size_t len)
{
    size_t limit = peer->role == DOOR_CTL ? OUTPUT_MAX_CTL : OUTPUT_MAX;
    if (peer->dead)
        return;
    if (evbuffer_get_length(peer->out) + len > limit || evbuffer_add(peer->out, octets, len) < 0) {
        counter_add(COUNTER_DOOR_CUT, 1);
        log_warning("SD0024", "client cut off: it does not read uid=%u", (unsigned)peer->uid);
        connection_cut(peer);
        return;
    }
    event_active(peer->writable, EV_WRITE, 0); /* one write for all that this turn brings */
}

static void connection_greet(struct connection *peer)
{
    const struct door_parts *parts = &peer->door->parts;
    char line[LINE_MAX_OCTETS + 1];
    struct line_writer w;
    line_begin(&w, line, sizeof line - 1);
    line_verb(&w, "smppd", "1");
    _Static_assert(DOOR_VERSION == 1, "the greeting says so");
    if (parts->greet)
        parts->greet(parts->ctx, &w);
    if (line_end(&w) > 0)
        connection_put(peer, line, w.len);
}

int connection_open(struct door *door, int fd, uid_t uid)
{
    struct connection *peer = calloc(1, sizeof *peer);
    if (!peer)
        return -ENOMEM;
    peer->door = door;
    peer->fd = fd;
    peer->uid = uid;
    LIST_INIT(&peer->requests);
    peer->out = evbuffer_new();
    peer->readable = event_new(door->parts.base, fd, EV_READ | EV_PERSIST, connection_read, peer);
    peer->writable = event_new(door->parts.base, fd, EV_WRITE, connection_write, peer);
    if (!peer->out || !peer->readable || !peer->writable || event_add(peer->readable, NULL) < 0) {
        if (peer->out)
            evbuffer_free(peer->out);
        if (peer->readable)
            event_free(peer->readable);
        if (peer->writable)
            event_free(peer->writable);
        free(peer);
        return -ENOMEM;
    }
    LIST_INSERT_HEAD(&door->connections, peer, link);
    counter_set(GAUGE_DOOR_CONNECTIONS, ++door->connected);
    connection_greet(peer);
    return 0;
}
