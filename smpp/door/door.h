/* The Unix socket of PROTOCOL.md: who may come in, lines in, answers and news out.
 *
 * A peer may be hostile, slow or dead; it can lose its own connection and nothing else. What a verb
 * means is not known here: a table of handlers says so. Everything happens on the loop's thread. */
#ifndef SMPP_DOOR_DOOR_H
#define SMPP_DOOR_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "smpp/wire/line.h"

struct event_base;
struct door;

/* One request under way. It stays valid until request_done(), even when its peer has gone or it was
 * timed out meanwhile; then the answer goes nowhere. */
struct request;

enum door_role { DOOR_MODULE = 1, DOOR_CTL = 2, DOOR_ANY = 3 };

struct door_verb {
    const char *verb;
    unsigned roles; /* enum door_role, or-ed */
    /* Answers now or later, exactly once, ending in request_done(). */
    void (*handle)(void *ctx, struct request *request);
    unsigned patience_ms; /* until `no reason=timeout`; 0: 2,000 */
};

struct door_parts {
    struct event_base *base;
    const char *path;  /* its directory is made where missing (0750) */
    gid_t group;       /* of socket and made directory; (gid_t)-1: leave */
    const uid_t *uids; /* allowed beside root and our own */
    unsigned uid_count;
    unsigned connections;          /* [64] */
    unsigned per_uid;              /* [16] */
    const struct door_verb *verbs; /* of the switch; `hello` and `subscribe` are the door's */
    unsigned verb_count;
    void *ctx;
    /* Puts the greeting's fields; `smppd VERSION` stands there already. */
    void (*greet)(void *ctx, struct line_writer *w);
};

/* Listens. `parts` is copied, `verbs` is not. NULL with a sentence in `why`: a living smppd already
 * listens there, a directory cannot be made, ... A dead one's socket is replaced. */
struct door *door_open(const struct door_parts *parts, char *why, size_t room);

/* New limits and users, after a reload; path, group and verbs stay. */
void door_tune(struct door *door, const struct door_parts *parts);

/* Takes no new connections and removes the socket's name; the connected ones stay. */
void door_shut(struct door *door);

/* Sends what is written, closes all, frees. Requests still open stay valid until request_done(). */
void door_close(struct door *door);

/* A line for every subscriber, LF included (line_end wrote it). */
void door_news(struct door *door, const char *line, size_t len);

/* A field of the request, valid until request_done(); NULL where it has none. */
const char *request_get(const struct request *request, const char *name);
int64_t request_number(const struct request *request, const char *name, int64_t otherwise);
/* When it came, in us of CLOCK_MONOTONIC. */
int64_t request_since(const struct request *request);

/* Each begins a line; put fields into the writer before the next request_ call, which ends the
 * line. The writer is never NULL and belongs to the door. Use: any number of items, then one ok or
 * no, then done. */
struct line_writer *request_item(struct request *request);
struct line_writer *request_ok(struct request *request);
struct line_writer *request_no(struct request *request, const char *reason);
/* Ends the line and frees the request. */
void request_done(struct request *request);

/* Short forms that end in request_done(). */
void request_yes(struct request *request);
void request_refuse(struct request *request, const char *reason);
void request_refuse_for(struct request *request, const char *reason, int64_t retry_in_s);
void request_refuse_field(struct request *request, const char *field);

#endif
