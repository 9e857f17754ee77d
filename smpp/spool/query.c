/* Every statement, by number. Columns stand in the order of the record tables. Those that run for
 * each message change one row by VALUES and replace none that is indexed: SQLite could not undo any
 * other by itself, and copied each page that it changed. */
#include "smpp/spool/query.h"

#define MESSAGE_COLUMNS                                                                            \
    "id, conversation, kind, session, mobile, code, name, text, prepared, encoding, concat_ref,"   \
    " parts, accepted, expiry, until"
#define REPLY_COLUMNS                                                                              \
    "id, conversation, session, mobile, code, octets, data_coding, ref, total, seq, smsc,"         \
    " smsc_id, arrival, received, wall, outcome, shown"
#define CONVERSATION_COLUMNS "id, session, mobile, code, name, until, last, unanswered, ended, more"
#define CDR_COLUMNS                                                                                \
    "id, wall, mobile, code, conversation, part, parts, price, taxes, total, outcome, smsc,"       \
    " smsc_id"

const char *const QUERY_SQL[QUERIES] = {
    [QUERY_BEGIN] = "BEGIN IMMEDIATE",
    [QUERY_COMMIT] = "COMMIT",
    [QUERY_PAGE_COUNT] = "PRAGMA page_count",
    [QUERY_SCHEMA_VERSION] = "PRAGMA user_version",
    [QUERY_META_PUT] =
        "INSERT INTO meta VALUES(?,?) ON CONFLICT DO UPDATE SET value=excluded.value",
    [QUERY_META_ALL] = "SELECT name, value FROM meta",
    [QUERY_LAST_IDS] = "SELECT max((SELECT coalesce(max(id),0) FROM message),"
                       " (SELECT coalesce(max(id),0) FROM conversation)),"
                       " max((SELECT coalesce(max(id),0) FROM reply),"
                       " (SELECT coalesce(max(id),0) FROM cdr),"
                       " (SELECT coalesce(max(last),0) FROM cdr_file)),"
                       " (SELECT coalesce(max(id),0) FROM early)",

    [QUERY_MESSAGE_KEEP] = "INSERT INTO message VALUES(?,?,?,?,?,?,?,?,?,?,0,?,?,?,?,?,?,?,?,1,'')"
                           " ON CONFLICT DO NOTHING",
    [QUERY_MESSAGE_BY_KEY] = "SELECT id, conversation, code, parts, until FROM message WHERE key=?",
    [QUERY_MESSAGE_BY_NONCE] = "SELECT id FROM message WHERE nonce=?",
    [QUERY_MESSAGE_WENT_TO] = "SELECT 1 FROM message WHERE id=? AND mobile=?",
    [QUERY_MESSAGE_STATES] =
        "SELECT states, parts, conversation, session, reason, open FROM message WHERE id=?",
    [QUERY_MESSAGE_STATES_PUT] = "UPDATE message SET states=?2, reason=?3 WHERE id=?1",
    [QUERY_MESSAGE_WAY_PUT] = "UPDATE message SET encoding=?2 WHERE id=?1",
    [QUERY_MESSAGE_SETTLE] = "UPDATE message SET states=?2, reason=?3, open=0, name='', text='',"
                             " prepared=x'' WHERE id=?1",
    [QUERY_MESSAGE_SCAN] = "SELECT " MESSAGE_COLUMNS ", states FROM message"
                           " WHERE open=1 AND id>? ORDER BY id LIMIT 256",
    [QUERY_SETTLED_SCAN] = "SELECT id, conversation, session, parts, reason, states FROM message"
                           " WHERE open=0 AND session<>'' AND id>? ORDER BY id LIMIT 256",
    [QUERY_MESSAGE_PRUNE] = "DELETE FROM message WHERE id IN (SELECT id FROM"
                            " (SELECT id, accepted, open FROM message ORDER BY id LIMIT 2000)"
                            " WHERE accepted<? AND open=0)",

    [QUERY_SUBMITTED_PUT] = "INSERT OR REPLACE INTO submitted VALUES(?,?,?)",
    [QUERY_SUBMITTED_BY_ID] =
        "SELECT part FROM submitted WHERE smsc_id=? AND smsc=? ORDER BY part DESC LIMIT 1",
    [QUERY_SUBMITTED_SLICE] = "SELECT smsc_id, part FROM submitted WHERE (smsc_id, part)>(?1, ?2)"
                              " ORDER BY smsc_id, part LIMIT 1 OFFSET 1999",
    [QUERY_SUBMITTED_PRUNE] = "DELETE FROM submitted WHERE (smsc_id, part)>(?1, ?2)"
                              " AND (smsc_id, part)<=(?3, ?4)"
                              " AND part<(SELECT coalesce(min(id), ?5) FROM message)*16",
    [QUERY_EARLY_PUT] = "INSERT INTO early VALUES(?,?,?,?)",
    [QUERY_EARLY_KEY_PUT] = "INSERT OR IGNORE INTO early_key VALUES(?,?,?)",
    [QUERY_EARLY_BY_ID] = "SELECT early.id, state, reason FROM early_key JOIN early ON id=early"
                          " WHERE smsc_id=? AND smsc=? ORDER BY early DESC LIMIT 1",
    [QUERY_EARLY_REMOVE] = "DELETE FROM early WHERE id=?",
    [QUERY_EARLY_COUNT] = "SELECT count(*) FROM early",
    [QUERY_EARLY_SCAN] =
        "SELECT id, smsc, group_concat(smsc_id, ' '), state, reason FROM early_key"
        " CROSS JOIN early ON id=early WHERE early>max(?, coalesce((SELECT id FROM early"
        " WHERE at<(SELECT at-10000 FROM early ORDER BY id DESC LIMIT 1)"
        " ORDER BY id DESC LIMIT 1), 0)) GROUP BY early ORDER BY early LIMIT 256",
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

    [QUERY_CONVERSATION_PUT] = "INSERT OR REPLACE INTO conversation VALUES(?,?,?,?,?,?,?,?,?,?)",
    [QUERY_CONVERSATION_SCAN] = "SELECT " CONVERSATION_COLUMNS " FROM conversation"
                                " WHERE (session, id)>(?1, ?2) ORDER BY session, id LIMIT 256",
    [QUERY_CONVERSATION_WIPE] = "UPDATE conversation SET name='', more=x'' WHERE session=?",
    [QUERY_CONVERSATION_SLICE] = "SELECT session, id FROM conversation WHERE (session, id)>(?1, ?2)"
                                 " ORDER BY session, id LIMIT 1 OFFSET 1999",
    [QUERY_CONVERSATION_PRUNE] = "DELETE FROM conversation WHERE (session, id)>(?1, ?2)"
                                 " AND (session, id)<=(?3, ?4) AND until<?5",

    [QUERY_EVENT_PUT] = "INSERT OR REPLACE INTO event VALUES(?,?,?,?)",
    [QUERY_EVENT_SCAN] = "SELECT session, n, until, line FROM event"
                         " WHERE (session, n)>(?1, ?2) ORDER BY session, n LIMIT 256",
    [QUERY_EVENT_SCAN_SESSION] = "SELECT session, n, until, line FROM event"
                                 " WHERE session=?1 AND n>?2 ORDER BY n LIMIT 256",
    [QUERY_EVENT_WIPE] = "DELETE FROM event WHERE session=?",
    [QUERY_EVENT_SLICE] = "SELECT session, n FROM event WHERE (session, n)>(?1, ?2)"
                          " ORDER BY session, n LIMIT 1 OFFSET 1999",
    [QUERY_EVENT_PRUNE] =
        "DELETE FROM event WHERE (session, n)>(?1, ?2) AND (session, n)<=(?3, ?4) AND until<?5"
        " AND (SELECT until FROM event AS newest WHERE newest.session=event.session"
        " ORDER BY n DESC LIMIT 1)<?5 AND NOT EXISTS (SELECT 1 FROM conversation"
        " WHERE conversation.session=event.session AND ended=0)",

    [QUERY_OPTOUT_PUT] = "INSERT INTO optout VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET"
                         " how=excluded.how, since=max(since, excluded.since)",
    [QUERY_OPTOUT_REMOVE] = "DELETE FROM optout WHERE mobile=? AND since<=?",
    [QUERY_OPTOUT_SCAN] = "SELECT mobile, session, how, since FROM optout"
                          " WHERE (mobile, session)>(?1, ?2) ORDER BY mobile, session LIMIT 256",
    [QUERY_NOTICE_PUT] = "INSERT INTO notice(mobile, code, what, at) VALUES(?,'','',?)",
    [QUERY_NOTICE_SCAN] = "SELECT mobile, at, id FROM notice WHERE id>? ORDER BY id LIMIT 256",
    [QUERY_NOTICE_PRUNE] = "DELETE FROM notice WHERE id IN (SELECT id FROM"
                           " (SELECT id, at FROM notice ORDER BY id LIMIT 2000) WHERE at<?)",
};
