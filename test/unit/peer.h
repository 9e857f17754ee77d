/* An SMSC that a test plays by hand, octet by octet, in the same event loop as the link it tests;
 * and the caller of that link, who writes down all he is told. Shares no code with smpp/pdu. */
#ifndef TEST_UNIT_PEER_H
#define TEST_UNIT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <event2/event.h>
#include "smpp/link/link.h"

enum { PEER_CONNECTIONS = 64, PEER_PDUS = 20000, PEER_NOTES = 20000 };

struct peer_pdu {
    unsigned connection; /* which of the accepted connections, from 0 */
    uint32_t command, status, sequence;
    uint8_t body[256]; /* its beginning */
    size_t length;     /* of the whole body */
};

struct peer_note {
    uint64_t tag;
    uint32_t status;
    bool late;
    char text[80]; /* message id, or why */
};

struct peer {
    struct event_base *base;
    struct evconnlistener *listener;
    uint16_t port;
    struct bufferevent *connections[PEER_CONNECTIONS];
    unsigned accepted, open;
    struct peer_pdu pdus[PEER_PDUS];
    unsigned pdu_count;
    /* how it behaves */
    uint32_t bind_status;
    unsigned bind_status_left; /* binds to answer so; then well */
    bool mute_bind, mute_enquire, mute_unbind, answers_submits;
    unsigned submit_window; /* answers no more than this many; 0: all */

    struct link *link;
    struct peer_note submitted[PEER_NOTES], in_doubt[PEER_NOTES], unsent[PEER_NOTES];
    unsigned submitted_count, in_doubt_count, unsent_count;
    uint64_t tokens[PEER_NOTES];
    struct peer_note delivers[PEER_NOTES];
    unsigned deliver_count, up, down, room, done;
    char events[PEER_NOTES]; /* U D s i u R d in order of telling */
    unsigned event_count;
    char log[4096]; /* ids, separated by blanks */
    unsigned waits; /* ms until it tries again, as it said last */
};

struct peer *peer_new(void);
void peer_free(struct peer *p); /* the link too */
/* The same for cmocka: *state is the peer. */
int peer_setup(void **state);
int peer_teardown(void **state);

/* Settings with short times; the caller may change them before peer_link. */
struct link_conf peer_conf(const struct peer *p);
void peer_link(struct peer *p, const struct link_conf *conf);

/* A link already up, with peer_conf, and room for its whole window. */
void peer_bound(struct peer *p);

/* Runs the loop until *counter >= least; false after 10 s. */
bool peer_wait(struct peer *p, const unsigned *counter, unsigned least);
/* Runs the loop for a while. */
void peer_run(struct peer *p, unsigned ms);
/* Until the peer has received that many of a command in all; false after 10 s. */
bool peer_wait_pdu(struct peer *p, uint32_t command, unsigned least);
unsigned peer_count(const struct peer *p, uint32_t command);
const struct peer_pdu *peer_last(const struct peer *p, uint32_t command);

/* To the last accepted connection. */
void peer_send(struct peer *p, const void *octets, size_t length);
void peer_send_pdu(struct peer *p, uint32_t command, uint32_t status, uint32_t sequence,
                   const void *body, size_t length);
/* A deliver_sm of a short text. Returns its length where out is given, then it is not sent. */
size_t peer_deliver(struct peer *p, uint32_t sequence, const char *text, uint8_t *out);
void peer_close(struct peer *p, unsigned connection);

/* One submit_sm with that tag. */
int peer_submit(struct peer *p, uint64_t tag);

#endif
