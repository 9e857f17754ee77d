/* The module's part of a benchmark of smppd: many callers on one socket, each waiting for its `ok`.
 *
 * Prints one line: how many were asked and said ok, in what time, and how long an ok took. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "test/smsc/latency.h"

enum { ROOM = 1 << 20, CALLERS = 4096, MOST = 100000 /* visitors of one run */ };

static struct load {
    int fd;
    unsigned callers, run;
    uint64_t visitors, asked, ok, no, most;
    int64_t began, until, began_ms; /* the last since 1970 */
    int64_t at[CALLERS];            /* us, when the caller asked */
    int64_t came_ms[MOST];          /* when the visitor first asked */
    unsigned free[CALLERS], idle;
    char in[ROOM], out[ROOM], reason[128];
    size_t in_used, out_used;
    struct latency latency;
} load;

static int64_t now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void die(const char *what)
{
    fprintf(stderr, "door_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int door_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        die(path);
    return fd;
}

/* One to one, and without order. */
static uint64_t scatter(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* As the module makes them: sessions, keys and nonces begin with the time, a session with that when
 * the visitor came. The visitors take turns, each with a mobile of his own that no other run writes
 * to: neither quotas nor crowded codes are measured. */
static void ask(unsigned caller)
{
    uint64_t n = load.asked++, visitor = n % load.visitors;
    unsigned long long session = scatter((uint64_t)load.run << 32 | visitor), chance = scatter(n),
                       ms = (unsigned long long)(load.began_ms + (now_us() - load.began) / 1000);
    if (n < load.visitors)
        load.came_ms[visitor] = (int64_t)ms;
    load.at[caller] = now_us();
    load.out_used += (size_t)snprintf(
        load.out + load.out_used, ROOM - load.out_used,
        "send %u session=%012llx%04x%016llx mobile=%llu name=Ana text=hola%%20%llu "
        "key=%012llx%016llx%04x nonce=%012llx%04x%016llx\n",
        caller, (unsigned long long)load.came_ms[visitor], load.run, session,
        8092000000ull + load.run * MOST + (unsigned long long)visitor, (unsigned long long)n, ms,
        chance, load.run, ms, load.run, chance);
}

static void line_take(const char *line)
{
    char verb[8];
    unsigned caller;
    bool answered = sscanf(line, "%7s %u", verb, &caller) == 2 && caller < load.callers;
    if (!answered || !load.at[caller] || (strcmp(verb, "ok") != 0 && strcmp(verb, "no") != 0))
        return; /* the greeting, the answer to hello */
    latency_add(&load.latency, (uint64_t)(now_us() - load.at[caller]));
    load.at[caller] = 0;
    load.free[load.idle++] = caller;
    if (strcmp(verb, "ok") == 0) {
        load.ok++;
        return;
    }
    if (!load.no++)
        snprintf(load.reason, sizeof load.reason, "%.120s", line);
}

static void hear(void)
{
    ssize_t got = read(load.fd, load.in + load.in_used, ROOM - load.in_used - 1);
    char *line = load.in, *end;
    if (got <= 0)
        die("smppd closed the connection");
    load.in_used += (size_t)got;
    load.in[load.in_used] = '\0';
    for (; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        line_take(line);
    }
    load.in_used -= (size_t)(line - load.in);
    memmove(load.in, line, load.in_used);
}

static void say(void)
{
    ssize_t put = load.out_used ? write(load.fd, load.out, load.out_used) : 0;
    if (put < 0)
        die("cannot write to smppd");
    load.out_used -= (size_t)put;
    memmove(load.out, load.out + put, load.out_used);
}

static void turn(void)
{
    struct pollfd at = {.fd = load.fd, .events = POLLIN};
    bool more = load.asked < load.most && now_us() < load.until;
    while (more && load.idle && load.asked < load.most && load.out_used < ROOM - 512)
        ask(load.free[--load.idle]);
    say();
    if (poll(&at, 1, 100) > 0)
        hear();
}

/* RUN 0 to 79 has mobiles of its own; at most MOST visitors, by default as many. */
static bool arguments_take(int argc, char **argv)
{
    if (argc != 6 && argc != 7)
        return false;
    load.callers = (unsigned)atoi(argv[2]);
    load.most = strtoull(argv[3], NULL, 10);
    load.run = (unsigned)atoi(argv[5]);
    load.visitors = argc == 7 ? strtoull(argv[6], NULL, 10) : MOST;
    return load.callers >= 1 && load.callers <= CALLERS && load.run < 80 && load.visitors >= 1 &&
           load.visitors <= MOST;
}

int main(int argc, char **argv)
{
    if (!arguments_take(argc, argv)) {
        fprintf(stderr, "usage: door_load SOCKET CALLERS MESSAGES SECONDS RUN [VISITORS]\n");
        return 2;
    }
    load.fd = door_connect(argv[1]);
    for (unsigned i = 0; i < load.callers; i++)
        load.free[load.idle++] = i;
    load.out_used = (size_t)snprintf(load.out, ROOM, "hello hello role=module\n");
    load.began = now_us();
    load.began_ms = (int64_t)time(NULL) * 1000;
    load.until = load.began + (int64_t)(atof(argv[4]) * 1e6);
    do
        turn();
    while (load.idle < load.callers || (load.asked < load.most && now_us() < load.until));
    double took = (double)(now_us() - load.began) / 1e6;
    printf("ok=%llu no=%llu seconds=%.6f per_second=%.1f p50_us=%llu p99_us=%llu%s%s\n",
           (unsigned long long)load.ok, (unsigned long long)load.no, took, (double)load.ok / took,
           (unsigned long long)latency_at(&load.latency, 0.5),
           (unsigned long long)latency_at(&load.latency, 0.99), load.no ? " first-no: " : "",
           load.reason);
    return 0;
}
