/* Many compare-and-swaps in one round trip; see store.h. libmemcached sends each `cas` by itself
 * and waits for its answer, so these go over a connection of our own, by the text protocol
 * (memcached's doc/protocol.txt, "Storage commands"). */
#include "smpp/store/ring.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    COMMAND_MOST = STORE_PREFIX_MAX + STORE_KEY_MAX + 80, /* without the value */
    OUT_ROOM = 65536,
    ANSWER_ROOM = 4096
};

/* ---- the connection ---- */

/* A socket whose calls wait wait_ms at most, connected; or -1. */
static int address_connect(int family, const struct sockaddr *address, socklen_t len,
                           unsigned wait_ms)
{
    struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    int one = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) < 0 ||
        connect(fd, address, len) < 0) {
        close(fd);
        return -1;
    }
    if (family != AF_UNIX)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* only slower without */
    return fd;
}

static int path_connect(const char *path, unsigned wait_ms)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path); /* ring.c measured it */
    return address_connect(AF_UNIX, (struct sockaddr *)&address, sizeof address, wait_ms);
}

static int host_connect(const char *host, const char *port, unsigned wait_ms)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int fd = -1;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    for (const struct addrinfo *each = found; each && fd < 0; each = each->ai_next)
        fd = address_connect(each->ai_family, each->ai_addr, each->ai_addrlen, wait_ms);
    freeaddrinfo(found);
    return fd;
}

static void line_close(struct server *server)
{
    if (server->fd >= 0)
        close(server->fd);
    server->fd = -1;
}

/* One that its server has closed meanwhile is opened anew. */
static int line_open(struct server *server, unsigned wait_ms)
{
    char octet;
    if (server->fd >= 0 && (recv(server->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
                            (errno != EAGAIN && errno != EWOULDBLOCK)))
        line_close(server); /* at its end, or out of step */
    if (server->fd < 0)
        server->fd = server->port ? host_connect(server->name, server->port, wait_ms)
                                  : path_connect(server->name, wait_ms);
    return server->fd < 0 ? -EAGAIN : 0;
}

/* ---- asking and answers ---- */

static int answer_read(const char *line)
{
    static const struct {
        const char *says;
        int e;
    } answers[] = {
        {"STORED", 0},
        {"EXISTS", -EEXIST},
        {"NOT_STORED", -EEXIST},
        {"NOT_FOUND", -ENOENT},
        {"SERVER_ERROR object too large for cache", -E2BIG},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (strcmp(line, answers[i].says) == 0)
            return answers[i].e;
    return -EAGAIN;
}

/* What is to be swapped on one server, in order. */
struct asking {
    struct server *server;
    struct store_swap *swap[STORE_SWAPS];
    const struct full_key *full[STORE_SWAPS];
    unsigned count, put, answered;
    char *out; /* those before `put`, the last of them */
    size_t room, len, sent;
    char in[ANSWER_ROOM];
    size_t used;
};

/* Takes the answers that have come whole. -EAGAIN: this is no answer to what was asked. */
static int answers_take(struct asking *asking)
{
    char *at = asking->in, *end = asking->in + asking->used, *stop;
    while ((stop = memchr(at, '\n', (size_t)(end - at)))) {
        if (asking->answered == asking->count || stop == at || stop[-1] != '\r')
            return -EAGAIN;
        stop[-1] = '\0';
        int e = answer_read(at);
        if (e == -EAGAIN && strncmp(at, "SERVER_ERROR ", 13) != 0)
            return e; /* it was not understood, and whatever follows neither */
        asking->swap[asking->answered++]->e = e;
        at = stop + 1;
    }
    asking->used = (size_t)(end - at);
    memmove(asking->in, at, asking->used);
    return asking->used < sizeof asking->in ? 0 : -EAGAIN;
}

static char *octets_put(char *at, const char *octets, size_t len)
{
    memcpy(at, octets, len);
    return at + len;
}

static char *number_put(char *at, uint64_t number)
{
    char digits[24], *first = digits + sizeof digits;
    do
        *--first = (char)('0' + number % 10);
    while (number /= 10);
    *at++ = ' ';
    return octets_put(at, first, (size_t)(digits + sizeof digits - first));
}

/* `cas KEY FLAGS LIFE OCTETS UNIQUE` or `add KEY FLAGS LIFE OCTETS`, and the value. */
static size_t command_put(char *out, const struct full_key *full, const struct store_swap *swap)
{
    char *at = octets_put(out, swap->cas ? "cas " : "add ", 4);
    at = octets_put(at, full->octets, full->len);
    at = number_put(at, 0);
    at = number_put(at, swap->life);
    at = number_put(at, swap->len);
    if (swap->cas)
        at = number_put(at, swap->cas);
    at = octets_put(at, "\r\n", 2);
    at = octets_put(at, swap->value, swap->len);
    return (size_t)(octets_put(at, "\r\n", 2) - out);
}

/* Fills the room with the next ones. */
static void commands_put(struct asking *asking)
{
    asking->len = asking->sent = 0;
    while (asking->put < asking->count &&
           asking->len + COMMAND_MOST + asking->swap[asking->put]->len <= asking->room) {
        asking->len += command_put(asking->out + asking->len, asking->full[asking->put],
                                   asking->swap[asking->put]);
        asking->put++;
    }
}

static bool is_for_later(ssize_t n)
{
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

/* Sends what is left as far as it goes, and reads what has come: waits for that where all is sent.
 * 1: nothing moved. */
static int line_move(struct asking *asking)
{
    int fd = asking->server->fd;
    if (asking->sent == asking->len)
        commands_put(asking);
    bool all = asking->sent == asking->len;
    ssize_t sent = all ? 0
                       : send(fd, asking->out + asking->sent, asking->len - asking->sent,
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !is_for_later(sent))
        return -EAGAIN;
    asking->sent += sent > 0 ? (size_t)sent : 0;
    all = asking->sent == asking->len && asking->put == asking->count;
    ssize_t got = recv(fd, asking->in + asking->used, sizeof asking->in - asking->used,
                       all ? 0 : MSG_DONTWAIT);
    if (got == 0 || (got < 0 && (all ? errno != EINTR : !is_for_later(got))))
        return -EAGAIN;
    asking->used += got > 0 ? (size_t)got : 0;
    return sent <= 0 && got <= 0 && !all ? 1 : 0;
}

static int ask(struct asking *asking, unsigned wait_ms)
{
    struct pollfd moves = {asking->server->fd, POLLIN | POLLOUT, 0};
    int e = 0;
    while (e == 0 && asking->answered < asking->count) {
        e = line_move(asking);
        if (e == 1)
            e = poll(&moves, 1, (int)wait_ms) > 0 ? 0 : -EAGAIN;
        if (e == 0)
            e = answers_take(asking);
    }
    return e;
}

/* Those of one server. */
static void server_swap(struct server *server, const struct full_key *full,
                        struct store_swap *swaps, unsigned count, unsigned wait_ms)
{
    struct asking asking = {.server = server, .room = OUT_ROOM};
    for (unsigned i = 0; i < count; i++) {
        if (full[i].server != server || swaps[i].e != -EAGAIN)
            continue;
        if (asking.room < COMMAND_MOST + swaps[i].len)
            asking.room = COMMAND_MOST + swaps[i].len;
        asking.full[asking.count] = &full[i];
        asking.swap[asking.count++] = &swaps[i];
    }
    if (asking.count == 0 || ring_is_quiet(server) || !(asking.out = malloc(asking.room)))
        return;
    int e = line_open(server, wait_ms);
    if (e == 0)
        e = ask(&asking, wait_ms);
    if (e < 0)
        line_close(server);
    (void)ring_settle(server, e); /* each swap has its own word */
    free(asking.out);
}

void store_swap_many(struct store *store, struct store_swap *swaps, unsigned count)
{
    struct full_key full[STORE_SWAPS];
    for (unsigned i = 0; i < count; i++)
        swaps[i].e = ring_find(store, swaps[i].key, &full[i]) < 0 ? -EINVAL : -EAGAIN;
    for (unsigned s = 0; s < store->servers; s++)
        server_swap(&store->server[s], full, swaps, count, store->wait_ms);
}
