/* One question to smppd: connect, hello, ask, print, leave. */
#include "smpp/ctl/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "smpp/ctl/table.h"

static const char *socket_path;

/* What smppd's reasons mean to an operator; others are printed as they are. */
static const struct {
    const char *reason, *meaning;
} meanings[] = {
    {"not-allowed", "you are neither root nor the user smppd runs as"},
    {"too-many", "too many connections; see `connections` in smppd.conf"},
    {"no-memory", "smppd has no memory left; look at its log"},
    {"timeout", "smppd did not get it done in time; look at its log"},
    {"spool-down", "the spool does not work; look at smppd's log"},
    {"spool-full", "the disk is full"},
    {"queue-full", "too much waits; try again in a moment"},
    {"store-down", "memcached does not answer"},
    {"draining", "smppd is about to stop"},
    {"bad-field", "smppd knows no such value"},
    {"bad-config", "smppd.conf is wrong; nothing has changed"},
    {"unknown-verb", "this smppd does not know that; it is of another version"},
};

void ask_socket(const char *path)
{
    socket_path = path;
}

static const char *path_now(void)
{
    const char *path = socket_path ? socket_path : getenv("SMPPD_SOCKET");
    return path && *path ? path : "/run/smppd/socket";
}

static FILE *peer_open(unsigned patience_s)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = patience_s};
    if (strlen(path_now()) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    strcpy(name.sun_path, path_now());
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return NULL;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    FILE *peer = connect(fd, (struct sockaddr *)&name, sizeof name) < 0 ? NULL : fdopen(fd, "r");
    if (!peer) {
        int e = errno;
        close(fd);
        errno = e;
    }
    return peer;
}

static int unreachable(const char *what)
{
    fprintf(stderr, "smppctl: smppd on %s %s.\n", path_now(), what);
    return CTL_UNREACHABLE;
}

/* False with errno. */
static bool request_write(int peer, const struct ask *ask)
{
    char out[LINE_MAX_OCTETS + 1];
    struct line_writer w;
    line_begin(&w, out, LINE_MAX_OCTETS);
    line_verb(&w, "hello", "h");
    line_put(&w, "role", "ctl");
    line_end(&w);
    line_verb(&w, ask->verb, "q");
    for (unsigned i = 0; i < ASK_FIELDS && ask->field[i].name; i++)
        line_put(&w, ask->field[i].name, ask->field[i].value);
    errno = EMSGSIZE;
    return line_end(&w) > 0 && send(peer, out, w.len, MSG_NOSIGNAL) == (ssize_t)w.len;
}

void ask_ok_print(const struct line *line)
{
    char value[512];
    for (unsigned i = 0; i < line->fields; i++)
        printf("%-16s %s\n", line->field[i].name,
               table_value(value, sizeof value, line->field[i].name, line->field[i].value));
}

static int refusal_print(const struct ask *ask, const struct line *line)
{
    char value[512];
    const char *reason = line_get(line, "reason");
    const char *meaning = NULL;
    if (ask->unknown && reason && strcmp(reason, "bad-field") == 0) {
        fprintf(stderr, "smppctl: %s\n", ask->unknown);
        return CTL_NO;
    }
    for (size_t i = 0; reason && i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(meanings[i].reason, reason) == 0)
            meaning = meanings[i].meaning;
    fprintf(stderr, "smppctl: smppd refused: %s", reason ? reason : "no reason given");
    if (meaning)
        fprintf(stderr, " (%s)", meaning);
    for (unsigned i = 0; i < line->fields; i++)
        if (strcmp(line->field[i].name, "reason") != 0)
            fprintf(stderr, " %s: %s", line->field[i].name,
                    table_value(value, sizeof value, "", line->field[i].value));
    fputs("\n", stderr);
    return CTL_NO;
}

static int answer_print(const struct ask *ask, const struct table *table, const struct line *line)
{
    if (strcmp(line->verb, "ok") != 0)
        return refusal_print(ask, line);
    if (table_rows(table))
        table_print(table, stdout);
    else if (ask->empty)
        puts(ask->empty);
    if (ask->ok)
        ask->ok(line);
    return CTL_OK;
}

/* Lines up to the answer. The greeting and the answer to hello are passed over,
 * unless it is a no. */
static int answer_read(FILE *peer, const struct ask *ask, struct table *table)
{
    char text[LINE_MAX_OCTETS + 2];
    struct line line;
    while (fgets(text, sizeof text, peer)) {
        if (strncmp(text, "smppd ", 6) == 0)
            continue;
        if (line_parse(&line, text, strlen(text)) < 0)
            return unreachable("does not speak its protocol");
        if (strcmp(line.verb, "item") == 0) {
            if (table_add(table, &line) < 0)
                return unreachable("says more than there is memory for");
            continue;
        }
        if (strcmp(line.tag, "q") == 0 || strcmp(line.verb, "no") == 0)
            return answer_print(ask, table, &line);
    }
    return unreachable(errno == EAGAIN ? "does not answer in time" : "closed the connection");
}

int ask_put(const struct ask *ask)
{
    FILE *peer = peer_open(ask->patience_s ? ask->patience_s : 5);
    if (!peer)
        return unreachable(errno == EACCES ? "may not be opened by you; be root or its user"
                           : errno == ENOENT || errno == ECONNREFUSED
                               ? "does not run; start it, or name another socket with -s"
                               : strerror(errno));
    struct table *table = table_new();
    /* Who was turned away can still read why. */
    bool asked = table && (request_write(fileno(peer), ask) || errno == EPIPE);
    errno = 0;
    int status = asked ? answer_read(peer, ask, table) : unreachable("takes no request");
    table_free(table);
    fclose(peer);
    return status;
}
