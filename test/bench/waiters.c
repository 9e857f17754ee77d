/* Thousands of visitors' browsers: each opens the page, sends a message and holds a poll. Where a
 * security code is asked for they fetch the picture and know the code, for the secret is theirs.
 *
 * Commands on standard input, one answer line each: `wake N` lets mobiles answer one after the
 * other and tells how long it took from the answer's way into the SMSC to the last octet of the
 * poll's answer; `idle S` only keeps the polls. Ends with its input. */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "mod_smsinteractivo/captcha/captcha.h"
#include "test/smsc/latency.h"
#include "test/stack/loopback.h"

/* What Chromium says in each of its requests: httpd keeps it while the request waits. */
#define BROWSER                                                                                    \
    "Connection: keep-alive\r\nsec-ch-ua-platform: \"Windows\"\r\n"                                \
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "       \
    "Gecko) Chrome/138.0.0.0 Safari/537.36\r\n"                                                    \
    "sec-ch-ua: \"Not)A;Brand\";v=\"8\", \"Chromium\";v=\"138\", \"Google Chrome\";v=\"138\"\r\n"  \
    "sec-ch-ua-mobile: ?0\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"              \
    "Sec-Fetch-Dest: empty\r\nReferer: http://127.0.0.1/sms/\r\n"                                  \
    "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: es-DO,es;q=0.9,en;q=0.8\r\n"

enum {
    ROOM = 1 << 18,
    AT_ONCE = 16,
    EVENTS = 256,
    WAIT_SECONDS = 55,
    WAKE_SECONDS = 10,
    PATH_ROOM = 96,
    FORM_ROOM = 256
};
enum state { STATE_PAGE, STATE_SEND, STATE_PICTURE, STATE_VERIFY, STATE_POLL };

struct visitor {
    int fd;
    enum state state;
    unsigned number;
    long long cursor;
    char cookie[160], pending[CAPTCHA_ID_LENGTH + 1];
    char *in; /* the answer so far; NULL between two */
    size_t used;
};

static struct waiters {
    uint16_t port, smsc;
    unsigned count, opened, next;
    int epoll;
    struct visitor *visitor;
    struct visitor *wanted; /* whose mobile has just answered */
    uint64_t polls, stray, closed, away;
    unsigned long long first_mobile;
    struct captcha_secret secret;
} all;

/* Path and form of the request that a visitor's state calls for; a form makes it a POST. */
static void words_put(const struct visitor *v, char path[static PATH_ROOM],
                      char form[static FORM_ROOM])
{
    char code[CAPTCHA_CODE_ROOM];
    *path = *form = '\0';
    switch (v->state) {
    case STATE_PAGE:
        break;
    case STATE_SEND:
        snprintf(path, PATH_ROOM, "send");
        snprintf(form, FORM_ROOM, "name=Ana&number=%llu&message=hola+%u",
                 all.first_mobile + v->number, v->number);
        break;
    case STATE_PICTURE:
        snprintf(path, PATH_ROOM, "captcha/%s.png", v->pending);
        break;
    case STATE_VERIFY:
        captcha_code(&all.secret, v->pending, (unsigned)(time(NULL) / 86400), code);
        snprintf(path, PATH_ROOM, "verify");
        snprintf(form, FORM_ROOM, "pending=%s&code=%s", v->pending, code);
        break;
    case STATE_POLL:
        snprintf(path, PATH_ROOM, "poll?after=%lld&wait=%d", v->cursor, WAIT_SECONDS);
        break;
    }
}

static void ask(struct visitor *v)
{
    char request[2048], form[FORM_ROOM], path[PATH_ROOM];
    words_put(v, path, form);
    const char *method = *form ? "POST" : "GET";
    int length = snprintf(
        request, sizeof request,
        "%s /sms/%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: %s\r\n" BROWSER "%s%s%s"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        method, path, all.port, v->state == STATE_PAGE ? "text/html" : "application/json",
        *v->cookie ? "Cookie: " : "", v->cookie, *v->cookie ? "\r\n" : "", strlen(form), form);
    loopback_put(v->fd, request, length);
}

/* Connects and asks for what the visitor's state calls for. */
static void visitor_connect(struct visitor *v)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = v};
    v->fd = loopback_connect(all.port);
    epoll_ctl(all.epoll, EPOLL_CTL_ADD, v->fd, &event);
    ask(v);
}

/* Where one is set: a right code makes a new session. */
static void cookie_take(struct visitor *v)
{
    const char *at = strcasestr(v->in, "\r\nSet-Cookie: ");
    if (!at)
        return;
    at += strlen("\r\nSet-Cookie: ");
    snprintf(v->cookie, sizeof v->cookie, "%.*s", (int)strcspn(at, ";\r"), at);
}

static void poll_take(struct visitor *v)
{
    const char *cursor = strstr(v->in, "\"cursor\":");
    if (!cursor)
        die("no poll's answer", v->in);
    v->cursor = strtoll(cursor + strlen("\"cursor\":"), NULL, 10);
    all.polls++;
    if (strstr(v->in, "\"type\":\"reply\"") && all.wanted == v)
        all.wanted = NULL;
    else
        all.stray++;
}

/* An overloaded service asks for patience, a full child to try another, or what was queued is not
 * shown yet: the same again. */
static void come_back(struct visitor *v)
{
    bool closing = strcasestr(v->in, "\r\nConnection: close") != NULL;
    all.away++;
    free(v->in);
    v->in = NULL;
    if (!closing) /* else when the end is read */
        ask(v);
    usleep(1000);
}

/* The message is queued, or its code is asked for. */
static void sent(struct visitor *v)
{
    const char *pending = strstr(v->in, "\"pending\":\"");
    cookie_take(v);
    if (v->state == STATE_SEND && pending) {
        snprintf(v->pending, sizeof v->pending, "%s", pending + strlen("\"pending\":\""));
        v->state = STATE_PICTURE;
        return;
    }
    if (!strstr(v->in, "\"queued\""))
        die("not queued", v->in);
    v->state = STATE_POLL;
    all.opened++;
    if (all.next < all.count)
        visitor_connect(&all.visitor[all.next++]);
}

/* A whole answer stands in v->in. */
static void answered(struct visitor *v)
{
    bool early = v->state == STATE_POLL && strncmp(v->in, "HTTP/1.1 410", 12) == 0;
    bool full = v->state == STATE_POLL && strstr(v->in, "\"retry_in\":");
    if (early || full || strncmp(v->in, "HTTP/1.1 503", 12) == 0) {
        come_back(v);
        return;
    }
    if (strncmp(v->in, "HTTP/1.1 20", 11) != 0)
        die("refused", v->in);
    switch (v->state) {
    case STATE_PAGE:
        cookie_take(v);
        v->state = STATE_SEND;
        break;
    case STATE_SEND:
    case STATE_VERIFY:
        sent(v);
        break;
    case STATE_PICTURE:
        v->state = STATE_VERIFY;
        break;
    case STATE_POLL:
        poll_take(v);
        break;
    }
    free(v->in);
    v->in = NULL;
    ask(v);
}

static void hear(struct visitor *v)
{
    if (!v->in && !(v->in = malloc(ROOM)))
        die("out of memory", "");
    if (v->used == 0 || !v->in[0])
        v->used = 0;
    ssize_t got = read(v->fd, v->in + v->used, ROOM - 1 - v->used);
    if (got <= 0 && v->used)
        die("httpd closed a connection in an answer", v->in);
    if (got <= 0) { /* a kept connection may be closed at any time: a browser comes back */
        all.closed++;
        close(v->fd);
        visitor_connect(v);
        return;
    }
    v->used += (size_t)got;
    v->in[v->used] = '\0';
    if (loopback_is_whole(v->in, v->used)) {
        v->used = 0;
        answered(v);
    }
}

static void turn(int milliseconds)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(all.epoll, events, EVENTS, milliseconds);
    for (int i = 0; i < n; i++)
        hear(events[i].data.ptr);
}

static void smsc_hear(int smsc)
{
    char answer[1024];
    ssize_t got = read(smsc, answer, sizeof answer - 1);
    answer[got > 0 ? got : 0] = '\0';
    if (!strstr(answer, " 202 "))
        die("the SMSC refused an answer", answer);
}

/* One mobile after the other answers; the SMSC's own answer is read when the page has it. */
static void wake(unsigned count)
{
    struct latency latency = {0};
    char mobile[24], text[32];
    int smsc = loopback_connect(all.smsc);
    for (unsigned i = 0; i < count; i++) {
        int64_t began = now_us();
        all.wanted = &all.visitor[(unsigned)rand() % all.count];
        snprintf(mobile, sizeof mobile, "%llu", all.first_mobile + all.wanted->number);
        snprintf(text, sizeof text, "respuesta+%u", i);
        loopback_mobile_says(smsc, mobile, "2333", text);
        while (all.wanted && now_us() - began < WAKE_SECONDS * 1000000)
            turn(10);
        if (all.wanted)
            die("an answer never came", all.wanted->cookie);
        latency_add(&latency, (uint64_t)(now_us() - began));
        smsc_hear(smsc);
        for (int64_t rest = now_us() + 2000; now_us() < rest;)
            turn(1);
    }
    close(smsc);
    printf("woken=%u p50_us=%llu p99_us=%llu\n", count,
           (unsigned long long)latency_at(&latency, 0.5),
           (unsigned long long)latency_at(&latency, 0.99));
}

static void idle(double seconds)
{
    uint64_t before = all.polls;
    for (int64_t until = now_us() + (int64_t)(seconds * 1e6); now_us() < until;)
        turn(50);
    printf("answered=%llu closed=%llu away=%llu\n", (unsigned long long)(all.polls - before),
           (unsigned long long)all.closed, (unsigned long long)all.away);
}

static void everybody_waits(void)
{
    int64_t began = now_us();
    while (all.next < all.count && all.next < AT_ONCE)
        visitor_connect(&all.visitor[all.next++]);
    while (all.opened < all.count)
        turn(100);
    double took = (double)(now_us() - began) / 1e6;
    for (uint64_t before = ~0ull; before != all.polls;) { /* until the states have been told */
        before = all.polls;
        for (int64_t until = now_us() + 500000; now_us() < until;)
            turn(20);
    }
    printf("opened=%u seconds=%.3f per_second=%.1f\n", all.count, took, all.count / took);
    fflush(stdout);
}

static void secret_read(const char *path)
{
    FILE *file = fopen(path, "r");
    for (int i = 0; i < CAPTCHA_KEY_SIZE; i++) {
        unsigned octet;
        if (!file || fscanf(file, "%2x", &octet) != 1)
            die("cannot read the secret", path);
        all.secret.key[i] = (unsigned char)octet;
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    char line[64];
    struct pollfd input = {.fd = 0, .events = POLLIN};
    if (argc != 6) {
        fprintf(stderr, "usage: waiters HTTPD-PORT SMSC-HTTP-PORT COUNT FIRST-MOBILE SECRETFILE\n");
        return 2;
    }
    all.port = (uint16_t)atoi(argv[1]);
    all.smsc = (uint16_t)atoi(argv[2]);
    all.count = (unsigned)atoi(argv[3]);
    all.first_mobile = strtoull(argv[4], NULL, 10);
    secret_read(argv[5]);
    all.epoll = epoll_create1(EPOLL_CLOEXEC);
    all.visitor = calloc(all.count, sizeof *all.visitor);
    if (!all.visitor)
        die("out of memory", "");
    for (unsigned i = 0; i < all.count; i++)
        all.visitor[i].number = i;
    everybody_waits();
    for (;;) {
        turn(20);
        if (poll(&input, 1, 0) <= 0)
            continue;
        ssize_t got = read(0, line, sizeof line - 1);
        if (got <= 0)
            return 0;
        line[got] = '\0';
        if (strncmp(line, "wake ", 5) == 0)
            wake((unsigned)atoi(line + 5));
        else
            idle(atof(line + 5));
        fflush(stdout);
    }
}
