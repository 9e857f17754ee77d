/*
 * What must outlive a crash: messages accepted, answers received and billed, opt-outs.
 *
 * SQLite on threads of its own. The loop hands over jobs; a thread drains them into one
 * transaction, commits, and the log is synced before any of them is reported, so that whatever a
 * callback says is on disk. All functions here belong to the loop's thread; callbacks come from
 * spool_collect alone, each exactly once, in the order of the jobs but for messages and answers,
 * which pass events, states and the like (order.h).
 *
 * Every job is copied, with all it points to, before its function returns. Each returns 0, or
 *   -EAGAIN  the queue is full: push back on whoever fills it, try again after a collect
 *   -EINVAL  a field is missing, too long or out of its range
 *   -ENOMEM
 * and then done is not called. done.call may be NULL. result->error is 0 or
 *   -ENOSPC, -EROFS, -EIO  the disk is full, read-only or failing: nothing was kept
 *   -ENOENT                nothing of that name is there
 *   -ECANCELED             the spool was closed first (spool_close finishes what it can)
 *
 * Where the disk refuses, spool_keep, spool_known, spool_reply and the CDR exports fail at once,
 * and nothing may then be acknowledged; every other job waits in the queue until the disk takes it.
 * The spool tries again each second and recovers by itself.
 *
 * Times are ms since 1970 UTC on smppd's own clock unless said otherwise. Ids come from
 * spool_id_next and are below SPOOL_ID_MAX; elsewhere they are written as 16 lower-case hex digits.
 * Strings are UTF-8, zero-terminated; NULL means empty.
 */
#ifndef SMPP_SPOOL_SPOOL_H
#define SMPP_SPOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/spool/kept.h"

struct spool;

struct spool_options {
    const char *directory;     /* must exist and be writable; holds spool.db, spool.lock */
    const char *cdr_directory; /* NULL: directory; where CSV files are written */
    unsigned queue;            /* jobs that may wait [8192] */
    unsigned batch;            /* jobs of one transaction [1024] */
    int64_t cdr_period_ms;     /* a CDR file is closed when it is this old [3600000] */
    unsigned cdr_records;      /* ... or has this many records [50000] */
    int64_t text_keep_ms;      /* texts, ended conversations, keys and nonces [24 h] */
    int64_t cdr_keep_ms;       /* exported CDRs [400 days] */
    int64_t repeat_ms;         /* how long after an answer its repetition is looked for [6 h] */
    uint64_t max_octets;       /* the database may grow to this size; 0: the disk's */
    unsigned log_pages;        /* of the database's log, then it goes into the database [16000]: a
                                  long one lets pages written often be written there once */
    /* From the loop's and the spool's threads; fields are key=value without texts or
     * whole numbers. */
    void (*log)(void *ctx, int level, const char *id, const char *sentence, const char *fields);
    void *log_ctx;
    /* From spool_open, with log_ctx, or NULL: the database is an older version's and is now brought
     * up to date, which takes some seconds for each GB, or minutes where the disk is slow. */
    void (*updating)(void *ctx);
};

/* level of log, as syslog(3) numbers them: 3 error, 4 warning, 6 information. */
enum { SPOOL_LOG_ERROR = 3, SPOOL_LOG_WARNING = 4, SPOOL_LOG_INFO = 6 };

/* Opens or makes the database and starts the threads. NULL with errno and a sentence in why: the
 * directory is missing or not writable (EACCES, ENOENT, EROFS), another smppd holds it (EBUSY), the
 * schema is newer (EPROTO), the database is damaged (EIO). Answers of the last run whose response
 * was not noted (spool_answered) are in doubt from here on. */
struct spool *spool_open(const struct spool_options *options, char *why, size_t room);

/* Commits what waits, ends the threads, calls what was left to call. What is pushed from then on,
 * also by these callbacks, gets -ECANCELED. */
void spool_finish(struct spool *spool);

/* Finishes, if that was not done before, and frees. */
void spool_close(struct spool *spool);

/* How the threads are woken: `wake` is called where one has to be for a job that has come, and has
 * spool_wake called soon, by which time more may have come, which share its commit. NULL, as at
 * first: it is woken at once. */
void spool_wake_by(struct spool *spool, void (*wake)(void *ctx), void *ctx);
void spool_wake(struct spool *spool);

/* Readable when spool_collect has something to do; stays the same until spool_close. */
int spool_fd(const struct spool *spool);

/* Calls the callbacks of all jobs reported since. How many. A callback may push jobs. */
unsigned spool_collect(struct spool *spool);

/* A new id: never used here before, growing with time. */
uint64_t spool_id_next(struct spool *spool, int64_t now);
/* When an id was made, on the clock that `now` was of. */
int64_t spool_id_time(uint64_t id);

/* Jobs that may be pushed now before -EAGAIN. */
unsigned spool_room(const struct spool *spool);

/* ---- results ---- */

enum spool_verdict {
    SPOOL_KEPT,       /* done as asked */
    SPOOL_KNOWN,      /* keep: this session's key was kept before; the first answer is told again */
    SPOOL_NONCE_USED, /* keep: the nonce paid for another message */
    SPOOL_DUPLICATE,  /* reply: the SMSC's repetition of an answer kept before;
                       * recorded at price 0 */
    SPOOL_LATER,      /* receipt: its message is not known yet; kept until submit_sm_resp names it.
                         reply_asked: ours is not decided yet */
    SPOOL_PERSONS     /* receipt: it is none, a person wrote it; nothing was done */
};

/* Valid during the callback. Members not named at the job are zero or "". */
struct spool_result {
    int error;
    enum spool_verdict verdict;
    uint64_t message; /* keep: of the first answer where KNOWN */
    uint64_t conversation;
    uint64_t reply; /* reply: its id; the first one's where DUPLICATE is in `original` */
    uint64_t original;
    const char *code; /* keep: short code */
    const char *session;
    unsigned part; /* receipt: 1.. */
    unsigned parts;
    int64_t until; /* keep: as given with the first; reply: when that came here which a held
                      one repeats where none does that came to another smppd since, or 0 */
    enum spool_state state; /* of the whole message after the job */
    enum spool_state part_state;
    const char *reason; /* visitor's slug, with FAILED and WAITING */
    uint64_t records;   /* exports: CDRs written; wipes and prunes: rows */
    const char *file;   /* exports: its path */
    unsigned files;     /* exports */
};

struct spool_done {
    void (*call)(void *ctx, const struct spool_result *result);
    void *ctx;
};

/* ---- messages to mobiles ---- */

/* verdict KEPT, KNOWN or NONCE_USED; message, conversation, code, parts, until. */
int spool_keep(struct spool *spool, const struct spool_message *message, struct spool_done done);

/* Whether this session's key was kept before: the result of spool_keep with verdict KNOWN, or
 * -ENOENT. Keeps nothing. */
int spool_known(struct spool *spool, const char *session, const char *key, struct spool_done done);

/* A part's new state. `smsc_id`, with SUBMITTED: the normalised id of submit_sm_resp
 * (receipt_id_keys[0]; "" where none is needed, for no receipts are asked for), `smsc`: the name of
 * the SMSC the link leads to, within which ids are unique. A receipt that came earlier is applied
 * in the same commit and told in part_state. A state never goes back from DELIVERED, FAILED or
 * UNKNOWN, except that a late SUBMITTED or receipt replaces UNKNOWN. Result: message, conversation,
 * session, part, parts, part_state, state, reason; -ENOENT. */
struct spool_part {
    uint64_t message;
    unsigned part; /* 1..; 0: all parts at once (not with an smsc_id) */
    enum spool_state state;
    unsigned way; /* not 0: of the message, from now on */
    const char *smsc;
    const char *smsc_id;
    const char *reason;
    int64_t now;
};
int spool_part_state(struct spool *spool, const struct spool_part *part, struct spool_done done);

/* A delivery receipt: looked up under each key in order. state is WAITING, DELIVERED, FAILED or
 * UNKNOWN. verdict KEPT with the result of spool_part_state, or LATER; or PERSONS, where it is
 * bare, no message to its sender has that id, and the SMSC marks its receipts. */
struct spool_receipt {
    const char *smsc;
    const char *key[SPOOL_RECEIPT_KEYS]; /* NULL: no further one */
    enum spool_state state;
    const char *reason;
    int64_t now;
    bool once;          /* not kept for later where its message is not known */
    bool bare;          /* nothing but its text says that it is one */
    const char *mobile; /* with bare: the sender, ten digits; "": none that could be a person */
};
int spool_receipt(struct spool *spool, const struct spool_receipt *receipt, struct spool_done done);

/* ---- answers from mobiles ---- */

/* verdict KEPT or DUPLICATE; reply, original, conversation. */
int spool_reply(struct spool *spool, const struct spool_reply *reply, struct spool_done done);

/* What equal answers have in common in every smppd: of mobile, code, data_coding, reference, total,
 * sequence and octets. */
uint64_t spool_likeness(const struct spool_reply *reply);

/* What another smppd says of an answer that it was given. */
enum spool_standing {
    SPOOL_HELD,   /* it asks */
    SPOOL_COUNTS, /* it has shown and billed it */
    SPOOL_FILED   /* ... and the record stands in a file */
};

/* What another smppd asks or tells about an answer it was given and holds. */
struct spool_twin {
    const char *mobile, *code;
    const char *smsc_id;
    uint64_t likeness; /* spool_likeness */
    /* It repeats ours only where that came between the two. No two of a mobile were received in
     * the same moment (smpp/storer/given.h), so by this it is known: told the same again. */
    int64_t received, after;
    enum spool_standing standing;
};

/* Whether it repeats one of ours, by the rule of spool_reply: verdict DUPLICATE, or KEPT where it
 * does not or ours has given way, or LATER where ours is held itself (twin.h). */
int spool_reply_asked(struct spool *spool, const struct spool_twin *twin, struct spool_done done);

/* What becomes of an answer that was held (struct spool_reply). */
enum spool_end {
    SPOOL_END_REPEATED, /* it costs nothing; unless its record stands in a file */
    SPOOL_END_FILED,    /* although it stands there: the one before does so too */
    SPOOL_END_COUNTS,
    SPOOL_END_CLAIMED /* it counts, for another smppd that may have it has not said anything. Its
                         text is kept until one of the others is said of it, when that has heard */
};

/* verdict KEPT where it counts now; else DUPLICATE, also where it has given way meanwhile. */
int spool_reply_end(struct spool *spool, uint64_t reply, enum spool_end end,
                    struct spool_done done);

/* The deliver_sm_resp of every answer up to this id has been handed to TCP. No job: remembered by
 * the spool_tick ten seconds later and at the end; what is not, is in doubt after a restart. */
void spool_answered(struct spool *spool, uint64_t reply);

/* A connection to this SMSC was lost: the responses of answers received from it since
 * are in doubt. */
int spool_doubt(struct spool *spool, const char *smsc, int64_t since, struct spool_done done);

/* These answers (parts) stand in the transcript, or are shown to nobody: not recovered again. */
int spool_shown(struct spool *spool, const uint64_t *replies, unsigned count,
                struct spool_done done);

/* ---- conversations, events, opt-outs, notices ---- */

/* Replaces the one of the same session and id. */
int spool_conversation(struct spool *spool, const struct spool_conversation *conversation,
                       struct spool_done done);

/* Replaces the one of the same session and n. */
int spool_event(struct spool *spool, const struct spool_event *event, struct spool_done done);

/* Wipes events, texts of answers, and the names in a session's conversations. A message
 * that still has to be sent keeps its text until then. */
int spool_wipe(struct spool *spool, const char *session, struct spool_done done);

/* Adding what is there renews it; removing takes all of the mobile's that are no younger than
 * `until`, none is no error. records: how many. */
int spool_optout_add(struct spool *spool, const struct spool_optout *optout,
                     struct spool_done done);
int spool_optout_remove(struct spool *spool, const char *mobile, int64_t until,
                        struct spool_done done);

/* Counts a notice to a mobile; forgotten after an hour. */
int spool_notice(struct spool *spool, const struct spool_notice *notice, struct spool_done done);

/* A value of the daemon's own (boot id, clock anchor): replaced by name. */
int spool_meta(struct spool *spool, const char *name, const char *value, struct spool_done done);
/* Copies the value as it stood at spool_open; -ENOENT, -E2BIG. */
int spool_meta_read(struct spool *spool, const char *name, char *value, size_t room);

/* ---- reading back ---- */

enum spool_scan {
    SPOOL_SCAN_MESSAGES,      /* visitors' and notices that have a part before SUBMITTED */
    SPOOL_SCAN_SETTLED,       /* visitors' that have none */
    SPOOL_SCAN_REPLIES,       /* not shown yet, or claimed, in order of arrival */
    SPOOL_SCAN_CONVERSATIONS, /* live and remembered */
    SPOOL_SCAN_EVENTS,        /* session "" of all, else of one; within a session ascending */
    SPOOL_SCAN_OPTOUTS,
    SPOOL_SCAN_NOTICES,
    SPOOL_SCAN_EARLY /* receipts of the last seconds */
};

/* Valid during the callback; the member of the scan's kind is filled. */
struct spool_row {
    enum spool_scan scan;
    union {
        struct spool_message message;
        struct spool_settled settled;
        struct spool_reply reply;
        struct spool_conversation conversation;
        struct spool_event event;
        struct spool_optout optout;
        struct spool_notice notice;
        struct spool_early early;
    };
};

struct spool_reader {
    /* Called for each row from spool_collect. */
    void (*row)(void *ctx, const struct spool_row *row);
    /* Called once after the last one. */
    struct spool_done done;
    uint64_t after; /* messages and answers: only those of greater ids */
};

/* Reads a table back without stopping the writer: some hundred rows at a time, each as committed
 * when it is read. At the start of the daemon and whenever memcached must be refilled. session: ""
 * or, for EVENTS, whose. */
int spool_scan(struct spool *spool, enum spool_scan scan, const char *session,
               const struct spool_reader *reader);

/* ---- charging records ---- */

/* Closes the CDR file under way and writes it; wall: the machine's clock. file (of the last one),
 * files, records; nothing to close: files 0. */
int spool_cdr_close(struct spool *spool, int64_t wall, struct spool_done done);

/* Writes a copy of all CDRs whose UTC time is in [from, to) beside the numbered files; the same
 * range gives the same bytes once it lies in the past and each of its records stands in one of
 * those: until then one may yet be found to be a repetition. file, records. */
int spool_cdr_copy(struct spool *spool, int64_t from, int64_t to, struct spool_done done);

/* Writes a closed file again by its number, byte for byte; -ENOENT when it is unknown or its CDRs
 * were pruned. */
int spool_cdr_again(struct spool *spool, uint64_t number, struct spool_done done);

/* ---- upkeep ---- */

/* Once a second from the loop: closes CDR files that are due by the machine's clock (wall), prunes
 * a little. Never waits; does nothing where the queue is full. */
void spool_tick(struct spool *spool, int64_t now, int64_t wall);

enum { SPOOL_LATENCY_BUCKETS = 24 };

struct spool_stats {
    unsigned queue;     /* jobs waiting or under way */
    unsigned queue_max; /* the most there were */
    bool full;          /* the last transaction failed for want of room, */
    bool down;          /* ... or for another reason */
    int error;          /* the last one, 0 since a commit succeeded */
    char error_text[160];
    int export_error; /* why a closed CDR file could not be written; 0 since all are */
    int log_error;    /* why the log could not be brought into the database; 0 since it was */
    bool log_grows;   /* for somebody looks into the database */
    uint64_t commits, failures;
    uint64_t kept, known, replies, duplicates, receipts_early;
    uint64_t octets; /* database and its log on disk */
    /* latency[i]: commits that took less than 2^(i+1) microseconds and not less than 2^i. */
    uint64_t latency[SPOOL_LATENCY_BUCKETS];
};
void spool_stats(struct spool *spool, struct spool_stats *out);

#endif
