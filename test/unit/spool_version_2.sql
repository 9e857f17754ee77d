-- Makes of a spool what version 2 would have kept of the same.
BEGIN;
ALTER TABLE conversation RENAME TO c; ALTER TABLE event RENAME TO e; ALTER TABLE submitted RENAME TO s;
CREATE TABLE session(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE UNIQUE INDEX session_name ON session(name);
CREATE TABLE conversation(id INTEGER PRIMARY KEY, session INT NOT NULL, mobile TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
    until INT NOT NULL, last INT NOT NULL, unanswered INT NOT NULL, ended INT NOT NULL, more BLOB NOT NULL);
CREATE TABLE event(id INTEGER PRIMARY KEY, until INT NOT NULL, line TEXT NOT NULL);
CREATE INDEX conversation_session ON conversation(session);
CREATE INDEX message_open ON message(id) WHERE open=1;
CREATE TABLE submitted(id INTEGER PRIMARY KEY, smsc_id TEXT NOT NULL, smsc TEXT NOT NULL);
CREATE INDEX submitted_smsc_id ON submitted(smsc_id, smsc);
INSERT INTO session(name) SELECT session FROM c UNION SELECT session FROM e;
INSERT INTO conversation SELECT c.id, session.id, mobile, code, c.name, until, last, unanswered, ended, more FROM c, session WHERE c.session=session.name;
INSERT INTO event SELECT session.id * 1048576 + n, until, line FROM e, session WHERE session.name=e.session;
INSERT INTO submitted SELECT part, smsc_id, smsc FROM s;
DROP TABLE c; DROP TABLE e; DROP TABLE s; PRAGMA user_version=2;
COMMIT;
