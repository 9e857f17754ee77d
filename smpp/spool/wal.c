/* The database's log: where it ends, synced and cut off; see wal.h. */
#include "smpp/spool/wal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* SQLite file format, 4.1: the head, and in it the count of rounds; before each page a head too. */
enum { HEAD = 32, ROUND_AT = 12, FRAME = 24 + 4096 };

bool wal_is_at(struct wal_place a, struct wal_place b)
{
    return a.round == b.round && a.frames == b.frames;
}

static int beside(const char *db_path, const char *end, char path[PATH_MAX])
{
    return snprintf(path, PATH_MAX, "%s%s", db_path, end) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int wal_open(struct wal *wal, const char *db_path)
{
    char path[PATH_MAX];
    int error = beside(db_path, "-wal", path);

    if (error < 0)
        return error;
    wal->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return wal->fd < 0 ? -errno : 0;
}

void wal_close(struct wal *wal)
{
    if (wal->fd >= 0)
        close(wal->fd);
    wal->fd = -1;
}

static int round_read(const struct wal *wal, uint32_t *round)
{
    ssize_t octets = pread(wal->fd, round, sizeof *round, ROUND_AT);

    if (octets < 0)
        return -errno;
    *round = octets == sizeof *round ? ntohl(*round) : 0; /* an empty log has no head */
    return 0;
}

int wal_note(struct wal *wal, uint32_t frames)
{
    if (frames == 0)
        return 0;
    wal->end.frames = frames;
    return round_read(wal, &wal->end.round);
}

int wal_sync(const struct wal *wal)
{
    return fdatasync(wal->fd) < 0 ? -errno : 0;
}

/* Of a log that began anew nothing is synced: what was before stands in the database. */
static int unsynced_cut(struct wal *wal)
{
    uint32_t round;
    int error = round_read(wal, &round);
    off_t octets = 0;

    if (error < 0)
        return error;
    if (round == wal->synced.round)
        octets = HEAD + (off_t)wal->synced.frames * FRAME;
    else
        wal->end = (struct wal_place){0, 0};
    return ftruncate(wal->fd, octets) < 0 || fsync(wal->fd) < 0 ? -errno : 0;
}

int wal_cut(struct wal *wal, const char *db_path)
{
    int error;

    wal_close(wal);
    wal->end = wal->synced;
    error = wal_open(wal, db_path);
    if (error == 0) {
        error = unsynced_cut(wal);
    } else if (error == -ENOENT) {
        wal->end = (struct wal_place){0, 0};
        error = 0;
    }
    wal_close(wal);
    return error;
}
