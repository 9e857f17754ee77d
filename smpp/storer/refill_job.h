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

/* Answers to it that we were given, the newest first; 0: none. */
struct refill_given {
    const char *instance;
    const uint32_t *digest;
    unsigned count; /* GIVEN_ANSWERS at most */
};

/* Puts a route back with what we were given, and its conversation's line into the transcript where
 * the session lives. */
int refill_put_route(struct storer *storer, const char *mobile, const struct route *route,
                     const struct refill_given *given, const struct transcript_conversation *line,
                     const char *session, int64_t now, int64_t memory);

/* Puts events back; takes the lines. */
int refill_put_lines(struct storer *storer, struct lines *lines, int64_t now);

#endif
