/* Frames of the log, held until their commit is whole; see frames.h. */
#include "smpp/spool/frames.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* sqlite.org/fileformat2.html, 4.1: octets 4 to 7 of a head are 0 but where a commit ends. */
enum { HEAD = 24, PAGE = 4096, FRAMES = 16, ROOM = FRAMES * (HEAD + PAGE) };

static _Thread_local struct {
    int fd;
    off64_t at; /* of the first octet held */
    size_t length;
    bool last; /* the head held last is of a frame that ends a commit */
    uint8_t octets[ROOM];
} held;

int frames_end(void)
{
    size_t done = 0;
    int error = 0;

    while (error == 0 && done < held.length) {
        ssize_t written =
            pwrite64(held.fd, held.octets + done, held.length - done, held.at + (off64_t)done);

        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || errno != EINTR)
            error = written == 0 ? -EIO : -errno;
    }
    held.length = 0; /* SQLite writes those of a failed commit again, or nothing */
    return error;
}

static bool is_next(int fd, size_t length, off64_t at)
{
    bool whole = held.length % (HEAD + PAGE) == 0;

    if (held.length == 0)
        return length == HEAD;
    return fd == held.fd && at == held.at + (off64_t)held.length &&
           length == (size_t)(whole ? HEAD : PAGE);
}

static void hold(int fd, const void *octets, size_t length, off64_t at)
{
    static const uint8_t none[4];

    if (held.length == 0) {
        held.fd = fd;
        held.at = at;
    }
    memcpy(held.octets + held.length, octets, length);
    held.length += length;
    if (length == HEAD)
        held.last = memcmp((const uint8_t *)octets + 4, none, sizeof none) != 0;
}

static ssize_t failed(int error)
{
    errno = -error;
    return -1;
}

ssize_t frames_write(int fd, const void *octets, size_t length, off64_t at)
{
    int error = is_next(fd, length, at) ? 0 : frames_end();

    if (error < 0)
        return failed(error);
    if (!is_next(fd, length, at))
        return pwrite64(fd, octets, length, at);
    hold(fd, octets, length, at);
    if (held.length == ROOM || (length == PAGE && held.last))
        error = frames_end();
    return error < 0 ? failed(error) : (ssize_t)length;
}

ssize_t frames_read(int fd, void *octets, size_t length, off64_t at)
{
    int error = frames_end();

    return error < 0 ? failed(error) : pread64(fd, octets, length, at);
}
