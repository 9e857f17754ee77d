/* What the files of the door share: door_socket.c (its place), door.c (who comes in),
 * door_connection.c (one peer), door_request.c (one request). Nobody else includes this. */
#ifndef SMPP_DOOR_DOOR_INNER_H
#define SMPP_DOOR_DOOR_INNER_H

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>

#include "smpp/door/door.h"

enum {
    DOOR_VERSION = 1,
    PATIENCE_MS = 2000,
    IN_FLIGHT_MAX = 256,       /* requests of one peer; beyond, it is not read */
    OUTPUT_PAUSE = 64 * 1024,  /* octets waiting for a peer; beyond, it is not read */
    OUTPUT_MAX = 256 * 1024,   /* beyond, it is cut off */
    OUTPUT_MAX_CTL = 16 << 20, /* an operator's lists are long, and the operator is trusted */
};

struct connection {
    LIST_ENTRY(connection) link;
    struct door *door;
    int fd;
    uid_t uid;
    unsigned role; /* enum door_role; 0 before hello */
    bool subscribed;
    bool paused; /* reads nothing until it has taken its answers */
    bool ended;  /* sends nothing more, and waits for its last answers */
    bool dead;   /* closed, freed when the loop comes round */
    unsigned in_flight;
    LIST_HEAD(, request) requests;
    struct event *readable, *writable;
    struct evbuffer *out;
    size_t in_len;
    char in[LINE_MAX_OCTETS + 1];
};

struct request {
    LIST_ENTRY(request) link;
    struct door *door;
    struct connection *peer; /* NULL: gone, or timed out */
    struct event timer;
    int64_t since;
    struct line line;
    char text[]; /* line points into it */
};

LIST_HEAD(connections, connection);

struct door {
    struct door_parts parts;
    uid_t uids[64];
    char *path;
    int fd, spare;
    ino_t inode;
    struct event *acceptable, *resume, *bury;
    const struct timeval *patience; /* libevent's queue for the usual time-out */
    unsigned connected;
    struct connections connections, graves;
    unsigned requests; /* not yet done: the door outlives them */
    bool closed;
    struct request *writing;
    bool writing_ends; /* the line is ok or no, not an item */
    struct line_writer writer;
    char line[LINE_MAX_OCTETS + 1];
};

/* Listens at the door's path. 0, or -1 with a sentence in `why`. */
int door_socket_open(struct door *door, char *why, size_t room);
/* Listens no more, and removes the name where it is still ours; once is enough. */
void door_socket_close(struct door *door);

/* Takes over fd. -ENOMEM: fd is the caller's still. */
int connection_open(struct door *door, int fd, uid_t uid);
/* Closes now; memory goes when the loop comes round. */
void connection_cut(struct connection *peer);
/* Appends to what the peer is to read; it may be cut by this. */
void connection_put(struct connection *peer, const char *octets, size_t len);
void connection_free(struct connection *peer);

/* A line of a peer becomes a request and is handed to whom it concerns. 0, or -EINVAL where the
 * line breaks the grammar, -ENOMEM where memory is short: then the peer is to be cut. */
int request_take(struct connection *peer, const char *text, size_t len);
/* The peer of a request has gone. */
void request_orphan(struct request *request);

void door_release(struct door *door);

#endif
