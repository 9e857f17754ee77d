/* What the spool's threads work on: the database, and what it remembers beside it. */
#ifndef SMPP_SPOOL_LEDGER_H
#define SMPP_SPOOL_LEDGER_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "smpp/spool/export.h"
#include "smpp/spool/receipt.h"
#include "smpp/spool/spool.h"
#include "smpp/spool/sqlite.h"
#include "smpp/spool/wal.h"

enum { LEDGER_META = 64, LEDGER_MESSAGES = 1024 };

struct meta {
    char *name;
    char *value;
};

/* What a message's row holds, as it was written or read last. */
struct message_place {
    uint64_t id; /* 0: none */
    uint64_t states, conversation;
    unsigned parts;
    bool open;
    char session[SPOOL_SESSION_MAX + 1];
    char reason[SPOOL_REASON_MAX + 1];
};

/* Where a look at a table whose order is that of names goes on: after this row. */
struct cursor {
    char name[SPOOL_NAME_MAX + 1];
    int64_t number;
};

/* What changes with a transaction and goes back with it. */
struct ledger_counts {
    uint64_t last_reply; /* ids given so far */
    uint64_t last_early;
    uint64_t early;                  /* receipts that wait for their message */
    uint64_t answered;               /* spool_answered, as it stands in the database */
    uint64_t file_number, file_last; /* of the newest CDR file, and its last record */
    uint64_t planned;                /* CDR files decided and not yet written */
    uint64_t kept, known, replies, duplicates, receipts_early;
};

struct ledger {
    bool open;                  /* read back whole; else nothing is noted at the end */
    bool doubtful;              /* to be reopened before anything else */
    struct db *db;              /* NULL: ledger_reopen failed */
    struct db *holder, *copier; /* as long as one copies; NULL at first */
    struct wal wal;
    struct wal_place tried;  /* the last checkpoint, or copy that somebody who looks held up */
    struct wal_place told;   /* that the log grows */
    _Atomic int log_error;   /* of the last checkpoint; this and the next also read by the loop */
    _Atomic bool log_grows;  /* ... for somebody looks */
    struct wal_place held;   /* to be copied */
    struct wal_place copied; /* the database has it */
    uint32_t frames;         /* ledger_copy's alone, while one copies: of the log in the database */
    char path[PATH_MAX];
    struct spool_options options;
    uint8_t secret[16];                             /* of the digests of answers */
    uint64_t last_id;                               /* of messages and conversations, when opened */
    struct ledger_counts counts, committed, synced; /* as of now, of wal.end, of wal.synced */
    _Atomic uint64_t answered;                      /* spool_answered, told by the loop */
    uint64_t written;                               /* ... as it was at written_at */
    int64_t written_at;                             /* ms */
    struct export export;
    struct smsc_style style[RECEIPT_SMSCS];
    struct message_place message[LEDGER_MESSAGES];  /* what a rollback undoes is not remembered */
    struct cursor submitted, conversations, events; /* where pruning goes on */
    struct meta meta[LEDGER_META];                  /* as it stood when opened */
    unsigned metas;
};

/* Opens the database and reads what is remembered. 0, or a negative errno with a
 * sentence in why. */
int ledger_open(struct ledger *ledger, char *why, size_t room);
void ledger_close(struct ledger *ledger);
/* After an I/O error: without what is not synced, and by a fresh connection, so that nothing of the
 * failed one is believed. */
int ledger_reopen(struct ledger *ledger);

/* Ends the transaction under way: with all it did, or with nothing of it. */
int ledger_commit(struct ledger *ledger);
void ledger_rollback(struct ledger *ledger);

/* Keeps which answers' responses were handed to TCP (spool_answered) some seconds ago: a later one
 * may die in the socket's buffer with us. `now` in ms. 0 or a negative errno. */
int ledger_answered_note(struct ledger *ledger, int64_t now);

/* Once all is synced, now and then: what the log holds goes into the database. Where that fails it
 * is tried again later. */
bool ledger_wants_checkpoint(const struct ledger *ledger);
void ledger_checkpoint(struct ledger *ledger);

/* The same beside commits, but for what comes meanwhile, and the log goes on: ledger_hold once all
 * is synced; ledger_copy on any thread; ledger_let_go by who holds, with what that returned. 0 or a
 * negative errno. How many pages it would be about. */
uint32_t ledger_uncopied(const struct ledger *ledger);
int ledger_hold(struct ledger *ledger);
int ledger_copy(struct ledger *ledger);
void ledger_let_go(struct ledger *ledger, int error);

/* SQLite's own words about the last failure. */
const char *ledger_error_text(const struct ledger *ledger);

/* A value as it stood when opened, or NULL. */
const char *ledger_meta(const struct ledger *ledger, const char *name);

void ledger_log(const struct ledger *ledger, int level, const char *id, const char *sentence,
                const char *fields);

#endif
