/*
 * Writing a session's transcript: the values of `t:SID` and `o:SID:K` (smpp/store/README.md). Pure:
 * a value is opened, changed and closed again; who stores it does so by compare-and-swap,
 * and so the winner numbers the event.
 *
 * Events stand in the order of their numbers. After memcached was lost several daemons put back
 * what each of them knows; `last` then stays before the first gap, so that no reader passes over an
 * event that is about to come back (transcript_settle gives a gap up).
 */
#ifndef SMPP_STORER_TRANSCRIPT_WRITE_H
#define SMPP_STORER_TRANSCRIPT_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/storer/route.h"
#include "smpp/store/transcript.h"

enum {
    TRANSCRIPT_CONVERSATIONS = 16,
    TRANSCRIPT_KEEPS = 32768, /* octets of events a t: value holds before old ones leave it */
    TRANSCRIPT_PIECE = 16384, /* octets of events of one o: value */
    TRANSCRIPT_EVENT = 8192   /* octets of one event's line */
};

struct transcript_conversation {
    char id[ROUTE_ID_ROOM];
    char to[11]; /* the mobile, ten digits */
    char code[ROUTE_CODE_ROOM];
    char name[ROUTE_NAME_ROOM];
    int64_t until;  /* ms on smppd's clock */
    int unanswered; /* messages sent since the last answer */
    bool ended;
};

/* One event; NULL and 0 fields are left out of the line. */
struct transcript_event {
    int64_t n; /* given by transcript_add, or known at a refill */
    const char *conversation;
    const char *type; /* sent, state, reply, late, ended */
    const char *message;
    const char *from, *to, *text;
    const char *state, *reason;
    int64_t time;
    unsigned parts;
    bool missing;
};

/* An opened value. About 80 kB. */
struct transcript_book {
    int64_t last, first, until;
    int64_t highest;      /* number of the newest event that stands here; above `last` where one is
                             missing */
    unsigned pieces;      /* how many o: values exist */
    int64_t pieces_until; /* they live until then, ms */
    /* The lines of its conversations as they were opened, `top` octets, until one is looked for:
     * most events touch none. Then NULL. */
    const char *lines;
    size_t top;
    unsigned conversations;
    struct transcript_conversation conversation[TRANSCRIPT_CONVERSATIONS];
    size_t events; /* octets of event lines in `own` */
    char own[TRANSCRIPT_MAX + TRANSCRIPT_EVENT];
};

/* A session nobody has heard of. */
void transcript_new(struct transcript_book *book);

/* Opens a value (len octets, unchanged, and needed until the book is closed). 0, or -EINVAL. */
int transcript_open(struct transcript_book *book, const char *value, size_t len);

/* Writes the value, at most TRANSCRIPT_MAX octets. Its length, or -E2BIG. */
int transcript_close(const struct transcript_book *book, char *value, size_t room);

/* Whether nothing stands there. */
bool transcript_is_new(const struct transcript_book *book);

/* How many conversations there are, in book->conversation from here on. */
unsigned transcript_conversations(struct transcript_book *book);

/* The conversation of that name, or NULL. */
struct transcript_conversation *transcript_find(struct transcript_book *book, const char *id);

/* Puts a conversation in or replaces it; `until` of the session rises with it. -ENOSPC where 16
 * live ones stand there already; else the oldest ended one leaves, if there is no room. */
int transcript_put(struct transcript_book *book, const struct transcript_conversation *mine);

/* An event as it stands in a book, until that changes. */
struct transcript_line {
    int64_t n;
    const char *at;
    size_t len; /* its LF counted */
};

/* Appends an event and gives it the next number. 0, or -E2BIG for a line that is too long. */
int transcript_add(struct transcript_book *book, struct transcript_event *event,
                   struct transcript_line *line);

/* One that is away may have given the next numbers, and pages may have seen those: numbers go on at
 * the time, ms, which is beyond all that were only counted. Gaps are given up. */
void transcript_leap(struct transcript_book *book, int64_t now);

/* Finds the event of that type, message and (where not NULL) state. */
bool transcript_has(const struct transcript_book *book, const char *type, const char *message,
                    const char *state, struct transcript_line *line);

/* Puts a numbered line back where it belongs; one of that number that stands there stays.
 * 0, or -E2BIG. */
int transcript_restore(struct transcript_book *book, int64_t n, const char *line, size_t len);

/* Gives gaps up: `last` becomes the highest number that stands there. */
void transcript_settle(struct transcript_book *book);

/* Old events that have to leave before the value can be closed: copies up to TRANSCRIPT_PIECE
 * octets into `out`, removes them and counts the piece. Their length, 0 where nothing
 * has to leave. */
size_t transcript_spill(struct transcript_book *book, char *out, size_t room);

#endif
