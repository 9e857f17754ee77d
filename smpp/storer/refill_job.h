/* The storer's part of refill.h. Jobs free themselves. */
#ifndef SMPP_STORER_REFILL_JOB_H
#define SMPP_STORER_REFILL_JOB_H

#include "smpp/storer/change.h"

/* Lines of events of one session, ascending. */
struct lines {
    char session[ROUTE_ID_ROOM];
    size_t len, room;
    char *octets; /* each ends in LF */
};

struct lines *lines_new(const char *session);
/* -ENOMEM. */
int lines_add(struct lines *lines, const char *line);
void lines_free(struct lines *lines);

/* What is known of a conversation. */
struct refill_route {
    const char *mobile;
    struct route route;
    bool shown;            /* its session lives, and its transcript has a line of it */
    unsigned unanswered;   /* as in that line */
    const char *instance;  /* who was given the mobile's answers to it */
    const uint32_t *given; /* which, the newest first, 0 where there was none */
    unsigned answers;      /* how many, GIVEN_ANSWERS at most */
    /* On the loop: another conversation has its pair, and keeps it. */
    void (*taken)(void *ctx, const char *conversation);
    void *ctx;
};

/* Puts it back, unless what stands there is newer. Copies all. `memory`: ms. -ENOMEM, -EAGAIN. */
int refill_put_route(struct storer *storer, const struct refill_route *known, int64_t now,
                     int64_t memory);

/* Puts events back; takes the lines. */
int refill_put_lines(struct storer *storer, struct lines *lines, int64_t now);

#endif
