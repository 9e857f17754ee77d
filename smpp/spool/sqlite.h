/* SQLite, as the rest of the spool sees it: numbered prepared statements and negative errno.
 * sqlite.c is the only file of the tree that includes sqlite3.h. Not thread-safe: one thread at a
 * time. */
#ifndef SMPP_SPOOL_SQLITE_H
#define SMPP_SPOOL_SQLITE_H

#include <stddef.h>
#include <stdint.h>

#include "smpp/spool/query.h"

struct db;
struct query; /* one prepared statement, bound and stepped */

/* What failing functions return: -ENOSPC, -EROFS, -EIO (a failing disk; also damaged, busy, gone, a
 * quota or file size limit), -ENOMEM: the transaction is lost, the disk or the machine is to blame.
 * -EBADMSG: the statement itself was refused. */

struct db_options {
    uint64_t max_octets;         /* 0: no limit; an older schema is brought up to date beyond it */
    void (*updating)(void *ctx); /* told before that, or NULL */
    void *ctx;
};

/* Opens or makes the database at path (mode 0600) and brings its schema up to date. NULL with errno
 * (EPROTO: the schema is newer than this program) and a sentence in why. */
struct db *db_open(const char *path, const struct db_options *options, char *why, size_t room);
/* What the log holds goes into the database, and the log away. */
void db_close(struct db *db);
/* Leaves log and database as they are. */
void db_abandon(struct db *db);
/* The log was cut off behind SQLite's back: its index of that is read anew by whoever uses the
 * database next, also who has it open now. This connection is to be abandoned. */
void db_index_void(struct db *db);

int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);

/* Frames in the log, where a commit has changed anything since this was asked last; else 0. */
uint32_t db_log_grown(struct db *db);
/* What the log holds goes into the database, where it is synced; the next commit begins the log
 * anew. So many of its frames are there then: not all where somebody looks. */
int db_checkpoint(struct db *db, uint32_t *copied);

/* Another connection to a database that is open: to be used by one thread at a time, as the first
 * one is by another, and closed by db_abandon before that. NULL where there can be none. */
struct db *db_open_beside(const char *path);
/* Until db_let_go nothing goes from the log into the database that is committed from now on. 0 or a
 * negative errno. */
int db_hold(struct db *db);
void db_let_go(struct db *db);
/* What the log holds, as far as nobody keeps it from that, goes into the database and on the disk.
 * 0 or a negative errno. */
int db_copy(struct db *db, uint32_t *copied);

/* Rows changed by the last statement that changed any; after an INSERT that did nothing, 0. */
unsigned db_changes(const struct db *db);
/* Octets of the database; its log not counted. */
uint64_t db_octets(struct db *db);
/* What went wrong last: SQLite's own words, or those of whoever knows better. */
const char *db_error_text(const struct db *db);
void db_error_tell(struct db *db, const char *text);

/* Statements without parameters and rows, one after the other, up to one that fails. */
int db_exec(struct db *db, const char *sql);

/* The statement, reset; NULL never: what cannot be prepared fails when stepped. */
struct query *db_query(struct db *db, enum query_name name);

/* Parameters count from 1. Texts and octets must stay until the query is stepped or ended. */
void query_bind(struct query *query, int nth, int64_t value);
void query_bind_text(struct query *query, int nth, const char *text); /* NULL: SQL's NULL */
void query_bind_octets(struct query *query, int nth, const void *octets, size_t length);

/* 1: a row stands to be read; 0: no further one (and reset); negative errno (and reset). */
int query_step(struct query *query);
/* Steps a statement that gives no rows: 0 or negative errno. */
int query_run(struct query *query);
/* Lets go of rows not read. */
void query_end(struct query *query);

/* Columns count from 0. Texts and octets stay until the next step or end. */
int64_t query_number(struct query *query, int column);
const char *query_text(struct query *query, int column); /* "" for NULL */
const void *query_octets(struct query *query, int column, size_t *length);

#endif
