/*
 * Which smppd were given which of a mobile's last answers: lines of `r:MOBILE`
 * (smpp/store/README.md), written in the compare-and-swap that says whose an answer is. Of two that
 * are given the same one, one finds the other here; which of them counts the first one's spool
 * knows. Pure functions over values.
 */
#ifndef SMPP_STORER_GIVEN_H
#define SMPP_STORER_GIVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "smpp/wire/line.h"

enum {
    GIVEN_TO = 16,           /* smppd; more are not remembered */
    GIVEN_ANSWERS = 16,      /* of one mobile to one smppd */
    GIVEN_DIGEST = 8,        /* hex digits of one: where two collide it is asked in vain */
    GIVEN_INSTANCE_ROOM = 68 /* its name, the NUL counted */
};

struct given_to {
    char instance[GIVEN_INSTANCE_ROOM];
    int64_t at;                                     /* ms: when it was given the last one */
    char digests[GIVEN_ANSWERS * GIVEN_DIGEST + 1]; /* one behind the other, the oldest first */
};

struct given {
    unsigned count;
    struct given_to to[GIVEN_TO]; /* in the order of time */
};

/* The last 32 bits of a likeness, in hex. */
void given_digest(char digest[GIVEN_DIGEST + 1], uint64_t likeness);

/* Takes a line `given`; one that breaks the form is passed over. */
void given_take(struct given *given, const struct line *line);
/* Writes all lines. 0 or -E2BIG. */
int given_write(const struct given *given, struct line_writer *w);

/* `instance` was given it now, or a moment after the last of all, whatever the clocks of two smppd
 * say: tells when. `likeness` is never 0. */
int64_t given_note(struct given *given, const char *instance, uint64_t likeness, int64_t now);
/* Whether it was before. */
bool given_has(const struct given_to *to, uint64_t likeness);

#endif
