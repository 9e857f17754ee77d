/* One request on its way from the loop to the spool's threads and back. */
#ifndef SMPP_SPOOL_JOB_H
#define SMPP_SPOOL_JOB_H

#include <stdalign.h>
#include <stdbool.h>

#include "smpp/spool/record.h"
#include "smpp/spool/spool.h"

struct ledger;
struct page;

enum job_kind {
    JOB_KEEP,
    JOB_KNOWN,
    JOB_PART,
    JOB_RECEIPT,
    JOB_REPLY,
    JOB_REPLY_ASKED,
    JOB_REPLY_END,
    JOB_DOUBT,
    JOB_SHOWN,
    JOB_CONVERSATION,
    JOB_EVENT,
    JOB_WIPE,
    JOB_OPTOUT_ADD,
    JOB_OPTOUT_REMOVE,
    JOB_NOTICE,
    JOB_META,
    JOB_SCAN,
    JOB_TICK,
    JOB_CDR_CLOSE,
    JOB_CDR_COPY,
    JOB_CDR_AGAIN,
    JOB_KINDS
};

struct job {
    struct job *next;
    enum job_kind kind;
    bool deferred; /* export: reported later than its batch */
    struct spool_done done;
    void (*row)(void *ctx, const struct spool_row *row);
    struct page *page; /* scan: rows read, and where to go on */
    struct spool_result result;
    char code[SPOOL_CODE_MAX + 1]; /* what the result's strings point to */
    char session[SPOOL_SESSION_MAX + 1];
    char reason[SPOOL_REASON_MAX + 1];
    char *file; /* malloc'ed */
    alignas(8) char request[];
};

enum job_haste {
    JOB_PATIENT, /* nobody waits for it: it shares a commit with the next that somebody waits for */
    JOB_HURRIED, /* is committed now; where the disk refuses, it waits until that is over */
    JOB_AT_ONCE  /* is committed now, or fails now */
};

/* A kind of job: how its request looks, and what the spool's threads do with it. run returns 0
 * (result filled) or a negative errno that undoes the transaction. */
struct job_type {
    const struct record *record;
    int (*run)(struct ledger *ledger, struct job *job);
    enum job_haste haste;
};

extern const struct job_type JOB_TYPE[JOB_KINDS];

/* A job with a copy of the request and what it points to. 0, -EINVAL or -ENOMEM. */
int job_new(enum job_kind kind, const void *request, struct spool_done done, struct job **out);
/* Of its kind; but what is about to be in flight is waited for. */
bool job_is_patient(const struct job *job);
void job_free(struct job *job);

/* Sets the result's strings to copies that live as long as the job. */
void job_tell_code(struct job *job, const char *code);
void job_tell_session(struct job *job, const char *session);
void job_tell_reason(struct job *job, const char *reason);

/* Jobs in a row; an empty list's end points into itself, so it is set up where it stays. */
struct job_list {
    struct job *first, **end;
};
void job_list_init(struct job_list *list);
void job_list_add(struct job_list *list, struct job *job);
struct job *job_list_take(struct job_list *list); /* the first, or NULL */
/* Appends all of `from`, which is empty then. */
void job_list_join(struct job_list *to, struct job_list *from);

/* Requests that are not in spool.h. */
struct key_request {
    const char *session;
    const char *key;
};
struct doubt_request {
    const char *smsc;
    int64_t since;
};
struct reply_end_request {
    uint64_t reply;
    enum spool_end end;
};
struct shown_request {
    struct spool_octets replies; /* of uint64_t */
};
struct session_request {
    const char *session;
};
struct optout_request {
    const char *mobile;
    int64_t until;
};
struct meta_request {
    const char *name;
    const char *value;
};
struct scan_request {
    enum spool_scan scan;
    const char *session;
    uint64_t after;
};
struct tick_request {
    int64_t now;
    int64_t wall;
};
struct copy_request {
    int64_t from;
    int64_t to;
};
struct again_request {
    uint64_t number;
};

extern const struct record MESSAGE_RECORD, SETTLED_RECORD, REPLY_RECORD, CONVERSATION_RECORD,
    EVENT_RECORD, OPTOUT_RECORD, NOTICE_RECORD, EARLY_RECORD;

#endif
