/* Browser windows of many visitors: each polls again and again, is woken by answers, ended by time,
 * or leaves in the midst. Every window has to see every answer of its visitor once, in order.
 *
 * Standard input: a line `cookie cursor mobile code` for each visitor, then commands, one answer
 * line each: `run N S` until N waits are over or S seconds, and everybody has seen everything. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/stack/loopback.h"

enum {
    WINDOWS = 4, /* as many as one session may have */
    VISITORS = 200,
    ROOM = 1 << 16,
    EVENTS = 64,
    PAUSE_MS = 1300, /* of a mobile, now and then: longer than the shortest wait */
    LAST_MS = 30000, /* for what is under way when a run is over */
};

struct visitor {
    char cookie[80], code[8], mobile[16];
    unsigned said, saw; /* `saw`: windows that have seen the last answer */
    int64_t next_at;    /* when the mobile answers again */
};

struct window {
    struct visitor *visitor;
    int fd;
    bool leaving;
    unsigned seen;
    long long cursor;
    size_t used;
    char in[ROOM];
};

static struct {
    uint16_t port;
    int epoll, smsc;
    unsigned visitors;
    struct visitor visitor[VISITORS];
    struct window *window;
    bool over;
    unsigned long long woken, timed, left, closed, refused;
} all;

static bool chance(unsigned percent)
{
    return (unsigned)rand() % 100 < percent;
}

static void window_close(struct window *w, bool reset)
{
    struct linger hard = {.l_onoff = 1};
    if (reset)
        setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(w->fd);
    w->fd = -1;
    w->used = 0;
}

/* The next poll; most are long. One in ten is left before it is answered. */
static void window_ask(struct window *w)
{
    char request[256];
    if (w->fd < 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = w};
        w->fd = loopback_connect(all.port);
        epoll_ctl(all.epoll, EPOLL_CTL_ADD, w->fd, &event);
    }
    int length = snprintf(request, sizeof request,
                          "GET /sms/poll?after=%lld&wait=%d HTTP/1.1\r\n"
                          "Host: localhost\r\nCookie: %s\r\n\r\n",
                          w->cursor, chance(30) ? 1 : 20, w->visitor->cookie);
    w->used = 0;
    w->leaving = !all.over && chance(10);
    if (send(w->fd, request, (size_t)length, MSG_NOSIGNAL) != length)
        w->leaving = true; /* closed a moment ago */
}

static void window_leave(struct window *w)
{
    all.left++;
    window_close(w, chance(50));
    window_ask(w);
}

/* Those who leave do so when somebody else is answered: their polls are held by
 * then, or not yet. */
static void some_leave(const struct window *but)
{
    struct window *w = &all.window[(unsigned)rand() % (all.visitors * WINDOWS)];
    if (w != but && w->leaving)
        window_leave(w);
}

static void replies_take(struct window *w)
{
    for (const char *at = w->in; (at = strstr(at, "\"text\":\"m")); at++) {
        unsigned number = (unsigned)atoi(at + strlen("\"text\":\"m"));
        if (number != ++w->seen)
            die("an answer is lost or doubled", at);
        w->visitor->saw += number == w->visitor->said;
    }
}

static void answer_take(struct window *w)
{
    const char *cursor = strstr(w->in, "\"cursor\":");
    if (strncmp(w->in, "HTTP/1.1 503", 12) == 0) { /* memcached took longer than it may */
        all.refused++;
        window_close(w, false);
        window_ask(w);
        return;
    }
    if (strncmp(w->in, "HTTP/1.1 200", 12) != 0 || !cursor)
        die("no poll's answer", w->in);
    w->cursor = strtoll(cursor + strlen("\"cursor\":"), NULL, 10);
    if (strstr(w->in, "\"events\":[]"))
        all.timed++;
    else
        all.woken++;
    replies_take(w);
    window_ask(w);
}

static void window_hear(struct window *w)
{
    ssize_t got = recv(w->fd, w->in + w->used, ROOM - 1 - w->used, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return; /* an event of the connection it had before it left */
    if (got <= 0 && w->used)
        die("httpd closed a connection in an answer", w->in);
    if (got <= 0) { /* a kept connection may be closed at any time: a browser comes back */
        all.closed++;
        window_close(w, false);
        window_ask(w);
        return;
    }
    w->used += (size_t)got;
    w->in[w->used] = '\0';
    if (!loopback_is_whole(w->in, w->used))
        return;
    answer_take(w);
    some_leave(w);
}

static void smsc_hear(void)
{
    char answers[8192];
    ssize_t got = recv(all.smsc, answers, sizeof answers - 1, 0);
    answers[got > 0 ? got : 0] = '\0';
    if (got <= 0 || strstr(answers, "\"error\"")) /* a problem; many answers may come at once */
        die("the SMSC refused an answer", answers);
}

static void mobile_answers(struct visitor *v)
{
    char text[16];
    snprintf(text, sizeof text, "m%u", ++v->said);
    v->saw = 0;
    v->next_at = 0;
    loopback_mobile_says(all.smsc, v->mobile, v->code, text);
}

/* Each mobile answers once all windows have seen its last answer, now and then after a pause. True
 * where none is owed anything. */
static bool mobiles_answer(int64_t now)
{
    bool quiet = true;
    for (unsigned i = 0; i < all.visitors; i++) {
        struct visitor *v = &all.visitor[i];
        if (v->said && v->saw < WINDOWS)
            quiet = false;
        else if (!v->next_at)
            v->next_at = now + (chance(5) ? PAUSE_MS : 1);
        else if (!all.over && v->next_at <= now)
            mobile_answers(v);
    }
    return quiet;
}

static void turn(void)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(all.epoll, events, EVENTS, 1);
    for (int i = 0; i < n; i++)
        if (events[i].data.ptr)
            window_hear(events[i].data.ptr);
        else
            smsc_hear();
}

static void run(unsigned long long waits, int64_t seconds)
{
    int64_t until = now_us() / 1000 + seconds * 1000;
    all.over = false;
    all.woken = all.timed = all.left = all.closed = all.refused = 0;
    for (unsigned i = 0; i < all.visitors * WINDOWS; i++)
        window_ask(&all.window[i]);
    for (bool quiet = false; !all.over || !quiet;) {
        int64_t now = now_us() / 1000;
        all.over |= all.woken + all.timed + all.left >= waits || now >= until;
        quiet = mobiles_answer(now);
        if (now > until + LAST_MS)
            die("an answer never came", "");
        turn();
    }
    for (unsigned i = 0; i < all.visitors * WINDOWS; i++)
        window_close(&all.window[i], false);
    printf("woken=%llu timed=%llu left=%llu closed=%llu refused=%llu\n", all.woken, all.timed,
           all.left, all.closed, all.refused);
    fflush(stdout);
}

static bool visitor_read(const char *line, struct visitor *v, long long *cursor)
{
    return sscanf(line, "%79s %lld %15s %7s", v->cookie, cursor, v->mobile, v->code) == 4;
}

static void visitor_open(const struct visitor *v, long long cursor)
{
    struct window *w = &all.window[(v - all.visitor) * WINDOWS];
    for (int i = 0; i < WINDOWS; i++, w++) {
        w->visitor = &all.visitor[v - all.visitor];
        w->fd = -1;
        w->cursor = cursor;
    }
}

int main(int argc, char **argv)
{
    char line[256];
    long long cursor;
    unsigned long long waits;
    int seconds;
    struct epoll_event event = {.events = EPOLLIN};
    if (argc != 3) {
        fprintf(stderr, "usage: windows HTTPD-PORT SMSC-HTTP-PORT\n");
        return 2;
    }
    all.port = (uint16_t)atoi(argv[1]);
    all.smsc = loopback_connect((uint16_t)atoi(argv[2]));
    all.epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(all.epoll, EPOLL_CTL_ADD, all.smsc, &event);
    all.window = calloc(VISITORS * WINDOWS, sizeof *all.window);
    if (!all.window)
        die("out of memory", "");
    while (fgets(line, sizeof line, stdin))
        if (sscanf(line, "run %llu %d", &waits, &seconds) == 2)
            run(waits, seconds);
        else if (all.visitors < VISITORS && visitor_read(line, &all.visitor[all.visitors], &cursor))
            visitor_open(&all.visitor[all.visitors++], cursor);
        else
            die("no such command", line);
    return 0;
}
