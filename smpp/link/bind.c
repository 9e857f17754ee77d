/* The life of one connection. Nothing ends inside the callback that finds it must: bind_fail marks,
 * the wake event ends it, so that no caller up the stack is left with a connection that is gone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include "smpp/link/dial.h"
#include "smpp/link/receive.h"
#include "smpp/link/state.h"
#include "smpp/link/stream.h"
#include "smpp/link/submit.h"
#include "smpp/pdu/request.h"
#include "smpp/pdu/status.h"

enum { FLUSH_MS = 1000 };

static void state_set(struct bind *b, enum bind_state state, unsigned limit_ms)
{
    b->state = state;
    event_del(b->timer);
    if (limit_ms > 0)
        link_arm(b->timer, (int64_t)limit_ms * 1000);
}

bool bind_transmits(const struct bind *b)
{
    return b->command != COMMAND_BIND_RECEIVER;
}

bool bind_receives(const struct bind *b)
{
    return b->command != COMMAND_BIND_TRANSMITTER;
}

static void fail(struct bind *b)
{
    b->state = BIND_FAILING;
    event_del(b->timer);
    event_active(b->wake, 0, 0);
}

void bind_fail(struct bind *b, const char *format, ...)
{
    char why[sizeof b->why];
    va_list arguments;
    if (b->state == BIND_FAILING || b->state == BIND_IDLE || b->state == BIND_CLOSED)
        return;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    memcpy(b->why, why, sizeof why); /* an argument may be b->why itself */
    fail(b);
}

void bind_hang_up(struct bind *b, const char *format, ...)
{
    va_list arguments;
    if (b->state == BIND_FAILING || b->state == BIND_FLUSHING)
        return;
    va_start(arguments, format);
    vsnprintf(b->why, sizeof b->why, format, arguments);
    va_end(arguments);
    bufferevent_disable(b->bev, EV_READ);
    state_set(b, BIND_FLUSHING, FLUSH_MS);
}

/* After an end: never again, or later. A bind that held for a while starts its back-off anew. */
static void rest(struct bind *b)
{
    const struct link_conf *conf = b->link->conf;
    int64_t held = b->bound ? link_now() - b->bound : 0;
    b->bound = 0;
    if (b->link->draining || b->link->closed) {
        state_set(b, BIND_CLOSED, 0);
        link_bind_closed(b->link);
        return;
    }
    if (held >= (int64_t)conf->backoff_max_ms * 1000)
        backoff_reset(&b->backoff);
    unsigned most = b->refused ? conf->refused_ms : conf->backoff_max_ms;
    unsigned wait = backoff_next(&b->backoff, most, arc4random());
    state_set(b, BIND_IDLE, wait > 0 ? wait : 1);
    if (b->refused)
        link_log(b->link, LINK_LOG_WARNING, "SD0104",
                 "%s: login refused: %s; trying again wait_ms=%u", pdu_command_name(b->command),
                 b->why, wait);
    else
        link_log(b->link, LINK_LOG_NOTICE, "SD0103",
                 "%s: no connection: %s; trying again wait_ms=%u", pdu_command_name(b->command),
                 b->why, wait);
}

static void connection_free(struct bind *b)
{
    dial_cancel(b);
    SSL *session = bufferevent_openssl_get_ssl(b->bev);
    if (session) { /* a proper end of TLS; the peer's answer is not waited for */
        SSL_set_shutdown(session, SSL_RECEIVED_SHUTDOWN);
        SSL_shutdown(session);
        ERR_clear_error();
    }
    bufferevent_free(b->bev);
    b->bev = NULL;
    event_del(b->enquire);
    event_del(b->overdue);
    event_del(b->shed);
}

static void drop(struct bind *b)
{
    bool was_bound = b->was_bound;
    uint64_t sent = stream_sent(b);
    b->state = BIND_IDLE;
    b->was_bound = b->stalled = b->shedding = false;
    snprintf(b->link->stats.error, sizeof b->link->stats.error, "%s", b->why);
    inbox_forget(&b->link->inbox, b->connection);
    if (b->bev)
        connection_free(b);
    if (was_bound) {
        b->link->stats.drops++;
        link_unbound(b->link, b);
    }
    submit_lost(b, sent);
    rest(b);
}

static void on_wake(evutil_socket_t fd, short what, void *ctx)
{
    struct bind *b = ctx;
    (void)fd, (void)what;
    if (b->state == BIND_FAILING)
        drop(b);
    else if (b->bev)
        stream_read(b);
}

static void on_read(struct bufferevent *bev, void *ctx)
{
    struct bind *b = ctx;
    (void)bev;
    b->heard = link_now();
    stream_read(b);
}

static void on_write(struct bufferevent *bev, void *ctx)
{
    (void)bev;
    stream_wrote(ctx);
}

static void login(struct bind *b)
{
    const struct link_conf *conf = b->link->conf;
    uint8_t pdu[REQUEST_ROOM];
    b->bind_sequence = window_sequence(&b->window);
    struct bind_request request = {.command = b->command,
                                   .sequence = b->bind_sequence,
                                   .system_id = conf->system_id,
                                   .password = conf->password ? conf->password : "",
                                   .system_type = conf->system_type ? conf->system_type : "",
                                   .address_range = conf->address_range ? conf->address_range : ""};
    int length = request_bind(&request, pdu, sizeof pdu);
    if (length < 0) {
        bind_fail(b, "the bind cannot be packed");
        return;
    }
    stream_write(b, pdu, (size_t)length);
    explicit_bzero(pdu, sizeof pdu);
    state_set(b, BIND_BINDING, conf->bind_ms);
}

static void on_event(struct bufferevent *bev, short what, void *ctx)
{
    struct bind *b = ctx;
    char why[sizeof b->why];
    (void)bev;
    if (what & BEV_EVENT_CONNECTED) {
        if (b->state != BIND_CONNECTING)
            return;
        b->link->stats.connects++;
        b->heard = link_now();
        dial_tune(b);
        login(b);
    } else if (b->state == BIND_UNBINDING || b->state == BIND_FLUSHING) {
        bind_fail(b, "%s", b->why);
    } else if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
        dial_reason(b, what, why, sizeof why);
        bind_fail(b, "%s", why);
    }
}

static void connect_begin(struct bind *b)
{
    const struct link_conf *conf = b->link->conf;
    b->connection = ++b->link->connections;
    b->written = b->urgent = 0;
    b->enquired = 0;
    b->refused = false;
    b->why[0] = '\0';
    window_restart(&b->window, conf->first_sequence);
    state_set(b, BIND_CONNECTING, conf->connect_ms);
    b->bev = dial_new(b);
    if (!b->bev) {
        bind_fail(b, "no memory for a connection");
        return;
    }
    bufferevent_setcb(b->bev, on_read, on_write, on_event, b);
    if (dial_connect(b) < 0)
        bind_fail(b, "cannot connect: %s", strerror(errno));
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
    struct bind *b = ctx;
    (void)fd, (void)what;
    switch (b->state) {
    case BIND_IDLE:
        connect_begin(b);
        break;
    case BIND_CONNECTING:
        bind_fail(b, "no connection in %u ms", b->link->conf->connect_ms);
        break;
    case BIND_BINDING:
        bind_fail(b, "no answer to the bind in %u ms", b->link->conf->bind_ms);
        break;
    case BIND_UNBINDING:
    case BIND_FLUSHING:
        bind_fail(b, "%s", b->why);
        break;
    default:
        break;
    }
}

static void on_enquire(evutil_socket_t fd, short what, void *ctx)
{
    struct bind *b = ctx;
    const struct link_conf *conf = b->link->conf;
    int64_t now = link_now(), silent = now - b->heard;
    int64_t limit = (int64_t)conf->response_ms * 1000, interval = (int64_t)conf->enquire_ms * 1000;
    (void)fd, (void)what;
    if (b->state != BIND_BOUND)
        return;
    if (b->enquired && b->heard > b->enquired)
        b->enquired = 0; /* busy, and alive */
    if (b->enquired && now - b->enquired >= limit) {
        bind_fail(b, "no answer to enquire_link in %u ms", conf->response_ms);
        return;
    }
    if (!b->enquired && silent >= interval) {
        b->enquire_sequence = window_sequence(&b->window);
        b->enquired = now;
        stream_write_header(b, COMMAND_ENQUIRE_LINK, 0, b->enquire_sequence);
    }
    link_arm(b->enquire, b->enquired ? b->enquired + limit - now : interval - silent);
}

static void on_overdue(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    submit_overdue(ctx);
}

static void on_shed(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    receive_shed(ctx);
}

static void unbind_send(struct bind *b)
{
    b->unbind_sequence = window_sequence(&b->window);
    stream_write_header(b, COMMAND_UNBIND, 0, b->unbind_sequence);
    state_set(b, BIND_UNBINDING, b->link->conf->bind_ms);
}

void bind_answered(struct bind *b, uint32_t status)
{
    const struct status *known = status_of(status);
    if (status == ESME_ROK) {
        state_set(b, BIND_BOUND, 0);
        b->bound = link_now();
        b->was_bound = true;
        b->link->stats.binds++;
        link_arm(b->enquire, (int64_t)b->link->conf->enquire_ms * 1000);
        link_bound(b->link, b);
        return;
    }
    snprintf(b->why, sizeof b->why, "bind answered %s status=0x%x", known->name, status);
    if (status == ESME_RALYBND) { /* it remembers an earlier connection: ask it to forget */
        unbind_send(b);
        return;
    }
    b->refused = known->action == STATUS_LINK || known->action == STATUS_PERMANENT;
    fail(b);
}

void bind_unbound(struct bind *b)
{
    bind_fail(b, "%s", b->why);
}

void bind_start(struct bind *b)
{
    state_set(b, BIND_IDLE, 0);
    link_arm(b->timer, 0);
}

void bind_close(struct bind *b)
{
    if (b->state == BIND_BOUND) {
        snprintf(b->why, sizeof b->why, "unbound");
        unbind_send(b);
    } else if (b->state == BIND_IDLE) {
        state_set(b, BIND_CLOSED, 0);
        link_bind_closed(b->link);
    } else if (b->state != BIND_UNBINDING && b->state != BIND_FLUSHING) {
        bind_fail(b, "closed");
    }
}

void bind_tune(struct bind *b)
{
    const struct link_conf *conf = b->link->conf;
    b->backoff.min_ms = conf->backoff_min_ms;
    if (b->state == BIND_BOUND)
        link_arm(b->enquire, (int64_t)conf->enquire_ms * 1000);
}

int bind_init(struct bind *b, struct link *link, uint32_t command)
{
    struct event_base *base = link->base;
    *b = (struct bind){.link = link, .command = command};
    unsigned window = bind_transmits(b) ? link->conf->window : 1;
    bool whole = window_init(&b->window, window, link->conf->first_sequence) == 0 &&
                 (b->timer = event_new(base, -1, 0, on_timer, b)) &&
                 (b->enquire = event_new(base, -1, 0, on_enquire, b)) &&
                 (b->overdue = event_new(base, -1, 0, on_overdue, b)) &&
                 (b->wake = event_new(base, -1, 0, on_wake, b)) &&
                 (b->shed = event_new(base, -1, 0, on_shed, b));
    if (!whole)
        return -ENOMEM;
    bind_tune(b);
    return 0;
}

static void event_end(struct event **event)
{
    if (*event)
        event_free(*event);
    *event = NULL;
}

void bind_free(struct bind *b)
{
    if (b->bev) {
        uint64_t sent = stream_sent(b);
        snprintf(b->why, sizeof b->why, "closed");
        b->state = BIND_CLOSED; /* a callback that submits is refused */
        b->lookup = NULL;       /* it ends with the resolver: a cancelled one would outlive that */
        connection_free(b);
        submit_lost(b, sent);
    }
    event_end(&b->timer);
    event_end(&b->enquire);
    event_end(&b->overdue);
    event_end(&b->wake);
    event_end(&b->shed);
    window_free(&b->window);
}
