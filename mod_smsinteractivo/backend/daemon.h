/*
 * smppd, as every thread of a child asks it: one persistent connection per child, any number of
 * requests under way, each answered within 2 seconds or given up. What came down is tried again
 * after a pause that doubles from 0.1 to 2 s.
 */
#ifndef SMSI_DAEMON_H
#define SMSI_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "mod_smsinteractivo/backend/daemon_link.h"

enum { DAEMON_WAIT_MS = 2000 };

/* One request and its answer. About 17 kB: it belongs on a stack. */
struct ask {
    struct line_writer w; /* put fields here after ask_begin */
    struct line line;     /* the answer, valid after daemon_ask said 0 or -EREMOTEIO */
    char tag[17];
    char text[LINE_MAX_OCTETS];
    char answer[LINE_MAX_OCTETS];
    /* what the threads tell one another */
    struct ask *next;
    bool done;
    int error;
};

/* In child_init. `threads` 1: the connection is closed after each request, for a process that
 * serves one visitor at a time would hold one idle forever. */
void daemon_begin(const char *path, int threads);
void daemon_end(void);

void ask_begin(struct ask *ask, const char *verb);
/*
 * 0: `ok`, see ask->line. -EREMOTEIO: smppd refused, `reason` in ask->line. -EAGAIN: it cannot be
 * reached. -ETIMEDOUT: no answer; it may have been done. -EMSGSIZE: the request is too long.
 */
int daemon_ask(struct ask *ask);

/* Whether smppd is there: connects where no connection is open. */
bool daemon_is_there(void);

/* Milliseconds since 1970 on smppd's clock; on ours until the first greeting came. */
int64_t daemon_now(void);

/* What the last greeting said; false until one came. */
bool daemon_greeting(struct greeting *greeting);

#endif
