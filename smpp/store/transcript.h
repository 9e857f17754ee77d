/*
 * Reading a session's transcript (`t:SID`, see README.md): its head, then its conversations and
 * events line by line. smppd alone writes it (smpp/storer/transcript_write.h).
 */
#ifndef SMPP_STORE_TRANSCRIPT_H
#define SMPP_STORE_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/wire/line.h"

enum {
    TRANSCRIPT_MAX = 65536, /* octets of one `t:` or `o:` value */
    SESSION_NAME_LEN = 32,
};

struct transcript {
    int64_t last;  /* the cursor: number of the newest event, 0 where there is none */
    int64_t first; /* the oldest event that stands in this value */
    int64_t until; /* ms on smppd's clock; the session is over when it has passed */
    char *rest;    /* the lines not yet read */
    size_t left;
};

/* Reads the head of `value` (len octets, writable, value[len] too). 0 or -EINVAL. Nothing is
 * copied. */
int transcript_read(struct transcript *t, char *value, size_t len);

/* The next line, parsed in place. False at the end; a line that cannot be parsed is passed over. */
bool transcript_next(struct transcript *t, struct line *line);

/* Passes over the events that come next and are numbered up to `after`, without parsing them: a
 * reader who knows a long conversation wants only its end. */
void transcript_skip(struct transcript *t, int64_t after);

#endif
