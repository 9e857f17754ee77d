/* Frames of the log on their way to the file: few writes, in order, none left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "smpp/spool/frames.h"

enum { HEAD = 24, PAGE = 4096, FRAME = HEAD + PAGE, START = 32 };

static unsigned writes;
static size_t most; /* octets that one call takes */
static int refusing;

__attribute__((visibility("default"))) ssize_t pwrite64(int fd, const void *octets, size_t length,
                                                        off64_t at)
{
    writes++;
    if (refusing) {
        errno = refusing;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, octets, length < most ? length : most, at);
}

static int file_begin(void **state)
{
    char path[] = "/tmp/spool-frames-XXXXXX";
    static int fd;

    fd = mkstemp(path);
    *state = &fd;
    unlink(path);
    writes = 0;
    most = SIZE_MAX;
    refusing = 0;
    return fd < 0;
}

static int file_end(void **state)
{
    return close(*(int *)*state);
}

static off_t octets_of(int fd)
{
    struct stat file;

    assert_int_equal(fstat(fd, &file), 0);
    return file.st_size;
}

/* As SQLite does, with a page of n; what the second write came to. */
static ssize_t frame_write(int fd, unsigned n, bool last)
{
    uint8_t head[HEAD] = {0}, page[PAGE];
    off_t at = START + (off_t)n * FRAME;

    memset(page, (int)n + 1, sizeof page);
    head[0] = (uint8_t)(n + 1);
    head[7] = last;
    if (frames_write(fd, head, sizeof head, at) != HEAD)
        return -1;
    return frames_write(fd, page, sizeof page, at + HEAD);
}

static void check_frames(int fd, unsigned count)
{
    static uint8_t frame[FRAME];

    assert_int_equal(octets_of(fd), START + (off_t)count * FRAME);
    for (unsigned n = 0; n < count; n++) {
        assert_int_equal(pread(fd, frame, sizeof frame, START + (off_t)n * FRAME), FRAME);
        assert_int_equal(frame[0], n + 1);
        assert_int_equal(frame[HEAD], n + 1);
        assert_int_equal(frame[FRAME - 1], n + 1);
    }
}

static void a_commit_is_one_write_when_it_is_whole(void **context)
{
    int fd = *(int *)*context;

    for (unsigned n = 0; n < 9; n++)
        assert_int_equal(frame_write(fd, n, false), PAGE);
    assert_int_equal(octets_of(fd), 0);
    assert_int_equal(frame_write(fd, 9, true), PAGE);
    assert_int_equal(writes, 1);
    check_frames(fd, 10);
}

static void a_long_commit_is_several(void **context)
{
    int fd = *(int *)*context;

    most = 5000; /* and each takes what it likes */
    for (unsigned n = 0; n < 100; n++)
        assert_int_equal(frame_write(fd, n, n == 99), PAGE);
    check_frames(fd, 100);
}

static void what_is_held_is_there_when_it_is_read_or_something_else_is_written(void **context)
{
    int fd = *(int *)*context;
    uint8_t page[PAGE], octet = 7;

    assert_int_equal(frame_write(fd, 0, false), PAGE);
    assert_int_equal(frames_read(fd, page, sizeof page, START + HEAD), PAGE);
    assert_int_equal(page[PAGE - 1], 1);
    assert_int_equal(frame_write(fd, 1, false), PAGE);
    assert_int_equal(frames_write(fd, &octet, 1, 0), 1);
    check_frames(fd, 2);
    assert_int_equal(frame_write(fd, 3, false), PAGE); /* not the one behind those */
    assert_int_equal(frame_write(fd, 2, true), PAGE);
    check_frames(fd, 4);
}

static void after_a_statement_nothing_is_held(void **context)
{
    int fd = *(int *)*context;

    assert_int_equal(frame_write(fd, 0, false), PAGE);
    assert_int_equal(frames_end(), 0);
    check_frames(fd, 1);
    assert_int_equal(frames_end(), 0);
    assert_int_equal(writes, 1);
}

static void what_cannot_be_written_is_told_and_let_go(void **context)
{
    int fd = *(int *)*context;

    refusing = ENOSPC;
    assert_int_equal(frame_write(fd, 0, false), PAGE);
    assert_int_equal(frame_write(fd, 1, true), -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(frame_write(fd, 0, false), PAGE);
    assert_int_equal(frames_end(), -ENOSPC);
    refusing = 0;
    assert_int_equal(frames_end(), 0);
    assert_int_equal(octets_of(fd), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, file_begin, file_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_commit_is_one_write_when_it_is_whole),
        TEST(a_long_commit_is_several),
        TEST(what_is_held_is_there_when_it_is_read_or_something_else_is_written),
        TEST(after_a_statement_nothing_is_held),
        TEST(what_cannot_be_written_is_told_and_let_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
