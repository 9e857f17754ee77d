/*
 * Which visitor a short code means to one mobile: the value of `r:MOBILE` (smpp/store/README.md),
 * read, decided on and written back. Pure functions over values; claim.c and answer_look.c store
 * what they decide by compare-and-swap, so that several daemons never give one code away twice.
 */
#ifndef SMPP_STORER_ROUTE_H
#define SMPP_STORER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/storer/given.h"

enum {
    ROUTE_CODES = 64,        /* codes one mobile may have been written to from */
    ROUTE_CODE_ROOM = 16,    /* a short code, its NUL counted; as CONF_CODE_LEN */
    ROUTE_ID_ROOM = 33,      /* a conversation's or session's name: 32 hex digits and a NUL */
    ROUTE_NAME_ROOM = 84,    /* 20 characters of UTF-8 and a NUL */
    ROUTE_VALUE_MAX = 32768, /* octets of a whole value */
    MOBILE_ROOM = 11         /* ten digits and a NUL */
};

/* One code of one mobile. Times are ms on smppd's clock. No conversation: it is only reserved. */
struct route {
    char code[ROUTE_CODE_ROOM];
    char conversation[ROUTE_ID_ROOM];
    char session[ROUTE_ID_ROOM];
    char name[ROUTE_NAME_ROOM]; /* the visitor's */
    int64_t until;              /* live while now < until, unless ended */
    int64_t last;               /* last use: a message out or an answer in */
    /* The visitor who held the code before, while an answer meant for them may still come. */
    int64_t before_until; /* when they had to give it up; 0: nobody is remembered */
    char before_name[ROUTE_NAME_ROOM];
    int64_t seen;  /* first message of this conversation known to be on the handset; 0: not yet */
    bool answered; /* an answer has been given to this conversation */
    bool ended;    /* for good, and some smppd has acted on it: nothing renews it */
    int64_t reserved; /* until then nobody else is given the code */
};

/* What is remembered of one mobile. About 23 kB. */
struct routes {
    int64_t hour;  /* since 1970, of the newest message to the mobile */
    unsigned sent; /* messages to it in that hour */
    unsigned count;
    struct route route[ROUTE_CODES];
    struct given given; /* its last answers */
};

/* Reads a value (len octets, writable, value[len] too; overwritten). Lines that cannot be read are
 * passed over; 0, or -EINVAL where it is no routes value at all. An empty value is no routes. */
int route_read(struct routes *routes, char *value, size_t len);

/* Writes the value. Its length, or -E2BIG. */
int route_write(const struct routes *routes, char *value, size_t room);

/* Drops what ended more than `memory` ms ago (24 h). */
void route_forget(struct routes *routes, int64_t now, int64_t memory);

/* The end of the memory of all that stands here, ms; 0 where nothing does. */
int64_t route_last_until(const struct routes *routes);

bool route_is_live(const struct route *route, int64_t now);

/* Who wants a code. */
struct route_wish {
    const char (*codes)[ROUTE_CODE_ROOM]; /* the pool; those on links that are up come first */
    unsigned count, up;                   /* all of them, and how many of the first are up */
    unsigned carried; /* with those behind the pool, where only what lives goes on */
    const char *session;
    const char *conversation; /* the name a new conversation would get */
    const char *name;         /* the visitor's */
    int64_t now, idle, memory;
    unsigned hourly; /* messages to the mobile in one hour, from anybody; 0: any number */
    bool lacking;    /* others may have given away codes of which nothing stands here */
};

/*
 * The visitor's own live conversation; else the code of their last one, if free; else a
 * code never used; else the one used least recently. Live pairs are never taken. The route's times
 * are renewed. `*taken` points into `routes`; `*fresh` says whether a conversation began. 0, or
 * with `*retry_at` (ms) -EBUSY, until the first code becomes free, or -EDQUOT, until the hour is
 * over.
 */
int route_claim(struct routes *routes, const struct route_wish *wish, struct route **taken,
                bool *fresh, int64_t *retry_at);

/* Whose an answer is. */
enum route_verdict {
    ROUTE_NONE,  /* nobody remembered on this code */
    ROUTE_LIVE,  /* the conversation's */
    ROUTE_LATE,  /* the conversation has ended; the visitor's if their session still lives */
    ROUTE_HANDED /* the code went to somebody else and the answer may be meant for who had it
                    before: nobody's */
};

/*
 * An answer on `code` that arrived at `now`. A code that had another visitor within the memory is
 * only trusted once its first message has been on the handset for `guard` ms: what comes
 * earlier was written before the replier could know of the new conversation. `*route` is the code's
 * line, or NULL.
 */
enum route_verdict route_judge(struct routes *routes, const char *code, int64_t now, int64_t guard,
                               struct route **route);

/* A code that nobody is known to have now is given to nobody until then, or until whoever has it
 * puts it back. */
void route_reserve(struct routes *routes, const char *code, int64_t until);

/* The line of a code or of a conversation, or NULL. */
struct route *route_of_code(struct routes *routes, const char *code);
struct route *route_of_conversation(struct routes *routes, const char *conversation);

/* Puts back a line after memcached lost it. Of two visitors' lines of one code the one used later
 * stands, and remembers the other; of two of one conversation the one that has ended, else the one
 * that lives longer.
 * -E2BIG where there is no room. */
int route_merge(struct routes *routes, const struct route *mine);

#endif
