/* One connection to an SMSC and its bind: connects, logs in, enquires, unbinds, comes back.
 *
 * Internal to smpp/link: a link owns one of these (transceiver) or two (transmitter
 * and receiver). */
#ifndef SMPP_LINK_BIND_H
#define SMPP_LINK_BIND_H

#include <stdarg.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include "smpp/link/backoff.h"
#include "smpp/link/link.h"
#include "smpp/link/window.h"

enum bind_state {
    BIND_IDLE,       /* waits to try again */
    BIND_CONNECTING, /* name, TCP, TLS */
    BIND_BINDING,    /* bind sent */
    BIND_BOUND,
    BIND_UNBINDING, /* unbind sent */
    BIND_FLUSHING,  /* says its last word, then closes */
    BIND_FAILING,   /* to be dropped when the loop comes round */
    BIND_CLOSED     /* for good */
};

struct bind {
    struct link *link;
    uint32_t command; /* COMMAND_BIND_... */
    enum bind_state state;
    struct bufferevent *bev;
    struct evdns_getaddrinfo_request *lookup; /* of the host's name; NULL: none under way */
    int family;                               /* which of its addresses are looked up */
    struct event *timer;                      /* how long the state may last */
    struct event *enquire;                    /* silence */
    struct event *overdue;                    /* responses */
    struct event *wake;                       /* work put off until the loop comes round */
    struct event *shed;                       /* the caller does not answer */
    struct window window;
    struct backoff backoff;
    uint32_t connection; /* this connection's number within the link */
    uint32_t bind_sequence, enquire_sequence, unbind_sequence;
    int64_t heard;          /* microseconds; the last octets */
    int64_t bound;          /* when; 0 if not */
    int64_t enquired;       /* when the enquire_link in flight was sent; 0 if none */
    uint64_t written;       /* octets ever put out on this connection */
    size_t urgent;          /* octets of the input whose responses have been dealt with */
    bool was_bound;         /* the link was told */
    bool refused;           /* the login */
    bool stalled, shedding; /* see receive.c */
    char why[160];          /* this connection is closed */
};

int bind_init(struct bind *b, struct link *link, uint32_t command);

/* Begins to connect when the loop comes round. */
void bind_start(struct bind *b);

/* Ends this connection when the loop comes round, for a reason (printf), and tries again later. */
void bind_fail(struct bind *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, after what was written has left: the peer shall read why. */
void bind_hang_up(struct bind *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says goodbye and closes for good; at once if not bound. */
void bind_close(struct bind *b);

/* Releases everything, telling what becomes of open requests. */
void bind_free(struct bind *b);

/* What an SMSC's responses do to the connection. */
void bind_answered(struct bind *b, uint32_t status);
void bind_unbound(struct bind *b);

/* The settings changed. */
void bind_tune(struct bind *b);

bool bind_transmits(const struct bind *b);
bool bind_receives(const struct bind *b);

#endif
