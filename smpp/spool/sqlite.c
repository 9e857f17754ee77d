/* SQLite behind numbered statements: the one place that knows its types, pragmas and
 * error codes. */
#include "smpp/spool/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "smpp/spool/frames.h"
#include "smpp/spool/schema.h"

enum { PAGE = 4096 };

struct query {
    struct db *db;
    sqlite3_stmt *statement;
    int prepared; /* what preparing it led to */
};

struct db {
    sqlite3 *handle;
    uint32_t log_frames; /* 0: as before */
    char error[160];
    struct query query[QUERIES];
};

/* NORMAL: a commit does not wait for the log's sync, which is ours (wal.h), as the checkpoints are.
 * secure_delete: wiped texts do not linger in free pages. */
static const char PRAGMAS[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                              "PRAGMA secure_delete=FAST; PRAGMA temp_store=MEMORY;"
                              "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=83886080;"
                              "PRAGMA cache_size=-1000; PRAGMA trusted_schema=OFF;";

static int error_number(int code, int system)
{
    if (system == ENOSPC || system == EDQUOT || system == EFBIG)
        return -ENOSPC;
    switch (code & 0xff) {
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_IOERR:
        return system == EROFS ? -EROFS : -EIO;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
        return -EBADMSG;
    default:
        return -EIO;
    }
}

static int db_failed(struct db *db, int code)
{
    /* Outside I/O errors the system's errno is left from something else. */
    int system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN
                     ? sqlite3_system_errno(db->handle)
                     : 0;

    snprintf(db->error, sizeof db->error, "%s", sqlite3_errmsg(db->handle));
    return error_number(code, system);
}

/* Once SQLite has returned `code`: what it took for written is, or it has failed after all. */
static int db_written(struct db *db, int code)
{
    int error = frames_end();

    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        return db_failed(db, code);
    if (error == 0)
        return 0;
    snprintf(db->error, sizeof db->error, "%s", strerror(-error));
    return error_number(SQLITE_IOERR, -error);
}

int db_exec(struct db *db, const char *sql)
{
    return db_written(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

static int limit_set(struct db *db, uint64_t max_octets)
{
    char limit[64];

    if (max_octets == 0)
        return 0;
    snprintf(limit, sizeof limit, "PRAGMA max_page_count=%llu",
             (unsigned long long)(max_octets / PAGE));
    return db_exec(db, limit);
}

/* SQLite gives its log and index the mode of the database. */
static int file_make(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static int log_grew(void *context, sqlite3 *handle, const char *name, int frames)
{
    struct db *db = context;

    (void)handle;
    (void)name; /* there is only one database */
    db->log_frames = (uint32_t)frames;
    return SQLITE_OK;
}

static void library_set_up(void)
{
    sqlite3_vfs *vfs;

    /* Nobody asks how much it has allocated; counting takes a lock each time. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    vfs = sqlite3_vfs_find(NULL);
    (void)vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)frames_write);
    (void)vfs->xSetSystemCall(vfs, "pread64", (sqlite3_syscall_ptr)frames_read);
}

static int db_set_up(struct db *db, const char *path, const struct db_options *options)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int error, code;

    (void)pthread_once(&once, library_set_up);
    code =
        sqlite3_open_v2(path, &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK)
        return db->handle ? db_failed(db, code) : -ENOMEM;
    sqlite3_busy_timeout(db->handle, 500);
    error = db_exec(db, PRAGMAS);
    sqlite3_wal_hook(db->handle, log_grew, db);
    if (error == 0)
        error = schema_bring(db, options);
    return error < 0 ? error : limit_set(db, options->max_octets);
}

struct db *db_open(const char *path, const struct db_options *options, char *why, size_t room)
{
    struct db *db = calloc(1, sizeof *db);
    int error;

    if (!db) {
        snprintf(why, room, "no memory for the spool");
        errno = ENOMEM;
        return NULL;
    }
    snprintf(db->error, sizeof db->error, "it cannot be made");
    error = file_make(path);
    if (error == 0)
        error = db_set_up(db, path, options);
    if (error == 0)
        return db;
    snprintf(why, room, "the spool %s cannot be used: %s%s%s", path, db->error,
             error == -EPROTO ? "" : ": ", error == -EPROTO ? "" : strerror(-error));
    db_abandon(db);
    errno = -error;
    return NULL;
}

struct db *db_open_beside(const char *path)
{
    struct db *db = calloc(1, sizeof *db);
    int code = db ? sqlite3_open_v2(
                        path, &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL)
                  : SQLITE_NOMEM;

    /* OFF: what db_copy copies is synced, and a sync that it had fail would take along what others
     * are about to sync. It finds out that there is a log by reading. */
    if (code == SQLITE_OK && db_exec(db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-100;"
                                         "SELECT count(*) FROM meta") == 0)
        return db;
    db_abandon(db);
    return NULL;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (int i = 0; i < QUERIES; i++)
        sqlite3_finalize(db->query[i].statement);
    sqlite3_close(db->handle);
    free(db);
}

void db_abandon(struct db *db)
{
    if (db)
        (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    db_close(db);
}

/* sqlite.org/walformat.html, 2.1: a head twice, of 48 octets, in the first of the index's parts. An
 * empty one is not believed. Removed it would stay what others know who have it open: the last to
 * leave puts the log into the database by it. */
void db_index_void(struct db *db)
{
    enum { HEADS = 96, PART = 32768 };
    sqlite3_file *file = NULL;
    void volatile *index = NULL;

    if (!db || sqlite3_file_control(db->handle, NULL, SQLITE_FCNTL_FILE_POINTER, &file) ||
        file->pMethods->xShmMap(file, 0, PART, 0, &index) || !index)
        return;
    memset((void *)index, 0, HEADS);
}

int db_begin(struct db *db)
{
    return query_run(db_query(db, QUERY_BEGIN));
}

int db_commit(struct db *db)
{
    return query_run(db_query(db, QUERY_COMMIT));
}

void db_rollback(struct db *db)
{
    for (int i = 0; i < QUERIES; i++)
        query_end(&db->query[i]);
    /* SQLite may have rolled back by itself already, on a full disk for example. */
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

uint32_t db_log_grown(struct db *db)
{
    uint32_t frames = db->log_frames;

    db->log_frames = 0;
    return frames;
}

int db_checkpoint(struct db *db, uint32_t *copied)
{
    int frames = 0;
    int code =
        sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &frames);

    *copied = frames > 0 ? (uint32_t)frames : 0;
    /* Somebody who looks may hold it up. */
    return code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY ? 0 : db_failed(db, code);
}

int db_hold(struct db *db)
{
    int stepped = query_step(db_query(db, QUERY_META_ALL)); /* its rows are not looked at */

    return stepped < 0 ? stepped : stepped == 1 ? 0 : -EIO;
}

void db_let_go(struct db *db)
{
    query_end(db_query(db, QUERY_META_ALL));
}

int db_copy(struct db *db, uint32_t *copied)
{
    sqlite3_file *file = NULL;
    int error = db_checkpoint(db, copied), code;

    if (error < 0)
        return error;
    code = sqlite3_file_control(db->handle, NULL, SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK)
        code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    return code == SQLITE_OK ? 0 : db_failed(db, code);
}

unsigned db_changes(const struct db *db)
{
    return (unsigned)sqlite3_changes(db->handle);
}

uint64_t db_octets(struct db *db)
{
    struct query *query = db_query(db, QUERY_PAGE_COUNT);
    uint64_t octets = query_step(query) == 1 ? (uint64_t)query_number(query, 0) * PAGE : 0;

    query_end(query);
    return octets;
}

const char *db_error_text(const struct db *db)
{
    return db->error;
}

void db_error_tell(struct db *db, const char *text)
{
    snprintf(db->error, sizeof db->error, "%s", text);
}

struct query *db_query(struct db *db, enum query_name name)
{
    struct query *query = &db->query[name];

    query->db = db;
    if (!query->statement)
        query->prepared = sqlite3_prepare_v3(db->handle, QUERY_SQL[name], -1,
                                             SQLITE_PREPARE_PERSISTENT, &query->statement, NULL);
    else
        query_end(query);
    return query;
}

/* A failed bind leaves NULL, which NOT NULL columns refuse at the step. */
void query_bind(struct query *query, int nth, int64_t value)
{
    (void)sqlite3_bind_int64(query->statement, nth, value);
}

void query_bind_text(struct query *query, int nth, const char *text)
{
    (void)sqlite3_bind_text(query->statement, nth, text, -1, SQLITE_STATIC);
}

void query_bind_octets(struct query *query, int nth, const void *octets, size_t length)
{
    (void)sqlite3_bind_blob64(query->statement, nth, length ? octets : "", length, SQLITE_STATIC);
}

int query_step(struct query *query)
{
    int code, error;

    if (!query->statement)
        return db_failed(query->db, query->prepared);
    code = sqlite3_step(query->statement);
    error = db_written(query->db, code);
    if (error == 0 && code == SQLITE_ROW)
        return 1;
    query_end(query);
    return error;
}

int query_run(struct query *query)
{
    int stepped = query_step(query);

    if (stepped == 1)
        query_end(query);
    return stepped < 0 ? stepped : 0;
}

void query_end(struct query *query)
{
    /* The error of a failed step has been told already. */
    if (query->statement)
        (void)sqlite3_reset(query->statement);
}

int64_t query_number(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

const char *query_text(struct query *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);

    return text ? (const char *)text : "";
}

const void *query_octets(struct query *query, int column, size_t *length)
{
    const void *octets = sqlite3_column_blob(query->statement, column);

    *length = (size_t)sqlite3_column_bytes(query->statement, column);
    return octets ? octets : "";
}
