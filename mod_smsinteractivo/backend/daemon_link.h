/* One connection to smppd: opened, greeted, lines out and lines in, every wait bounded by a
 * deadline. Not thread-safe; daemon.h shares one among threads. */
#ifndef SMSI_DAEMON_LINK_H
#define SMSI_DAEMON_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/wire/line.h"

enum { GREETING_IDLE_MS = 300000 }; /* where no smppd has said it yet */

/* What smppd says when somebody comes in (PROTOCOL.md). */
struct greeting {
    int64_t ahead; /* ms to add to CLOCK_BOOTTIME for smppd's clock */
    char policy[16];
    char notice[512];
    int64_t idle;      /* ms a conversation lives after its last message */
    char instance[72]; /* its name among all smppd; "" where it does not say so */
};

struct daemon_link {
    int fd; /* non-blocking; -1 where not open */
    size_t have;
    struct greeting greeting;
    char in[2 * LINE_MAX_OCTETS];
};

/* Milliseconds of CLOCK_BOOTTIME: deadlines are counted on it, and smppd's clock is derived. */
int64_t boottime_ms(void);

/* Connects, reads the greeting, says hello as the module. 0; -ENOENT, -ECONNREFUSED, -EACCES, ...
 * as connect(2); -ETIMEDOUT; -EPROTO where the peer is no smppd of our version or refuses us. */
int daemon_link_open(struct daemon_link *link, const char *path, int64_t deadline);
void daemon_link_close(struct daemon_link *link);

/* All of `text`. 0, -ETIMEDOUT or -EPIPE and the like; then only closing helps. */
int daemon_link_write(struct daemon_link *link, const char *text, size_t len, int64_t deadline);

/* Says one line, with its LF, while nothing else is under way, and awaits its `ok`. 0; errors as
 * those of daemon_link_open. */
int daemon_link_say(struct daemon_link *link, const char *text, int64_t deadline);

/* Waits for octets and takes them in. 0, -ETIMEDOUT, or -ECONNRESET, -EPROTO (an endless line). */
int daemon_link_read(struct daemon_link *link, int64_t deadline);

/* Copies the next whole line out, without its LF, NUL-terminated. Its length, or 0 where none has
 * come. */
size_t daemon_link_line(struct daemon_link *link, char out[static LINE_MAX_OCTETS]);

#endif
