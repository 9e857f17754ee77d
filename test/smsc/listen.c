// Listening sockets and what makes a connection of them a session.
#include "test/smsc/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/smsc/smsc.h"

struct listener {
    struct smsc *smsc;
    struct evconnlistener *ev;
    struct sockaddr_storage at;
    int at_length;
    SSL_CTX *tls;
};

bool address_split(const char *address, char *host, unsigned long size, int *port)
{
    const char *colon = strrchr(address, ':'), *digits = colon ? colon + 1 : address;
    char *end;
    long number = strtol(digits, &end, 10);
    size_t length = colon ? (size_t)(colon - address) : 0;

    if (end == digits || *end || number < 0 || number > 65535 || length >= size)
        return false;
    if (length > 1 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    snprintf(host, size, "%.*s", length ? (int)length : 9, length ? address : "127.0.0.1");
    *port = (int)number;
    return true;
}

static bool sockaddr_read(const char *address, struct sockaddr_storage *at, int *length)
{
    struct addrinfo wanted = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    char host[64], port[8];
    int number;

    if (!address_split(address, host, sizeof host, &number))
        return false;
    snprintf(port, sizeof port, "%d", number);
    if (getaddrinfo(host, port, &wanted, &found))
        return false;
    memcpy(at, found->ai_addr, found->ai_addrlen);
    *length = (int)found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static struct bufferevent *stream_new(struct smsc *smsc, evutil_socket_t fd, SSL_CTX *tls)
{
    SSL *ssl = tls ? SSL_new(tls) : NULL;
    int one = 1;

    // Without it two small PDUs wait for each other; nothing breaks where it fails.
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!tls)
        return bufferevent_socket_new(smsc->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!ssl)
        return NULL;
    return bufferevent_openssl_socket_new(smsc->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                          BEV_OPT_CLOSE_ON_FREE);
}

static void accepted(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *from,
                     int length, void *arg)
{
    struct listener *listener = arg;
    struct bufferevent *bev = stream_new(listener->smsc, fd, listener->tls);
    char peer[64] = "?";

    (void)ev, (void)length;
    if (!bev) {
        evutil_closesocket(fd);
        return;
    }
    if (from->sa_family == AF_INET)
        inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)from)->sin_addr, peer, sizeof peer);
    else if (from->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)(void *)from)->sin6_addr, peer, sizeof peer);
    session_open(listener->smsc, bev, peer, listener->tls != NULL);
}

static void accept_again(void *with, void *what)
{
    struct listener *l = what;

    (void)with;
    if (l->ev)
        evconnlistener_enable(l->ev);
}

// Out of descriptors: wait for some, rather than be told again at once.
static void accept_failed(struct evconnlistener *ev, void *arg)
{
    enum { PAUSE_US = 100000 };
    struct listener *l = arg;

    evconnlistener_disable(ev);
    later_add(&l->smsc->later, PAUSE_US, accept_again, l, NULL);
}

static int listener_bind(struct listener *l)
{
    l->ev =
        evconnlistener_new_bind(l->smsc->base, accepted, l,
                                LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
                                512, (struct sockaddr *)&l->at, l->at_length);
    if (!l->ev)
        return -errno;
    evconnlistener_set_error_cb(l->ev, accept_failed);
    socklen_t length = sizeof l->at; // the port 0 became
    getsockname(evconnlistener_get_fd(l->ev), (struct sockaddr *)&l->at, &length);
    return 0;
}

static SSL_CTX *tls_open(const char *certificate, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    if (tls && SSL_CTX_use_certificate_chain_file(tls, certificate) == 1 &&
        SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(tls) == 1)
        return tls;
    SSL_CTX_free(tls);
    return NULL;
}

struct listener *listener_open(struct smsc *smsc, const char *address, const char *certificate,
                               const char *key, const char **why)
{
    struct listener *l = calloc(1, sizeof *l);

    *why = "out of memory";
    if (!l)
        return NULL;
    l->smsc = smsc;
    if (!sockaddr_read(address, &l->at, &l->at_length)) {
        *why = "not a numeric host:port";
    } else if (certificate && !(l->tls = tls_open(certificate, key))) {
        *why = "the certificate and key cannot be used";
    } else {
        int error = listener_bind(l);
        if (!error)
            return l;
        *why = strerror(-error);
    }
    listener_close(l);
    return NULL;
}

void listener_close(struct listener *l)
{
    if (!l)
        return;
    if (l->ev)
        evconnlistener_free(l->ev);
    SSL_CTX_free(l->tls);
    free(l);
}

int listener_port(const struct listener *l)
{
    return ntohs(l->at.ss_family == AF_INET6
                     ? ((const struct sockaddr_in6 *)(const void *)&l->at)->sin6_port
                     : ((const struct sockaddr_in *)(const void *)&l->at)->sin_port);
}

int listener_shut(struct listener *l, bool shut)
{
    if (!shut)
        return l->ev ? 0 : listener_bind(l);
    if (l->ev)
        evconnlistener_free(l->ev);
    l->ev = NULL;
    return 0;
}

int outbind_start(struct smsc *smsc, const char *address, const char *system_id,
                  const char *password)
{
    struct bufferevent *bev = bufferevent_socket_new(smsc->base, -1, BEV_OPT_CLOSE_ON_FREE);
    struct sockaddr_storage at;
    struct session *s;
    struct pdu_writer w;
    uint8_t pdu[64];
    int length;

    if (!bev || !sockaddr_read(address, &at, &length)) {
        if (bev)
            bufferevent_free(bev);
        return -EINVAL;
    }
    s = session_open(smsc, bev, address, false);
    if (!s)
        return -ENOMEM;
    pdu_begin(&w, pdu, sizeof pdu, OUTBIND, 0, session_sequence(s));
    pdu_put_string(&w, system_id);
    pdu_put_string(&w, password);
    session_write(s, pdu, pdu_end(&w));
    if (bufferevent_socket_connect(bev, (struct sockaddr *)&at, length)) {
        session_end(s, END_FIN);
        return -ECONNREFUSED;
    }
    return 0;
}
