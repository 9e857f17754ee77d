/* See daemon_link.h. */
#include "mod_smsinteractivo/backend/daemon_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { VERSION = 1 };

int64_t boottime_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now); /* cannot fail with a valid clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 0 when the socket is ready, -ETIMEDOUT at the deadline. */
static int wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - boottime_ms();
        struct pollfd ask = {.fd = fd, .events = events};
        int ready = left > 0 ? poll(&ask, 1, (int)left) : 0;
        if (ready > 0)
            return 0;
        if (ready == 0)
            return -ETIMEDOUT;
        if (errno != EINTR)
            return -errno;
    }
}

int daemon_link_write(struct daemon_link *link, const char *text, size_t len, int64_t deadline)
{
    while (len > 0) {
        ssize_t done = send(link->fd, text, len, MSG_NOSIGNAL);
        if (done >= 0) {
            text += done;
            len -= (size_t)done;
            continue;
        }
        int e = errno == EAGAIN  ? wait_for(link->fd, POLLOUT, deadline)
                : errno == EINTR ? 0
                                 : -errno;
        if (e < 0)
            return e;
    }
    return 0;
}

int daemon_link_read(struct daemon_link *link, int64_t deadline)
{
    if (link->have == sizeof link->in)
        return -EPROTO;
    for (;;) {
        ssize_t got = recv(link->fd, link->in + link->have, sizeof link->in - link->have, 0);
        if (got > 0) {
            link->have += (size_t)got;
            return 0;
        }
        if (got == 0)
            return -ECONNRESET;
        int e = errno == EAGAIN  ? wait_for(link->fd, POLLIN, deadline)
                : errno == EINTR ? 0
                                 : -errno;
        if (e < 0)
            return e;
    }
}

size_t daemon_link_line(struct daemon_link *link, char out[static LINE_MAX_OCTETS])
{
    char *end = memchr(link->in, '\n', link->have);
    if (!end || end - link->in >= LINE_MAX_OCTETS)
        return 0;
    size_t len = (size_t)(end - link->in);
    memcpy(out, link->in, len);
    out[len] = '\0';
    link->have -= len + 1;
    memmove(link->in, end + 1, link->have);
    return len;
}

/* The next line, waited for and parsed into `line`, which points into `text`. */
static int line_await(struct daemon_link *link, struct line *line,
                      char text[static LINE_MAX_OCTETS], int64_t deadline)
{
    size_t len;
    while ((len = daemon_link_line(link, text)) == 0) {
        int e = daemon_link_read(link, deadline);
        if (e < 0)
            return e;
    }
    return line_parse(line, text, len) < 0 ? -EPROTO : 0;
}

static int greeting_take(struct daemon_link *link, const struct line *line)
{
    const char *policy = line_get(line, "policy"), *notice = line_get(line, "notice");
    const char *instance = line_get(line, "instance");
    int64_t now = line_number(line, "now", 0);
    char version[8];
    (void)snprintf(version, sizeof version, "%d", VERSION); /* always fits */
    if (strcmp(line->verb, "smppd") != 0 || strcmp(line->tag, version) != 0 || now == 0)
        return -EPROTO;
    link->greeting.idle = line_number(line, "idle", GREETING_IDLE_MS);
    (void)snprintf(link->greeting.instance, sizeof link->greeting.instance, "%s",
                   instance ? instance : "");
    link->greeting.ahead = now - boottime_ms();
    (void)snprintf(link->greeting.policy, sizeof link->greeting.policy, "%s",
                   policy ? policy : "translit");
    /* A longer notice is cut: only the count of SMS would suffer. */
    (void)snprintf(link->greeting.notice, sizeof link->greeting.notice, "%s", notice ? notice : "");
    return 0;
}

int daemon_link_say(struct daemon_link *link, const char *text, int64_t deadline)
{
    struct line line;
    char answer[LINE_MAX_OCTETS];
    int e = daemon_link_write(link, text, strlen(text), deadline);
    if (e == 0)
        e = line_await(link, &line, answer, deadline);
    return e < 0 ? e : strcmp(line.verb, "ok") == 0 ? 0 : -EPROTO;
}

static int hello_say(struct daemon_link *link, int64_t deadline)
{
    struct line line;
    char text[LINE_MAX_OCTETS];
    int e = line_await(link, &line, text, deadline);
    if (e == 0)
        e = greeting_take(link, &line);
    return e < 0 ? e : daemon_link_say(link, "hello 0 role=module\n", deadline);
}

int daemon_link_open(struct daemon_link *link, const char *path, int64_t deadline)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    link->have = 0;
    link->fd = -1;
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0)
        return -errno;
    int e = connect(link->fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
    if (e == 0)
        e = hello_say(link, deadline);
    if (e < 0)
        daemon_link_close(link);
    return e;
}

void daemon_link_close(struct daemon_link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
    link->have = 0;
}
