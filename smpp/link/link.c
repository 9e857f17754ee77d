/* A link: its binds taken together, seen from the caller. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <event2/dns.h>
#include "smpp/link/state.h"
#include "smpp/link/stream.h"
#include "smpp/link/tls.h"
#include "smpp/pdu/guard.h"

int64_t link_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void link_arm(struct event *timer, int64_t us)
{
    int64_t wait = us > 0 ? us : 0;
    struct timeval tv = {.tv_sec = (time_t)(wait / 1000000),
                         .tv_usec = (suseconds_t)(wait % 1000000)};
    event_add(timer, &tv);
}

void link_log(struct link *link, int level, const char *id, const char *format, ...)
{
    char line[320];
    va_list arguments;
    if (!link->events.log)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    link->events.log(link->ctx, link, level, id, line);
}

struct bind *link_transmitter(const struct link *link)
{
    const struct bind *b = &link->binds[0];
    return b->state == BIND_BOUND ? (struct bind *)(uintptr_t)b : NULL;
}

unsigned link_room_at(struct link *link, int64_t now)
{
    struct bind *b = link_transmitter(link);
    if (!b || link->paused || link->draining || stream_is_full(b))
        return 0;
    unsigned window = window_room(&b->window);
    unsigned pace = window > 0 ? pace_room(&link->pace, now) : 0;
    return window < pace ? window : pace;
}

unsigned link_room(struct link *link)
{
    return link_room_at(link, link_now());
}

static void pacer_arm(struct link *link, int64_t us)
{
    struct itimerspec when = {.it_value.tv_sec = (time_t)(us / 1000000),
                              .it_value.tv_nsec = (long)(us % 1000000) * 1000};
    timerfd_settime(link->pacer, 0, &when, NULL);
}

void link_lacks_room(struct link *link, int64_t now)
{
    const struct bind *b = link_transmitter(link);
    link->full = true;
    if (!b || link->paused || window_room(&b->window) == 0)
        return;
    int64_t wait = pace_wait(&link->pace, now);
    if (wait > 0) /* else it drains, or the SMSC does not read */
        pacer_arm(link, wait);
}

void link_refresh(struct link *link)
{
    int64_t now = link_now();
    if (link_room_at(link, now) == 0) {
        link_lacks_room(link, now);
        return;
    }
    bool told = link->full;
    link->full = false;
    if (told && link->events.room)
        link->events.room(link->ctx, link);
}

static void on_paced(evutil_socket_t fd, short what, void *ctx)
{
    uint64_t times;
    (void)what;
    if (read(fd, &times, sizeof times) > 0) /* or it was set anew meanwhile */
        link_refresh(ctx);
}

void link_bound(struct link *link, struct bind *b)
{
    link_log(link, LINK_LOG_NOTICE, "SD0101", "bound as %s", pdu_command_name(b->command));
    if (bind_receives(b) && link->events.opened)
        link->events.opened(link->ctx, link);
    if (!bind_transmits(b))
        return;
    link->full = link_room(link) == 0;
    if (link->events.up)
        link->events.up(link->ctx, link);
    link_refresh(link);
}

void link_unbound(struct link *link, struct bind *b)
{
    link_log(link, LINK_LOG_NOTICE, "SD0102", "%s ended: %s", pdu_command_name(b->command), b->why);
    if (bind_receives(b) && link->events.closed)
        link->events.closed(link->ctx, link);
    if (bind_transmits(b) && link->events.down)
        link->events.down(link->ctx, link, b->why);
}

void link_bind_closed(struct link *link)
{
    event_active(link->wake, 0, 0);
}

static bool is_quiet(const struct link *link)
{
    return link->binds[0].window.open == 0 && link->inbox.used == 0;
}

static bool is_closed(const struct link *link)
{
    for (unsigned i = 0; i < link->bind_count; i++)
        if (link->binds[i].state != BIND_CLOSED)
            return false;
    return true;
}

static void binds_close(struct link *link)
{
    for (unsigned i = 0; i < link->bind_count; i++)
        bind_close(&link->binds[i]);
}

static void on_patience(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    binds_close(ctx);
}

/* What a callback must not be told from inside a call of its own: room after resume, and the end of
 * draining. */
static void on_wake(evutil_socket_t fd, short what, void *ctx)
{
    struct link *link = ctx;
    (void)fd, (void)what;
    if (!link->draining) {
        link_refresh(link);
    } else if (is_closed(link)) {
        void (*drained)(void *, struct link *) = link->drained;
        link->closed = true;
        link->drained = NULL;
        event_del(link->patience);
        if (drained)
            drained(link->ctx, link);
    } else if (is_quiet(link)) {
        binds_close(link);
    }
}

void link_drain(struct link *link, void (*done)(void *ctx, struct link *link))
{
    link->drained = done;
    if (!link->draining)
        link_arm(link->patience, (int64_t)link->conf->response_ms * 1000);
    link->draining = true;
    event_active(link->wake, 0, 0);
}

void link_pause(struct link *link)
{
    link->paused = true;
    link->full = true;
}

void link_resume(struct link *link)
{
    link->paused = false;
    event_active(link->wake, 0, 0);
}

/* The files may be others by now, under the same names. Connections keep what they began with. */
static int tls_renew(struct link *link, const struct link_tls *tls)
{
    char why[512];
    SSL_CTX *context = tls->on ? tls_context(tls, why, sizeof why) : NULL;
    if (tls->on && !context)
        return -EPROTO;
    SSL_CTX_free(link->tls);
    link->tls = context;
    return 0;
}

int link_tune(struct link *link, const struct link_conf *conf)
{
    struct link_conf whole = *conf;
    char why[256];
    link_conf_defaults(&whole);
    if (link_conf_check(&whole, why, sizeof why) < 0)
        return -EINVAL;
    struct link_conf *copy = link_conf_copy(&whole);
    int err = copy ? tls_renew(link, &copy->tls) : -ENOMEM;
    if (err == 0)
        err = window_resize(&link->binds[0].window, conf->window);
    if (err < 0) {
        link_conf_free(copy);
        return err;
    }
    copy->delivers = link->conf->delivers; /* the inbox keeps its size */
    if (copy->rate < link->conf->rate || copy->rate > link->conf->rate)
        pace_init(&link->pace, copy->rate, link_now());
    link_conf_free(link->conf);
    link->conf = copy;
    for (unsigned i = 0; i < link->bind_count; i++)
        bind_tune(&link->binds[i]);
    event_active(link->wake, 0, 0);
    return 0;
}

static bool is_address(const char *host)
{
    unsigned char octets[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, octets) == 1 || inet_pton(AF_INET6, host, octets) == 1;
}

static int parts_new(struct link *link, char *why, size_t room)
{
    const struct link_conf *conf = link->conf;
    bool split = conf->mode == LINK_TRANSMITTER_RECEIVER;
    if (conf->tls.on && !(link->tls = tls_context(&conf->tls, why, room)))
        return -EPROTO;
    if (!is_address(conf->host) &&
        !(link->dns = evdns_base_new(link->base, EVDNS_BASE_DISABLE_WHEN_INACTIVE)))
        return -ENOMEM;
    link->pacer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (link->pacer < 0)
        return -errno;
    link->paced = event_new(link->base, link->pacer, EV_READ | EV_PERSIST, on_paced, link);
    link->patience = event_new(link->base, -1, 0, on_patience, link);
    link->wake = event_new(link->base, -1, 0, on_wake, link);
    if (!link->paced || !link->patience || !link->wake || event_add(link->paced, NULL) < 0 ||
        inbox_init(&link->inbox, conf->delivers) < 0)
        return -ENOMEM;
    link->bind_count = 1;
    if (bind_init(&link->binds[0], link,
                  split ? COMMAND_BIND_TRANSMITTER : COMMAND_BIND_TRANSCEIVER) < 0)
        return -ENOMEM;
    if (split)
        link->bind_count = 2;
    return split ? bind_init(&link->binds[1], link, COMMAND_BIND_RECEIVER) : 0;
}

struct link *link_new(struct event_base *base, const struct link_conf *conf,
                      const struct link_events *events, void *ctx, char *why, size_t room)
{
    struct link_conf whole = *conf;
    link_conf_defaults(&whole);
    if (link_conf_check(&whole, why, room) < 0) {
        errno = EINVAL;
        return NULL;
    }
    guard_start();
    struct link *link = calloc(1, sizeof *link);
    if (!link) {
        snprintf(why, room, "out of memory");
        return NULL;
    }
    *link = (struct link){.base = base, .events = *events, .ctx = ctx, .full = true, .pacer = -1};
    link->conf = link_conf_copy(&whole);
    why[0] = '\0';
    int err = link->conf ? parts_new(link, why, room) : -ENOMEM;
    if (err < 0 && why[0] == '\0')
        snprintf(why, room, "the link cannot be set up: %s", strerror(-err));
    if (err < 0) {
        link_free(link);
        errno = -err;
        return NULL;
    }
    pace_init(&link->pace, whole.rate, link_now());
    for (unsigned i = 0; i < link->bind_count; i++)
        bind_start(&link->binds[i]);
    return link;
}

void link_free(struct link *link)
{
    if (!link)
        return;
    link->closed = true;
    for (unsigned i = 0; i < link->bind_count; i++)
        bind_free(&link->binds[i]);
    if (link->paced)
        event_free(link->paced);
    if (link->pacer >= 0)
        close(link->pacer);
    if (link->patience)
        event_free(link->patience);
    if (link->wake)
        event_free(link->wake);
    if (link->dns)
        evdns_base_free(link->dns, 0);
    SSL_CTX_free(link->tls);
    inbox_free(&link->inbox);
    link_conf_free(link->conf);
    free(link);
}
