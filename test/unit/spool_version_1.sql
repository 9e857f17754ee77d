-- Makes of a spool of version 2 what version 1 would have kept of the same.
BEGIN;
DROP INDEX conversation_session; ALTER TABLE conversation RENAME TO c; ALTER TABLE event RENAME TO e;
CREATE TABLE conversation(id INTEGER PRIMARY KEY, session TEXT NOT NULL, mobile TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
    until INT NOT NULL, last INT NOT NULL, unanswered INT NOT NULL, ended INT NOT NULL, more BLOB NOT NULL);
CREATE INDEX conversation_session ON conversation(session);
CREATE TABLE event(id INTEGER PRIMARY KEY, session TEXT NOT NULL, n INT NOT NULL, until INT NOT NULL, line TEXT NOT NULL);
CREATE UNIQUE INDEX event_n ON event(session, n);
INSERT INTO conversation SELECT c.id, session.name, mobile, code, c.name, until, last, unanswered, ended, more FROM c, session WHERE session.id=session;
INSERT INTO event(session, n, until, line) SELECT name, e.id & 1048575, until, line FROM e, session WHERE session.id=e.id>>20;
DROP TABLE c; DROP TABLE e; DROP TABLE session; PRAGMA user_version=1;
COMMIT;
