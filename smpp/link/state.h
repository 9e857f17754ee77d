/* What a link is made of. Internal to smpp/link. */
#ifndef SMPP_LINK_STATE_H
#define SMPP_LINK_STATE_H

#include <openssl/ssl.h>
#include "smpp/link/bind.h"
#include "smpp/link/inbox.h"
#include "smpp/link/pace.h"

struct evdns_base;

struct link {
    struct event_base *base;
    struct evdns_base *dns; /* NULL while host is an address */
    SSL_CTX *tls;
    struct link_conf *conf;
    struct link_events events;
    void *ctx;
    struct bind binds[2]; /* the transmitting one first */
    unsigned bind_count;
    uint32_t connections; /* ever opened */
    struct inbox inbox;
    struct pace pace;
    /* timerfd: libevent's own timers are up to 2 ms late, a fifth of the pace at 100/s. */
    int pacer;
    struct event *paced;    /* it has fired: the pace allows again */
    struct event *patience; /* draining is over */
    struct event *wake;     /* room or drained: told when the loop comes round */
    bool full;              /* the caller saw no room */
    bool paused, draining, closed;
    void (*drained)(void *ctx, struct link *link);
    struct link_stats stats;
};

/* Microseconds of a clock that runs on while the machine sleeps. */
int64_t link_now(void);

/* Sets a timer, or moves it. */
void link_arm(struct event *timer, int64_t us);

/* Tells the log; id as in the manual. */
void link_log(struct link *link, int level, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* From the binds. */
void link_bound(struct link *link, struct bind *b);
void link_unbound(struct link *link, struct bind *b);
void link_bind_closed(struct link *link);

/* Tells the caller of room it did not have before; not from inside a call of his. */
void link_refresh(struct link *link);

/* The caller saw that there is no room: waits for the pace where that is what lacks. */
void link_lacks_room(struct link *link, int64_t now);

/* link_room at a time. */
unsigned link_room_at(struct link *link, int64_t now);

/* The bind that submits, NULL while there is none bound. */
struct bind *link_transmitter(const struct link *link);

#endif
