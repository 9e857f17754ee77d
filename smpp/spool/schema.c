/* The tables, and the way from older versions to them. */
#include "smpp/spool/schema.h"

#include <errno.h>
#include <stdio.h>

#include "smpp/spool/sqlite.h"

enum { VERSION = 3 };

/* reply.original is the answer that one repeats, or what it stands for itself (repeat.h).
 * reply.doubt is 1 in doubt, and then who has its repetition. message.states holds four bits a part
 * (enum spool_state), part 1 lowest; open is 1 while a part is before SUBMITTED; encoding is
 * how its parts are split, 0 before the first one leaves; notice is 0, and code and what of a
 * notice empty, for nobody reads them. submitted.part is message * 16 + part. reply.id is its CDR's
 * too. What belongs to a session lies in the order of their names, which begin with the time: so a
 * commit writes few pages of it. */
#define SESSION_TABLES                                                                             \
    "CREATE TABLE conversation(id INT NOT NULL, session TEXT NOT NULL, mobile TEXT NOT NULL,"      \
    " code TEXT NOT NULL, name TEXT NOT NULL, until INT NOT NULL, last INT NOT NULL,"              \
    " unanswered INT NOT NULL, ended INT NOT NULL, more BLOB NOT NULL,"                            \
    " PRIMARY KEY(session, id)) WITHOUT ROWID;"                                                    \
    "CREATE TABLE event(session TEXT NOT NULL, n INT NOT NULL, until INT NOT NULL,"                \
    " line TEXT NOT NULL, PRIMARY KEY(session, n)) WITHOUT ROWID;"

#define SUBMITTED_TABLE                                                                            \
    "CREATE TABLE submitted(smsc_id TEXT NOT NULL, part INT NOT NULL, smsc TEXT NOT NULL,"         \
    " PRIMARY KEY(smsc_id, part)) WITHOUT ROWID;"

static const char SCHEMA[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "INSERT INTO meta VALUES('instance', lower(hex(randomblob(4))));"
    "INSERT INTO meta VALUES('secret', lower(hex(randomblob(16))));"
    "CREATE TABLE message(id INTEGER PRIMARY KEY, conversation INT NOT NULL, kind INT NOT NULL,"
    " session TEXT NOT NULL, mobile TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,"
    " text TEXT NOT NULL, prepared BLOB NOT NULL, encoding INT NOT NULL, notice INT NOT NULL,"
    " concat_ref INT NOT NULL, parts INT NOT NULL, accepted INT NOT NULL,"
    " expiry INT NOT NULL, until INT NOT NULL, states INT NOT NULL, key BLOB, nonce BLOB,"
    " open INT NOT NULL,"
    " reason TEXT NOT NULL);"
    "CREATE UNIQUE INDEX message_key ON message(key) WHERE key IS NOT NULL;"
    "CREATE UNIQUE INDEX message_nonce ON message(nonce) WHERE nonce IS NOT NULL;" SUBMITTED_TABLE
    "CREATE TABLE early(id INTEGER PRIMARY KEY, state INT NOT NULL, reason TEXT NOT NULL,"
    " at INT NOT NULL);"
    "CREATE TABLE early_key(smsc_id TEXT, smsc TEXT, early INT,"
    " PRIMARY KEY(smsc_id, smsc, early)) WITHOUT ROWID;"
    "CREATE TABLE reply(id INTEGER PRIMARY KEY, conversation INT NOT NULL, session TEXT NOT NULL,"
    " mobile TEXT NOT NULL, code TEXT NOT NULL, octets BLOB NOT NULL, data_coding INT NOT NULL,"
    " ref INT NOT NULL, total INT NOT NULL, seq INT NOT NULL, smsc TEXT NOT NULL,"
    " smsc_id TEXT NOT NULL, arrival INT NOT NULL, received INT NOT NULL, wall INT NOT NULL,"
    " outcome INT NOT NULL, shown INT NOT NULL, digest INT NOT NULL, doubt INT NOT NULL,"
    " original INT NOT NULL);"
    "CREATE INDEX reply_digest ON reply(digest);"
    "CREATE INDEX reply_open ON reply(id) WHERE shown=0;"
    "CREATE TABLE cdr(id INTEGER PRIMARY KEY, wall INT NOT NULL, mobile TEXT NOT NULL,"
    " code TEXT NOT NULL, conversation INT NOT NULL, part INT NOT NULL, parts INT NOT NULL,"
    " price INT NOT NULL, taxes TEXT NOT NULL, total INT NOT NULL, outcome INT NOT NULL,"
    " smsc TEXT NOT NULL, smsc_id TEXT NOT NULL);"
    "CREATE INDEX cdr_wall ON cdr(wall);"
    "CREATE TABLE cdr_file(number INTEGER PRIMARY KEY, first INT NOT NULL, last INT NOT NULL,"
    " records INT NOT NULL, closed INT NOT NULL, written INT NOT NULL);"
    "CREATE INDEX cdr_file_planned ON cdr_file(number) WHERE written=0;" SESSION_TABLES
    "CREATE TABLE optout(mobile TEXT, session TEXT, how TEXT NOT NULL, since INT NOT NULL,"
    " PRIMARY KEY(mobile, session)) WITHOUT ROWID;"
    "CREATE TABLE notice(id INTEGER PRIMARY KEY, mobile TEXT NOT NULL, code TEXT NOT NULL,"
    " what TEXT NOT NULL, at INT NOT NULL);"
    "PRAGMA user_version=3;"
    "COMMIT";

/* Read in the order of the names, so that each page is filled once. What was answered just before a
 * stop is in doubt: one that could wait no longer did not say so then. */
#define FROM_OLD(conversations, events, more)                                                      \
    "BEGIN IMMEDIATE;"                                                                             \
    "ALTER TABLE conversation RENAME TO conversation_old;"                                         \
    "ALTER TABLE event RENAME TO event_old;"                                                       \
    "ALTER TABLE submitted RENAME TO submitted_old;" SESSION_TABLES SUBMITTED_TABLE                \
    "INSERT INTO conversation SELECT old.id, " conversations                                       \
    " ORDER BY 2, 1; INSERT INTO event SELECT " events " ORDER BY 1, 2;"                           \
    "INSERT INTO submitted SELECT smsc_id, id, smsc FROM submitted_old ORDER BY 1;"                \
    "DROP TABLE conversation_old; DROP TABLE event_old; DROP TABLE submitted_old;"                 \
    "UPDATE reply SET doubt=1 WHERE doubt=0"                                                       \
    " AND received>(SELECT max(received) FROM reply)-10000;"                                       \
    "DROP INDEX message_open;" more "PRAGMA user_version=3;"                                       \
    "COMMIT"
#define OLD_COLUMNS ", mobile, code, old.name, until, last, unanswered, ended, more"

/* Version 1 had an index of its own for the names in either. */
static const char FROM_1[] = FROM_OLD("session" OLD_COLUMNS " FROM conversation_old AS old",
                                      "session, n, until, line FROM event_old", "");

/* Version 2 gave each session a number, and an event the id number * 2^20 + n. */
static const char FROM_2[] =
    FROM_OLD("session.name" OLD_COLUMNS " FROM session CROSS JOIN conversation_old AS old"
             " ON old.session=session.id",
             "session.name, old.id&1048575, until, line FROM session CROSS JOIN event_old AS old"
             " ON old.id>session.id*1048576 AND old.id<(session.id+1)*1048576",
             "DROP TABLE session;");

static const char *const FROM[VERSION] = {SCHEMA, FROM_1, FROM_2};

static int version_read(struct db *db, int *version)
{
    struct query *query = db_query(db, QUERY_SCHEMA_VERSION);
    int stepped = query_step(query);

    if (stepped == 1)
        *version = (int)query_number(query, 0);
    query_end(query);
    return stepped < 0 ? stepped : 0;
}

/* What was written in vain is given back to the disk, which may be full of it. */
static int schema_update(struct db *db, int version)
{
    int error = db_exec(db, FROM[version]);
    char text[160];

    if (error == 0)
        return 0;
    snprintf(text, sizeof text, "%s%s",
             version > 0 ? "of an older version, and cannot be brought up to date: " : "",
             db_error_text(db));
    db_rollback(db);
    (void)db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    db_error_tell(db, text);
    return error;
}

int schema_bring(struct db *db, const struct db_options *options)
{
    char text[160];
    int version = 0, error = version_read(db, &version);

    if (error < 0 || version == VERSION)
        return error;
    if (version < 0 || version > VERSION) {
        snprintf(text, sizeof text,
                 "a newer smppd wrote it (version %d, this one knows %d); start that one again",
                 version, VERSION);
        db_error_tell(db, text);
        return -EPROTO;
    }
    if (version > 0 && options->updating)
        options->updating(options->ctx);
    return schema_update(db, version);
}
