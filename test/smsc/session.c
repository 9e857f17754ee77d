// Frames PDUs out of the stream. A length outside the limits is nacked and ends the connection:
// behind it nothing can be told apart.
#include "test/smsc/session.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "test/smsc/smsc.h"
#include "test/smsc/status.h"
#include "test/smsc/trace.h"

enum { READ_AT_ONCE = 256 * 1024 };

static void session_free(evutil_socket_t fd, short what, void *arg)
{
    struct session *s = arg;

    (void)fd, (void)what; // libevent's shape
    answer_forget(s);
    bufferevent_set_rate_limit(s->bev, NULL);
    bufferevent_free(s->bev);
    if (s->limit)
        ev_token_bucket_cfg_free(s->limit);
    evbuffer_free(s->gathered);
    free(s);
}

// Proceeds the PDUs that are whole; returns the octets used.
static size_t frames_take(struct session *s, const uint8_t *octets, size_t length)
{
    size_t used = 0;

    while (!s->closed && !s->leaving && length - used >= PDU_HEADER) {
        struct pdu_header header;
        pdu_header_get(octets + used, &header);
        if (header.length < PDU_HEADER || header.length > PDU_MAX) {
            s->smsc->stats.pdus_bad++;
            command_send(s, GENERIC_NACK, ESME_RINVCMDLEN, header.sequence);
            session_leave(s, END_FIN);
            return length;
        }
        if (header.length > length - used)
            break;
        s->smsc->stats.pdus++;
        if (!s->smsc->fault.mute_all)
            command_proceed(s, &header, octets + used);
        used += header.length;
    }
    return used;
}

static void session_read(struct bufferevent *bev, void *arg)
{
    struct session *s = arg;
    struct evbuffer *input = bufferevent_get_input(bev);
    size_t length = evbuffer_get_length(input);

    if (s->closed)
        return;
    if (s->muted || s->leaving) {
        evbuffer_drain(input, length);
        return;
    }
    const uint8_t *octets = evbuffer_pullup(input, -1);
    if (!octets)
        return;
    size_t used = frames_take(s, octets, length);
    if (!s->closed)
        evbuffer_drain(input, used);
    deliver_pump(s->smsc);
}

static void session_drained(struct bufferevent *bev, void *arg)
{
    struct session *s = arg;

    (void)bev;
    if (s->closed)
        return;
    session_written(s);
    deliver_pump(s->smsc);
}

static void session_event(struct bufferevent *bev, short what, void *arg)
{
    struct session *s = arg;

    (void)bev;
    if (!s->closed && (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
        session_end(s, END_FIN);
}

struct session *session_open(struct smsc *smsc, struct bufferevent *bev, const char *peer, bool tls)
{
    struct session *s = calloc(1, sizeof *s);

    if (s)
        s->gathered = evbuffer_new();
    if (!s || !s->gathered) {
        free(s);
        bufferevent_free(bev);
        return NULL;
    }
    s->smsc = smsc;
    s->bev = bev;
    s->tls = tls;
    s->id = ++smsc->session_serial;
    s->sequence = smsc->fault.sequence ? (uint32_t)smsc->fault.sequence : 1;
    snprintf(s->peer, sizeof s->peer, "%s", peer);
    TAILQ_INIT(&s->outstanding);
    TAILQ_INSERT_TAIL(&smsc->sessions, s, link);
    smsc->stats.connections++;
    bufferevent_setcb(bev, session_read, session_drained, session_event, s);
    bufferevent_setwatermark(bev, EV_READ, 0, READ_AT_ONCE);
    bufferevent_set_max_single_read(bev, READ_AT_ONCE / 2);
    session_apply_faults(s);
    return s;
}

struct session *session_find(struct smsc *smsc, unsigned id)
{
    struct session *s;

    TAILQ_FOREACH(s, &smsc->sessions, link)
    if (s->id == id)
        return s;
    return NULL;
}

static void session_reset(struct session *s)
{
    struct linger now = {1, 0};

    // Without it the end is a FIN: worth nothing to the test, no harm to us.
    (void)setsockopt(bufferevent_getfd(s->bev), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void session_end(struct session *s, enum session_end how)
{
    if (s->closed)
        return;
    if (how == END_SILENT) {
        s->muted = true;
        bufferevent_disable(s->bev, EV_READ | EV_WRITE);
        return;
    }
    if (how == END_HALF) {
        shutdown(bufferevent_getfd(s->bev), SHUT_WR);
        return;
    }
    if (how == END_RESET)
        session_reset(s);
    s->closed = true;
    trace(s->smsc, "connection ended session=%u submits=%llu delivers=%llu", s->id,
          (unsigned long long)s->submits, (unsigned long long)s->delivers);
    s->bound = s->receives = s->transmits = false;
    TAILQ_REMOVE(&s->smsc->sessions, s, link);
    deliver_requeue(s->smsc, s);
    bufferevent_disable(s->bev, EV_READ | EV_WRITE);
    // The caller may be one of its own callbacks: the loop frees it.
    if (event_base_once(s->smsc->base, -1, EV_TIMEOUT, session_free, s, &(struct timeval){0, 0}))
        session_free(-1, 0, s);
}

void session_leave(struct session *s, enum session_end how)
{
    s->leaving = true;
    s->leaving_how = how;
    s->bound = s->receives = s->transmits = false;
    if (evbuffer_get_length(bufferevent_get_output(s->bev)) == 0 && s->gathered_pdus == 0)
        session_end(s, how);
}

void sessions_close(struct smsc *smsc)
{
    struct session *s;

    while ((s = TAILQ_FIRST(&smsc->sessions))) {
        TAILQ_REMOVE(&smsc->sessions, s, link);
        deliveries_free(&s->outstanding);
        session_free(-1, 0, s);
    }
}

uint32_t session_sequence(struct session *s)
{
    uint32_t sequence = s->sequence;

    s->sequence = sequence >= 0x7FFFFFFF ? 1 : sequence + 1;
    return sequence;
}
