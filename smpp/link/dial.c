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
    int dns = bufferevent_socket_get_dns_error(b->bev);
    int err = EVUTIL_SOCKET_ERROR();
    SSL *session = bufferevent_openssl_get_ssl(b->bev);
    unsigned long tls = session ? bufferevent_get_openssl_error(b->bev) : 0;
    if (dns)
        snprintf(why, room, "host not found: %s", evutil_gai_strerror(dns));
    else if (session && (b->state == BIND_CONNECTING || tls))
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

/* libevent tries only the first address of a name, so the families take turns. */
static int family(const struct bind *b)
{
    if (!b->link->dns)
        return AF_UNSPEC;
    return b->backoff.tries % 2 ? AF_INET6 : AF_INET;
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

int dial_connect(struct bind *b)
{
    const struct link_conf *conf = b->link->conf;
    return bufferevent_socket_connect_hostname(b->bev, b->link->dns, family(b), conf->host,
                                               conf->port);
}
