/* The database's log (SQLite's write-ahead log) on its way to the disk.
 *
 * A commit appends to the log and does not wait (synchronous=NORMAL). It is on disk once a sync of
 * the log that began after it has ended. That is enough: after a loss of power SQLite reads the log
 * from its beginning as far as checksums and salts are right, so what it finds is all commits up to
 * some point, and those synced are before it (sqlite.org/fileformat2.html, 4.3-4.5). Commits go
 * into the database itself only when they are synced: by ledger_copy, as far as the log was when
 * all of it was, and by ledger_checkpoint, when all of it is; then the log begins anew, its new
 * head synced by SQLite before any commit behind it. So the database never holds what the log could
 * lose, and what is not synced can be cut off.
 *
 * After a failed sync nothing is known of what it was to write, and a second one would say nothing
 * of it (Linux has marked those pages clean): it is cut off, as if it had not been committed. */
#ifndef SMPP_SPOOL_WAL_H
#define SMPP_SPOOL_WAL_H

#include <stdbool.h>
#include <stdint.h>

/* How far the log is written: it begins anew from time to time. */
struct wal_place {
    uint32_t round;  /* how often it has begun anew: in its head */
    uint32_t frames; /* pages written behind the head */
};

struct wal {
    int fd;                  /* our own; SQLite locks other files */
    struct wal_place end;    /* of the last commit; executing thread only */
    struct wal_place synced; /* on disk up to here */
};

bool wal_is_at(struct wal_place a, struct wal_place b);

/* Opens the log beside the database at db_path, once SQLite has made it. 0 or a negative errno. */
int wal_open(struct wal *wal, const char *db_path);
void wal_close(struct wal *wal);

/* After a commit: notes where the log ends, by SQLite's count of frames; 0: where it did. 0 or a
 * negative errno. */
int wal_note(struct wal *wal, uint32_t frames);

/* All that was committed before is on disk, or a negative errno. From any thread. */
int wal_sync(const struct wal *wal);

/* Closes it, and cuts off what is not synced; the connection must make its index void then
 * (db_index_void) and be closed, and not be used before. Where the log is gone already, nothing is
 * left to cut. 0 or a negative errno; `end` says where it ends, and `synced` is to be set to that
 * also after an error. */
int wal_cut(struct wal *wal, const char *db_path);

#endif
