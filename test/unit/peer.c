/* The played SMSC and the caller of the link under test; see peer.h. */
#include <arpa/inet.h>
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include "test/unit/peer.h"

static uint32_t get32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return ntohl(v);
}

static void put32(uint8_t *p, uint32_t v)
{
    v = htonl(v);
    memcpy(p, &v, 4);
}

static void send_pdu(struct bufferevent *bev, uint32_t command, uint32_t status, uint32_t sequence,
                     const void *body, size_t length)
{
    uint8_t header[16];
    put32(header, (uint32_t)(16 + length));
    put32(header + 4, command);
    put32(header + 8, status);
    put32(header + 12, sequence);
    bufferevent_write(bev, header, sizeof header);
    bufferevent_write(bev, body, length);
}

static void behave(struct peer *p, struct bufferevent *bev, const struct peer_pdu *pdu)
{
    char id[16];
    bool bind = pdu->command == 1 || pdu->command == 2 || pdu->command == 9;
    uint32_t status = bind && p->bind_status_left ? p->bind_status : 0;
    uint32_t response = pdu->command | 0x80000000;
    snprintf(id, sizeof id, "id%u", pdu->sequence);
    if (bind && !p->mute_bind) {
        p->bind_status_left -= p->bind_status_left > 0;
        send_pdu(bev, response, status, pdu->sequence, "peer", status ? 0 : 5);
    } else if (pdu->command == 4 && p->answers_submits) {
        send_pdu(bev, response, 0, pdu->sequence, id, strlen(id) + 1);
    } else if ((pdu->command == 0x15 && !p->mute_enquire) ||
               (pdu->command == 6 && !p->mute_unbind)) {
        send_pdu(bev, response, 0, pdu->sequence, "", 0);
    }
}

static unsigned connection_number(const struct peer *p, const struct bufferevent *bev)
{
    unsigned i = 0;
    while (p->connections[i] != bev)
        i++;
    return i;
}

static void on_read(struct bufferevent *bev, void *ctx)
{
    struct peer *p = ctx;
    struct evbuffer *in = bufferevent_get_input(bev);
    uint8_t head[16];
    while (evbuffer_copyout(in, head, 16) == 16 && evbuffer_get_length(in) >= get32(head)) {
        assert(p->pdu_count < PEER_PDUS);
        struct peer_pdu *pdu = &p->pdus[p->pdu_count++];
        *pdu = (struct peer_pdu){.connection = connection_number(p, bev),
                                 .command = get32(head + 4),
                                 .status = get32(head + 8),
                                 .sequence = get32(head + 12),
                                 .length = get32(head) - 16};
        size_t kept = pdu->length < sizeof pdu->body ? pdu->length : sizeof pdu->body;
        evbuffer_drain(in, 16);
        evbuffer_copyout(in, pdu->body, kept);
        evbuffer_drain(in, pdu->length);
        behave(p, bev, pdu);
    }
}

void peer_close(struct peer *p, unsigned connection)
{
    if (!p->connections[connection])
        return;
    bufferevent_free(p->connections[connection]);
    p->connections[connection] = NULL;
    p->open--;
}

static void on_event(struct bufferevent *bev, short what, void *ctx)
{
    (void)what;
    peer_close(ctx, connection_number(ctx, bev));
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int length, void *ctx)
{
    struct peer *p = ctx;
    (void)listener, (void)from, (void)length;
    assert(p->accepted < PEER_CONNECTIONS);
    struct bufferevent *bev = bufferevent_socket_new(p->base, fd, BEV_OPT_CLOSE_ON_FREE);
    p->connections[p->accepted++] = bev;
    p->open++;
    bufferevent_setcb(bev, on_read, NULL, on_event, p);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
}

struct peer *peer_new(void)
{
    struct peer *p = calloc(1, sizeof *p);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    signal(SIGPIPE, SIG_IGN);
    p->base = event_base_new();
    p->listener = evconnlistener_new_bind(p->base, on_accept, p, LEV_OPT_CLOSE_ON_FREE, 8,
                                          (struct sockaddr *)&at, sizeof at);
    assert(p->listener);
    getsockname(evconnlistener_get_fd(p->listener), (struct sockaddr *)&at, &length);
    p->port = ntohs(at.sin_port);
    p->answers_submits = true;
    return p;
}

void peer_free(struct peer *p)
{
    link_free(p->link);
    for (unsigned i = 0; i < p->accepted; i++)
        peer_close(p, i);
    evconnlistener_free(p->listener);
    event_base_free(p->base);
    free(p);
}

int peer_setup(void **state)
{
    *state = peer_new();
    return 0;
}

int peer_teardown(void **state)
{
    peer_free(*state);
    return 0;
}

static void note(struct peer *p, char event)
{
    if (p->event_count < PEER_NOTES - 1)
        p->events[p->event_count++] = event;
}

static void on_up(void *ctx, struct link *link)
{
    struct peer *p = ctx;
    (void)link;
    note(p, 'U');
    p->up++;
}

static void on_down(void *ctx, struct link *link, const char *why)
{
    struct peer *p = ctx;
    (void)link, (void)why;
    note(p, 'D');
    p->down++;
}

static void on_submitted(void *ctx, struct link *link, const struct link_result *result)
{
    struct peer *p = ctx;
    struct peer_note *n = &p->submitted[p->submitted_count++ % PEER_NOTES];
    (void)link;
    note(p, 's');
    *n = (struct peer_note){.tag = result->tag, .status = result->status, .late = result->late};
    snprintf(n->text, sizeof n->text, "%s", result->message_id);
}

static void on_in_doubt(void *ctx, struct link *link, uint64_t tag, const char *why)
{
    struct peer *p = ctx;
    struct peer_note *n = &p->in_doubt[p->in_doubt_count++ % PEER_NOTES];
    (void)link;
    note(p, 'i');
    n->tag = tag;
    snprintf(n->text, sizeof n->text, "%s", why);
}

static void on_unsent(void *ctx, struct link *link, uint64_t tag)
{
    struct peer *p = ctx;
    (void)link;
    note(p, 'u');
    p->unsent[p->unsent_count++ % PEER_NOTES].tag = tag;
}

static void on_room(void *ctx, struct link *link)
{
    struct peer *p = ctx;
    (void)link;
    note(p, 'R');
    p->room++;
}

static void on_deliver(void *ctx, struct link *link, const struct message *message, uint64_t token)
{
    struct peer *p = ctx;
    unsigned i = p->deliver_count++ % PEER_NOTES;
    (void)link;
    note(p, 'd');
    p->tokens[i] = token;
    snprintf(p->delivers[i].text, sizeof p->delivers[i].text, "%.*s", (int)message->length,
             (const char *)message->octets);
}

static void on_log(void *ctx, struct link *link, int level, const char *id, const char *line)
{
    struct peer *p = ctx;
    size_t used = strlen(p->log);
    const char *waits = strstr(line, "wait_ms=");
    (void)link, (void)level;
    if (waits)
        p->waits = (unsigned)strtoul(waits + strlen("wait_ms="), NULL, 10);
    snprintf(p->log + used, sizeof p->log - used, "%s ", id);
}

static const struct link_events events = {.up = on_up,
                                          .down = on_down,
                                          .submitted = on_submitted,
                                          .in_doubt = on_in_doubt,
                                          .unsent = on_unsent,
                                          .room = on_room,
                                          .deliver = on_deliver,
                                          .log = on_log};

struct link_conf peer_conf(const struct peer *p)
{
    return (struct link_conf){.name = "test",
                              .host = "127.0.0.1",
                              .port = p->port,
                              .system_id = "user",
                              .password = "secret12",
                              .window = 10,
                              .rate = 1000000,
                              .connect_ms = 2000,
                              .bind_ms = 2000,
                              .response_ms = 2000,
                              .backoff_min_ms = 1,
                              .backoff_max_ms = 10,
                              .refused_ms = 20};
}

void peer_link(struct peer *p, const struct link_conf *conf)
{
    char why[200];
    p->link = link_new(p->base, conf, &events, p, why, sizeof why);
    assert(p->link);
}

static void on_deadline(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    *(bool *)ctx = true;
}

/* Runs until done() or the deadline; whether it was done. */
static bool run_until(struct peer *p, bool (*done)(struct peer *, const void *), const void *what,
                      unsigned ms)
{
    bool late = false;
    struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
    struct event *deadline = event_new(p->base, -1, 0, on_deadline, &late);
    event_add(deadline, &tv);
    while (!late && !(done && done(p, what)))
        event_base_loop(p->base, EVLOOP_ONCE);
    event_free(deadline);
    return !late;
}

struct count_wanted {
    const unsigned *counter;
    uint32_t command;
    unsigned least;
};

static bool counter_reached(struct peer *p, const void *what)
{
    const struct count_wanted *w = what;
    return (w->counter ? *w->counter : peer_count(p, w->command)) >= w->least;
}

bool peer_wait(struct peer *p, const unsigned *counter, unsigned least)
{
    struct count_wanted w = {.counter = counter, .least = least};
    return run_until(p, counter_reached, &w, 10000);
}

bool peer_wait_pdu(struct peer *p, uint32_t command, unsigned least)
{
    struct count_wanted w = {.command = command, .least = least};
    return run_until(p, counter_reached, &w, 10000);
}

void peer_run(struct peer *p, unsigned ms)
{
    run_until(p, NULL, NULL, ms);
}

void peer_bound(struct peer *p)
{
    struct link_conf conf = peer_conf(p);
    peer_link(p, &conf);
    bool up = peer_wait(p, &p->up, 1);
    assert(up);
    while (link_room(p->link) < conf.window) /* the pace fills with time */
        peer_run(p, 1);
}

unsigned peer_count(const struct peer *p, uint32_t command)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->pdu_count; i++)
        n += p->pdus[i].command == command;
    return n;
}

const struct peer_pdu *peer_last(const struct peer *p, uint32_t command)
{
    for (unsigned i = p->pdu_count; i-- > 0;)
        if (p->pdus[i].command == command)
            return &p->pdus[i];
    return NULL;
}

void peer_send(struct peer *p, const void *octets, size_t length)
{
    bufferevent_write(p->connections[p->accepted - 1], octets, length);
}

void peer_send_pdu(struct peer *p, uint32_t command, uint32_t status, uint32_t sequence,
                   const void *body, size_t length)
{
    send_pdu(p->connections[p->accepted - 1], command, status, sequence, body, length);
}

size_t peer_deliver(struct peer *p, uint32_t sequence, const char *text, uint8_t *out)
{
    static const char head[] = "\0\1\1"
                               "18095551234\0\0\0"
                               "2333\0\0\0\0\0\0\0\0\0";
    uint8_t body[512];
    size_t length = sizeof head; /* its own NUL is sm_default_msg_id */
    memcpy(body, head, length);
    body[length++] = (uint8_t)strlen(text);
    memcpy(body + length, text, strlen(text));
    length += strlen(text);
    if (!out) {
        peer_send_pdu(p, 5, 0, sequence, body, length);
        return 0;
    }
    put32(out, (uint32_t)(16 + length));
    put32(out + 4, 5);
    put32(out + 8, 0);
    put32(out + 12, sequence);
    memcpy(out + 16, body, length);
    return 16 + length;
}

int peer_submit(struct peer *p, uint64_t tag)
{
    struct link_submit submit = {.tag = tag,
                                 .source = "2333",
                                 .destination = "18095551234",
                                 .registered_delivery = 1,
                                 .validity_s = 900,
                                 .octets = (const uint8_t *)"hola",
                                 .length = 4};
    return link_submit(p->link, &submit);
}
