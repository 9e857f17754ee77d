/* Whoever waits for an answer while nobody reads becomes the reader: it takes lines for all until
 * its own has come, then hands over. So no thread of our own is needed; see daemon.h. */
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { PAUSE_LEAST_MS = 100, PAUSE_MOST_MS = 2000 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t change; /* an answer came, the reader left, the connection broke */
    const char *path;
    bool one_by_one;
    struct daemon_link link;
    struct ask *waiting;
    bool reading;     /* a thread is inside of daemon_link_read */
    int64_t retry_at; /* no attempt to connect before */
    int64_t pause;
    unsigned tags;
    atomic_bool greeted;
    _Atomic int64_t ahead;
} the = {.lock = PTHREAD_MUTEX_INITIALIZER, .link = {.fd = -1}};

void daemon_begin(const char *path, int threads)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&the.change, &attributes);
    pthread_condattr_destroy(&attributes);
    the.path = path;
    the.one_by_one = threads <= 1;
    the.pause = PAUSE_LEAST_MS;
}

void daemon_end(void)
{
    daemon_link_close(&the.link);
}

/* Under the lock. 0 or -EAGAIN. */
static int connect_now(int64_t deadline)
{
    int64_t now = boottime_ms();
    if (the.link.fd >= 0)
        return 0;
    if (now < the.retry_at)
        return -EAGAIN;
    int e = daemon_link_open(&the.link, the.path, deadline);
    if (e < 0) {
        the.retry_at = boottime_ms() + the.pause;
        the.pause = the.pause * 2 < PAUSE_MOST_MS ? the.pause * 2 : PAUSE_MOST_MS;
        tally_daemon(false, -e);
        return -EAGAIN;
    }
    the.pause = PAUSE_LEAST_MS;
    the.ahead = the.link.greeting.ahead;
    the.greeted = true;
    tally_daemon(true, 0);
    return 0;
}

/* Under the lock: every request under way learns that its answer will not come. */
static void connection_lose(void)
{
    for (struct ask *ask = the.waiting; ask; ask = ask->next) {
        ask->done = true;
        ask->error = -ETIMEDOUT; /* it may have been done: the key makes asking again safe */
    }
    the.waiting = NULL;
    daemon_link_close(&the.link);
    pthread_cond_broadcast(&the.change);
}

static void waiting_remove(struct ask *gone)
{
    for (struct ask **at = &the.waiting; *at; at = &(*at)->next)
        if (*at == gone) {
            *at = gone->next;
            return;
        }
}

/* Under the lock: gives a line to whom it answers. `item` lines and news have nobody here. */
static void line_give(char *text, size_t len)
{
    struct line line;
    char copy[LINE_MAX_OCTETS];
    memcpy(copy, text, len + 1);
    if (line_parse(&line, copy, len) < 0 || strcmp(line.verb, "item") == 0)
        return;
    for (struct ask *ask = the.waiting; ask; ask = ask->next) {
        if (strcmp(ask->tag, line.tag) != 0)
            continue;
        waiting_remove(ask);
        memcpy(ask->answer, text, len + 1);
        ask->error = line_parse(&ask->line, ask->answer, len) < 0 ? -ETIMEDOUT
                     : strcmp(ask->line.verb, "ok") == 0          ? 0
                                                                  : -EREMOTEIO;
        ask->done = true;
        return;
    }
}

/* Called and returns under the lock, which is open while it waits. */
static void read_for_all(int64_t deadline)
{
    char text[LINE_MAX_OCTETS];
    size_t len;
    the.reading = true;
    pthread_mutex_unlock(&the.lock);
    int e = daemon_link_read(&the.link, deadline);
    pthread_mutex_lock(&the.lock);
    the.reading = false;
    while (e == 0 && (len = daemon_link_line(&the.link, text)) > 0)
        line_give(text, len);
    if (e < 0 && e != -ETIMEDOUT)
        connection_lose();
    pthread_cond_broadcast(&the.change);
}

static void wait_for_change(int64_t deadline)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail with a valid clock */
    int64_t left = deadline - boottime_ms();
    until.tv_sec += left / 1000;
    until.tv_nsec += left % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&the.change, &the.lock, &until);
}

static void answer_await(struct ask *ask, int64_t deadline)
{
    while (!ask->done) {
        if (boottime_ms() >= deadline) {
            waiting_remove(ask);
            ask->error = -ETIMEDOUT;
            return;
        }
        if (the.reading)
            wait_for_change(deadline);
        else
            read_for_all(deadline);
    }
}

void ask_begin(struct ask *ask, const char *verb)
{
    pthread_mutex_lock(&the.lock);
    unsigned number = ++the.tags;
    pthread_mutex_unlock(&the.lock);
    (void)snprintf(ask->tag, sizeof ask->tag, "%u", number); /* always fits */
    line_begin(&ask->w, ask->text, sizeof ask->text);
    line_verb(&ask->w, verb, ask->tag);
    ask->done = false;
    ask->next = NULL;
}

/* Under the lock. While another thread sleeps on the descriptor it is not closed, for its number
 * might be given to something else: that thread is woken and closes. */
static void connection_break(int64_t deadline)
{
    if (!the.reading) {
        connection_lose();
        return;
    }
    (void)shutdown(the.link.fd, SHUT_RDWR); /* it is broken already */
    while (the.reading && boottime_ms() < deadline)
        wait_for_change(deadline);
}

/* Under the lock: whether the peer closed while nobody was reading. */
static bool connection_is_dead(void)
{
    char octet;
    return the.link.fd >= 0 && !the.reading &&
           recv(the.link.fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Under the lock. A connection that died while nobody looked is replaced once. */
static int request_write(struct ask *ask, size_t len, int64_t deadline)
{
    int e = -EAGAIN;
    for (int attempt = 0; attempt < 2; attempt++) {
        e = connect_now(deadline);
        if (e < 0)
            return e;
        e = daemon_link_write(&the.link, ask->text, len, deadline);
        if (e == 0)
            return 0;
        connection_break(deadline);
    }
    return -EAGAIN;
}

int daemon_ask(struct ask *ask)
{
    int64_t deadline = boottime_ms() + DAEMON_WAIT_MS;
    int len = line_end(&ask->w);
    if (len < 0)
        return -EMSGSIZE;
    pthread_mutex_lock(&the.lock);
    ask->error = request_write(ask, (size_t)len, deadline);
    if (ask->error == 0) {
        ask->next = the.waiting;
        the.waiting = ask;
        answer_await(ask, deadline);
        if (the.one_by_one)
            daemon_link_close(&the.link);
    }
    pthread_mutex_unlock(&the.lock);
    return ask->error;
}

bool daemon_is_there(void)
{
    pthread_mutex_lock(&the.lock);
    if (connection_is_dead())
        connection_lose();
    bool there = connect_now(boottime_ms() + DAEMON_WAIT_MS) == 0;
    if (the.one_by_one)
        daemon_link_close(&the.link);
    pthread_mutex_unlock(&the.lock);
    return there;
}

int64_t daemon_now(void)
{
    if (the.greeted)
        return boottime_ms() + the.ahead;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail with a valid clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool daemon_greeting(struct greeting *greeting)
{
    pthread_mutex_lock(&the.lock);
    *greeting = the.link.greeting;
    pthread_mutex_unlock(&the.lock);
    return the.greeted;
}
