/* What SQLite writes to the log, frame by frame, goes there commit by commit.
 *
 * A frame is a head and a page, and SQLite writes each by a system call of its own: two a page, and
 * the kernel touches three of its pages for it. These stand in for those calls. They hold frames
 * back in the thread that writes them until the one that ends a commit has come, or something else
 * is read or written, or they are many. */
#ifndef SMPP_SPOOL_FRAMES_H
#define SMPP_SPOOL_FRAMES_H

#include <sys/types.h>

/* As pwrite(2) and pread(2); a write that fails may be of what was held before. */
ssize_t frames_write(int fd, const void *octets, size_t length, off64_t at);
ssize_t frames_read(int fd, void *octets, size_t length, off64_t at);

/* After each statement: nothing is held any more. 0 or a negative errno. */
int frames_end(void);

#endif
