/* Makes the connection itself: plain or TLS, by name or address. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <event2/bufferevent_ssl.h>
#include <event2/dns.h>
#include "smpp/link/dial.h"
#include "smpp/link/state.h"
#include "smpp/link/stream.h"
#include "smpp/link/tls.h"

enum { INPUT_MAX = 4 * PDU_MAX, READ_AT_ONCE = 65536 };

/* A peer that is gone without a word is noticed by the kernel too, while it has octets to send. */
void dial_tune(struct bind *b)
{
    int fd = bufferevent_getfd(b->bev), on = 1;
    unsigned limit = b->link->conf->response_ms;
    int err = setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) |
              setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
    if (err < 0)
        link_log(b->link, LINK_LOG_NOTICE, "SD0110", "the socket takes no options error=%s",
                 strerror(errno));
}

void dial_reason(struct bind *b, short what, char *why, size_t room)
{
    int err = EVUTIL_SOCKET_ERROR();
    SSL *session = bufferevent_openssl_get_ssl(b->bev);
    unsigned long tls = session ? bufferevent_get_openssl_error(b->bev) : 0;
    if (session && (b->state == BIND_CONNECTING || tls))
        tls_reason(session, tls, why, room);
    else if (what & BEV_EVENT_EOF)
        snprintf(why, room, "the SMSC closed the connection");
    else
        snprintf(why, room, "%s", err ? strerror(err) : "connection lost");
}

static struct bufferevent *bufferevent_of(struct bind *b)
{
    struct link *link = b->link;
    if (!link->tls)
        return bufferevent_socket_new(link->base, -1, BEV_OPT_CLOSE_ON_FREE);
    SSL *session = tls_session(link->tls, &link->conf->tls, link->conf->host);
    if (!session)
        return NULL;
    struct bufferevent *bev = bufferevent_openssl_socket_new(
        link->base, -1, session, BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
    if (!bev)
        SSL_free(session);
    else
        bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

struct bufferevent *dial_new(struct bind *b)
{
    struct bufferevent *bev = bufferevent_of(b);
    if (!bev)
        return NULL;
    bufferevent_setwatermark(bev, EV_READ, 0, INPUT_MAX);
    bufferevent_setwatermark(bev, EV_WRITE, STREAM_OUTPUT_MAX / 4, 0);
    bufferevent_set_max_single_read(bev, READ_AT_ONCE);
    bufferevent_set_max_single_write(bev, READ_AT_ONCE * 4);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
    return bev;
}

/* Whom to ask for names, and /etc/hosts: others by now, as when smppd was there before the network.
 * Where resolv.conf is missing 127.0.0.1 is asked. */
static void names_refresh(struct evdns_base *dns)
{
    evdns_base_clear_nameservers_and_suspend(dns);
    evdns_base_clear_host_addresses(dns);
    (void)evdns_base_resolv_conf_parse(dns, DNS_OPTIONS_ALL, "/etc/resolv.conf"); /* see above */
    evdns_base_resume(dns);
}

static void looked_up(int error, struct evutil_addrinfo *list, void *ctx);

static void look_up(struct bind *b, int family)
{
    const struct link_conf *conf = b->link->conf;
    struct evutil_addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
    char port[8];
    snprintf(port, sizeof port, "%u", conf->port);
    b->family = family;
    struct evdns_getaddrinfo_request *request =
        evdns_getaddrinfo(b->link->dns, conf->host, port, &hints, looked_up, b);
    if (request) /* else it was told at once */
        b->lookup = request;
}

/* Only the first address is tried, so the families take turns, where there are both. libevent's own
 * way from a name to a connection dies of a name that /etc/hosts has in the other family only. */
static int first_family(const struct bind *b)
{
    return b->backoff.tries % 2 ? AF_INET6 : AF_INET;
}

static void looked_up(int error, struct evutil_addrinfo *list, void *ctx)
{
    struct bind *b = ctx;
    if (error == EVUTIL_EAI_CANCEL)
        return; /* nobody waits for it; the bind may be gone */
    b->lookup = NULL;
    if (list) {
        if (bufferevent_socket_connect(b->bev, list->ai_addr, (int)list->ai_addrlen) < 0)
            bind_fail(b, "cannot connect: %s", strerror(errno));
        evutil_freeaddrinfo(list);
    } else if (b->family == first_family(b)) {
        look_up(b, b->family == AF_INET ? AF_INET6 : AF_INET);
    } else {
        bind_fail(b, "host not found: %s", error ? evutil_gai_strerror(error) : "no address");
    }
}

int dial_connect(struct bind *b)
{
    const struct link_conf *conf = b->link->conf;
    if (!b->link->dns)
        return bufferevent_socket_connect_hostname(b->bev, NULL, AF_UNSPEC, conf->host, conf->port);
    names_refresh(b->link->dns);
    look_up(b, first_family(b));
    return 0;
}

void dial_cancel(struct bind *b)
{
    if (b->lookup)
        evdns_getaddrinfo_cancel(b->lookup);
    b->lookup = NULL;
}
