/* The schema and every statement, by number. Columns stand in the order of the record tables. */
#include "smpp/spool/query.h"

/* reply.original is the answer that one repeats, or what it stands for itself (repeat.h).
 * reply.doubt is 1 in doubt, and then who has its repetition. message.states holds four bits a part
 * (enum spool_state), part 1 lowest; open is 1 while a part is before SUBMITTED. submitted.id is
 * message * 16 + part. reply.id is its CDR's too. event.id is session * 2^20 + n: a name may be
 * random, and would scatter what belongs to one time over an index's pages, each of which a commit
 * writes. Statements that run for each message change one row by VALUES and replace none that is
 * indexed: SQLite could not undo any other by itself, and copied each page that it changed. */
#define SESSION_TABLES                                                                             \
    "CREATE TABLE session(id INTEGER PRIMARY KEY, name TEXT NOT NULL);"                            \
    "CREATE UNIQUE INDEX session_name ON session(name);"                                           \
    "CREATE TABLE conversation(id INTEGER PRIMARY KEY, session INT NOT NULL,"                      \
    " mobile TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, until INT NOT NULL,"           \
    " last INT NOT NULL, unanswered INT NOT NULL, ended INT NOT NULL, more BLOB NOT NULL);"        \
    "CREATE TABLE event(id INTEGER PRIMARY KEY, until INT NOT NULL, line TEXT NOT NULL);"
#define SESSION_INDEX "CREATE INDEX conversation_session ON conversation(session);"

const char SCHEMA[] =
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
    "CREATE UNIQUE INDEX message_nonce ON message(nonce) WHERE nonce IS NOT NULL;"
    "CREATE INDEX message_open ON message(id) WHERE open=1;"
    "CREATE TABLE submitted(id INTEGER PRIMARY KEY, smsc_id TEXT NOT NULL, smsc TEXT NOT NULL);"
    "CREATE INDEX submitted_smsc_id ON submitted(smsc_id, smsc);"
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
        SESSION_INDEX
    "CREATE TABLE optout(mobile TEXT, session TEXT, how TEXT NOT NULL, since INT NOT NULL,"
    " PRIMARY KEY(mobile, session)) WITHOUT ROWID;"
    "CREATE TABLE notice(id INTEGER PRIMARY KEY, mobile TEXT NOT NULL, code TEXT NOT NULL,"
    " what TEXT NOT NULL, at INT NOT NULL);"
    "PRAGMA user_version=2;"
    "COMMIT";

/* Version 1 had the session's name in each row of both, and random names in their indexes. */
const char SCHEMA_FROM_1[] =
    "BEGIN IMMEDIATE;"
    "DROP INDEX conversation_session; DROP INDEX event_n;"
    "ALTER TABLE conversation RENAME TO conversation_1; ALTER TABLE event RENAME TO "
    "event_1;" SESSION_TABLES "INSERT INTO session(name) SELECT session FROM conversation_1 GROUP "
    "BY session ORDER BY min(id);"
    "INSERT INTO session(name) SELECT DISTINCT session FROM event_1 WHERE true"
    " ON CONFLICT DO NOTHING;"
    "INSERT INTO conversation SELECT old.id, session.id, mobile, code, old.name, until, last,"
    " unanswered, ended, more FROM conversation_1 AS old JOIN session ON session.name=old.session;"
    "INSERT INTO event SELECT session.id*1048576+n, until, line FROM event_1 AS old"
    " JOIN session ON session.name=old.session;"
    "DROP TABLE conversation_1; DROP TABLE event_1;" SESSION_INDEX "PRAGMA user_version=2;"
    "COMMIT";

#define MESSAGE_COLUMNS                                                                            \
    "id, conversation, kind, session, mobile, code, name, text, prepared, encoding, notice,"       \
    " concat_ref, parts, accepted, expiry, until"
#define REPLY_COLUMNS                                                                              \
    "id, conversation, session, mobile, code, octets, data_coding, ref, total, seq, smsc, "        \
    "smsc_id,"                                                                                     \
    " arrival, received, wall, outcome, shown"
#define CONVERSATION_COLUMNS                                                                       \
    "conversation.id, session.name, mobile, code, conversation.name, until, last, unanswered,"     \
    " ended, more"
#define OF_SESSION "(SELECT id FROM session WHERE session.name=?1)"
#define CDR_COLUMNS                                                                                \
    "id, wall, mobile, code, conversation, part, parts, price, taxes, total, outcome, smsc, "      \
    "smsc_id"

const char *const QUERY_SQL[QUERIES] = {
    [QUERY_BEGIN] = "BEGIN IMMEDIATE",
    [QUERY_COMMIT] = "COMMIT",
    [QUERY_PAGE_COUNT] = "PRAGMA page_count",
    [QUERY_META_PUT] =
        "INSERT INTO meta VALUES(?,?) ON CONFLICT DO UPDATE SET value=excluded.value",
    [QUERY_META_ALL] = "SELECT name, value FROM meta",
    [QUERY_LAST_IDS] = "SELECT max((SELECT coalesce(max(id),0) FROM message),"
                       " (SELECT coalesce(max(id),0) FROM conversation)),"
                       " max((SELECT coalesce(max(id),0) FROM reply),"
                       " (SELECT coalesce(max(id),0) FROM cdr),"
                       " (SELECT coalesce(max(last),0) FROM cdr_file)),"
                       " (SELECT coalesce(max(id),0) FROM early)",

    [QUERY_MESSAGE_KEEP] = "INSERT INTO message VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,'')"
                           " ON CONFLICT DO NOTHING",
    [QUERY_MESSAGE_BY_KEY] = "SELECT id, conversation, code, parts, until FROM message WHERE key=?",
    [QUERY_MESSAGE_BY_NONCE] = "SELECT id FROM message WHERE nonce=?",
    [QUERY_MESSAGE_WENT_TO] = "SELECT 1 FROM message WHERE id=? AND mobile=?",
    [QUERY_MESSAGE_STATES] =
        "SELECT states, parts, conversation, session, reason, open FROM message WHERE id=?",
    [QUERY_MESSAGE_STATES_PUT] = "UPDATE message SET states=?2, reason=?3 WHERE id=?1",
    [QUERY_MESSAGE_SETTLE] = "UPDATE message SET states=?2, reason=?3, open=0, name='', text='',"
                             " prepared=x'' WHERE id=?1",
    [QUERY_MESSAGE_SCAN] = "SELECT " MESSAGE_COLUMNS ", states FROM message"
                           " WHERE open=1 AND id>? ORDER BY id LIMIT 256",
    [QUERY_SETTLED_SCAN] = "SELECT id, conversation, session, parts, reason, states FROM message"
                           " WHERE open=0 AND session<>'' AND id>? ORDER BY id LIMIT 256",
    [QUERY_MESSAGE_PRUNE] = "DELETE FROM message WHERE id IN (SELECT id FROM"
                            " (SELECT id, accepted, open FROM message ORDER BY id LIMIT 2000)"
                            " WHERE accepted<? AND open=0)",

    [QUERY_SUBMITTED_PUT] = "INSERT INTO submitted VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET"
                            " smsc_id=excluded.smsc_id, smsc=excluded.smsc",
    [QUERY_SUBMITTED_BY_ID] =
        "SELECT id FROM submitted WHERE smsc_id=? AND smsc=? ORDER BY id DESC LIMIT 1",
    [QUERY_SUBMITTED_PRUNE] =
        "DELETE FROM submitted WHERE id IN (SELECT id FROM submitted WHERE id<"
        " (SELECT coalesce(min(id), 576460752303423487) FROM message)*16 ORDER BY id LIMIT 2000)",
    [QUERY_EARLY_PUT] = "INSERT INTO early VALUES(?,?,?,?)",
    [QUERY_EARLY_KEY_PUT] = "INSERT OR IGNORE INTO early_key VALUES(?,?,?)",
    [QUERY_EARLY_BY_ID] = "SELECT early.id, state, reason FROM early_key JOIN early ON id=early"
                          " WHERE smsc_id=? AND smsc=? ORDER BY early DESC LIMIT 1",
    [QUERY_EARLY_REMOVE] = "DELETE FROM early WHERE id=?",
    [QUERY_EARLY_COUNT] = "SELECT count(*) FROM early",
    [QUERY_EARLY_PRUNE] = "DELETE FROM early WHERE id IN"
                          " (SELECT id FROM early ORDER BY id LIMIT 2000) AND (at<? OR id<?)",
    [QUERY_EARLY_KEY_PRUNE] = "DELETE FROM early_key WHERE early<"
                              " (SELECT coalesce(min(id), 9223372036854775807) FROM early)",

    [QUERY_REPLY_KEEP] = "INSERT INTO reply VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,?)",
    [QUERY_REPLY_BY_DIGEST] = "SELECT id, total, arrival, smsc_id, doubt, received, original,"
                              " coalesce((SELECT first.original FROM reply AS first"
                              " WHERE first.id=reply.original), original)"
                              " FROM reply WHERE digest=? AND mobile=? AND code=? AND received>=?"
                              " AND received<=? AND id<? ORDER BY id DESC LIMIT 8",
    [QUERY_REPLY_BEGUN_ANEW] =
        "SELECT 1 FROM reply AS first CROSS JOIN reply AS other WHERE first.id=?1"
        " AND (other.id BETWEEN first.id-2000 AND first.id+2000 OR other.id>?2-2000)"
        " AND other.original<=0 AND other.received<=?3 AND other.mobile=first.mobile"
        " AND other.code=first.code AND other.ref=first.ref AND other.total=first.total"
        " AND other.seq<>first.seq"
        " GROUP BY other.seq HAVING count(DISTINCT other.digest)>1 AND max(other.id)>?1 LIMIT 1",
    [QUERY_REPLY_OPEN] =
        "SELECT digest, mobile, code, received, original FROM reply WHERE id=? AND original<0",
    [QUERY_REPLY_SETTLE_DOUBT] = "UPDATE reply SET doubt=?2 WHERE id=?1",
    [QUERY_REPLY_HOLD_END] = "UPDATE reply SET original=?2, shown=original=-3,"
                             " octets=CASE original WHEN -3 THEN x'' ELSE octets END"
                             " WHERE id=?1 AND original<0",
    [QUERY_REPLY_VOID] = "UPDATE reply SET original=?2, outcome=4, shown=original<>-2,"
                         " octets=CASE original WHEN -2 THEN octets ELSE x'' END WHERE id=?1",
    [QUERY_REPLY_DOUBT] =
        "UPDATE reply SET doubt=1 WHERE doubt=0 AND smsc=?1 AND id> coalesce((SELECT id FROM"
        " reply WHERE received<?2 ORDER BY id DESC LIMIT 1), 0)",
    [QUERY_REPLY_DOUBT_AFTER] = "UPDATE reply SET doubt=1 WHERE doubt=0 AND id>?",
    [QUERY_REPLY_SHOWN] = "UPDATE reply SET original=CASE original WHEN -2 THEN -3 ELSE original"
                          " END, shown=original>-2, octets=CASE WHEN original>-2 THEN x''"
                          " ELSE octets END WHERE id=? AND shown=0",
    [QUERY_REPLY_SCAN] = "SELECT " REPLY_COLUMNS
                         ", original FROM reply WHERE shown=0 AND id>? ORDER BY id LIMIT 256",
    [QUERY_REPLY_WIPE] = "UPDATE reply SET shown=1, octets=x'' WHERE shown=0 AND session=?",
    [QUERY_REPLY_WIPE_NEXT] =
        "SELECT " REPLY_COLUMNS " FROM reply WHERE shown=0 AND original<0 AND session=? LIMIT 1",
    [QUERY_REPLY_WIPE_OPEN] = "UPDATE reply SET octets=?2, data_coding=?3, session='' WHERE id=?1",
    [QUERY_REPLY_PRUNE] = "DELETE FROM reply WHERE id IN (SELECT id FROM"
                          " (SELECT id, received FROM reply ORDER BY id LIMIT 2000)"
                          " WHERE received<?)",

    [QUERY_CDR_KEEP] = "INSERT INTO cdr VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [QUERY_CDR_VOID] = "UPDATE cdr SET price=0, taxes=?2, total=0, outcome=4 WHERE id=?1 AND id>?3",
    [QUERY_CDR_TOTAL] = "SELECT total FROM cdr WHERE id=?",
    [QUERY_CDR_RANGE] =
        "SELECT " CDR_COLUMNS " FROM cdr WHERE id>? AND id<=? ORDER BY id LIMIT 1000",
    [QUERY_CDR_BETWEEN] = "SELECT " CDR_COLUMNS " FROM cdr WHERE wall>=?1 AND wall<?2"
                          " AND (wall, id)>(?3, ?4) ORDER BY wall, id LIMIT 1000",
    [QUERY_CDR_COUNT] =
        "SELECT count(*), min(id), max(id) FROM"
        " (SELECT id FROM cdr WHERE id>? AND id<coalesce((SELECT min(id) FROM reply"
        " WHERE shown=0 AND original=-1), 9223372036854775807) ORDER BY id LIMIT ?)",
    [QUERY_CDR_OLDEST] = "SELECT wall FROM cdr WHERE id>? ORDER BY id LIMIT 1",
    [QUERY_CDR_PRUNE] = "DELETE FROM cdr WHERE id IN (SELECT id FROM (SELECT id, wall FROM cdr"
                        " WHERE id< coalesce((SELECT min(first) FROM cdr_file WHERE written=0),"
                        " (SELECT max(last)+1 FROM cdr_file), 0) ORDER BY id LIMIT 2000)"
                        " WHERE wall<?)",
    [QUERY_CDR_FILE_PLAN] = "INSERT INTO cdr_file VALUES(?,?,?,?,?,0)",
    [QUERY_CDR_FILE_LAST] = "SELECT number, last FROM cdr_file ORDER BY number DESC LIMIT 1",
    [QUERY_CDR_FILE_COUNT] = "SELECT count(*) FROM cdr_file WHERE written=0",
    [QUERY_CDR_FILE_PLANNED] = "SELECT number, first, last, records FROM cdr_file"
                               " WHERE written=0 ORDER BY number LIMIT 1",
    [QUERY_CDR_FILE_BY_NUMBER] = "SELECT number, first, last, records FROM cdr_file WHERE number=?",
    [QUERY_CDR_FILE_WRITTEN] = "UPDATE cdr_file SET written=1 WHERE number=?",

    [QUERY_CONVERSATION_PUT] =
        "INSERT INTO conversation VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
        " name=excluded.name, until=excluded.until, last=excluded.last,"
        " unanswered=excluded.unanswered, ended=excluded.ended, more=excluded.more",
    [QUERY_CONVERSATION_SCAN] =
        "SELECT " CONVERSATION_COLUMNS " FROM conversation CROSS JOIN session"
        " ON session.id=conversation.session WHERE conversation.id>?"
        " ORDER BY conversation.id LIMIT 256",
    [QUERY_CONVERSATION_WIPE] =
        "UPDATE conversation SET name='', more=x'' WHERE session=" OF_SESSION,
    [QUERY_CONVERSATION_SLICE] = "SELECT count(*), max(id) FROM"
                                 " (SELECT id FROM conversation WHERE id>? ORDER BY id LIMIT 2000)",
    [QUERY_CONVERSATION_PRUNE] = "DELETE FROM conversation WHERE id>? AND id<=? AND until<?",

    [QUERY_SESSION_BY_NAME] = "SELECT id FROM session WHERE name=?",
    [QUERY_SESSION_PUT] = "INSERT INTO session(name) VALUES(?) ON CONFLICT DO NOTHING",
    [QUERY_SESSION_SLICE] = "SELECT count(*), max(id) FROM"
                            " (SELECT id FROM session WHERE id>? ORDER BY id LIMIT 2000)",
    [QUERY_SESSION_PRUNE] =
        "DELETE FROM session WHERE id>?1 AND id<=?2"
        " AND NOT EXISTS (SELECT 1 FROM conversation WHERE conversation.session=session.id)"
        " AND NOT EXISTS (SELECT 1 FROM event WHERE event.id>session.id*1048576"
        " AND event.id<(session.id+1)*1048576)",

    [QUERY_EVENT_PUT] = "INSERT OR REPLACE INTO event VALUES(?1,?3,?4)",
    [QUERY_EVENT_SCAN] = "SELECT name, event.id&1048575, until, line, event.id FROM event"
                         " CROSS JOIN session ON session.id=event.id>>20"
                         " WHERE event.id>? ORDER BY event.id LIMIT 256",
    [QUERY_EVENT_SCAN_SESSION] =
        "SELECT name, event.id&1048575, until, line, event.id FROM session CROSS JOIN event"
        " WHERE name=?1 AND event.id>max(session.id*1048576, ?2)"
        " AND event.id<(session.id+1)*1048576 ORDER BY event.id LIMIT 256",
    [QUERY_EVENT_WIPE] = "DELETE FROM event WHERE id>" OF_SESSION "*1048576"
                         " AND id<(" OF_SESSION "+1)*1048576",
    [QUERY_EVENT_SLICE] = "SELECT count(*), max(id) FROM"
                          " (SELECT id FROM event WHERE id>? ORDER BY id LIMIT 2000)",
    [QUERY_EVENT_PRUNE] =
        "DELETE FROM event WHERE id>?1 AND id<=?2 AND until<?3"
        " AND (SELECT until FROM event AS newest WHERE newest.id<((event.id>>20)+1)*1048576"
        " ORDER BY newest.id DESC LIMIT 1)<?3 AND NOT EXISTS"
        " (SELECT 1 FROM conversation WHERE session=event.id>>20 AND ended=0)",

    [QUERY_OPTOUT_PUT] = "INSERT INTO optout VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET"
                         " how=excluded.how, since=max(since, excluded.since)",
    [QUERY_OPTOUT_REMOVE] = "DELETE FROM optout WHERE mobile=? AND since<=?",
    [QUERY_OPTOUT_SCAN] = "SELECT mobile, session, how, since FROM optout"
                          " WHERE (mobile, session)>(?1, ?2) ORDER BY mobile, session LIMIT 256",
    [QUERY_NOTICE_PUT] = "INSERT INTO notice(mobile, code, what, at) VALUES(?,?,?,?)",
    [QUERY_NOTICE_SCAN] =
        "SELECT mobile, code, what, at, id FROM notice WHERE id>? ORDER BY id LIMIT 256",
    [QUERY_NOTICE_PRUNE] = "DELETE FROM notice WHERE id IN (SELECT id FROM"
                           " (SELECT id, at FROM notice ORDER BY id LIMIT 2000) WHERE at<?)",
};
