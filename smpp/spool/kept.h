/* What the spool keeps: messages, answers, conversations, events, opt-outs, notices. The same
 * structs go in by the jobs of spool.h and come back by its scans; what spool.h says of strings,
 * times and ids holds here. */
#ifndef SMPP_SPOOL_KEPT_H
#define SMPP_SPOOL_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/spool/charge.h"

enum {
    SPOOL_PARTS = 15,                /* SMS parts of one message */
    SPOOL_EVENT_MAX = (1 << 20) - 1, /* the last event of a session */
    SPOOL_TEXT_MAX = 4096,           /* octets of a message's text */
    SPOOL_LINE_MAX = 8192,           /* octets of an event's line */
    SPOOL_OCTETS_MAX = 65535,        /* octets of one answer's part */
    SPOOL_NAME_MAX = 255,            /* octets of any other string */
    SPOOL_SESSION_MAX = 64,          /* of a session's name */
    SPOOL_REASON_MAX = 32,
    SPOOL_CODE_MAX = 20, /* of a short code */
    SPOOL_RECEIPT_KEYS = 3,
};

#define SPOOL_ID_MAX (UINT64_C(1) << 59)

struct spool_octets {
    const void *at;
    size_t length;
};

/* Of one part, and of a message (the least advanced of its parts). */
enum spool_state {
    SPOOL_QUEUED,
    SPOOL_IN_FLIGHT,       /* octets may have left */
    SPOOL_IN_DOUBT,        /* left once without an answer and waits to be sent once more */
    SPOOL_IN_FLIGHT_AGAIN, /* left for the second time */
    SPOOL_SUBMITTED,       /* the SMSC has it */
    SPOOL_WAITING,         /* receipt: mobile off or out of coverage, still trying */
    SPOOL_DELIVERED,
    SPOOL_FAILED,
    SPOOL_UNKNOWN /* no confirmation came, or in doubt and not sent again */
};

enum spool_kind { SPOOL_VISITOR, SPOOL_NOTICE };

/* As kept and, after a restart, as found again. text, name and prepared are wiped when nothing of
 * the message has to be sent any more. */
struct spool_message {
    uint64_t id;
    uint64_t conversation; /* 0: none (a notice to somebody unknown) */
    enum spool_kind kind;
    const char *session; /* "" for notices */
    const char *mobile;  /* 10 digits */
    const char *code;
    const char *name; /* the visitor's; "" for notices */
    const char *text; /* as the visitor wrote it; what the switch needs to compose it again */
    struct spool_octets prepared; /* whatever makes a resend identical; opaque here */
    unsigned way;                 /* how its parts are split, opaque here; 0: not yet */
    unsigned concat_ref;          /* reference of the UDH or SAR of its parts */
    unsigned parts;               /* 1..SPOOL_PARTS */
    /* At most 64 octets each; only digests are kept, so recovery tells none. Where they begin with
     * the time, as a UUID of version 7 does, their indexes grow at one end, and keeping a message
     * costs less than half of what random ones cost. */
    const char *key;   /* unique within the session; "": none */
    const char *nonce; /* unique; "": none */
    int64_t accepted;
    int64_t expiry;     /* not to be sent after */
    int64_t until;      /* the conversation's, for the answer to a known key */
    unsigned in_flight; /* keep: the first n parts are in flight with this commit */
    bool opens;         /* keep: its conversation begins with it, and is kept with it */
    /* Recovery only: one spool_state per part. IN_FLIGHT is told as it stood: in doubt now. */
    uint8_t state[SPOOL_PARTS];
};

/* What became of a visitor's message of which nothing has to be sent any more. */
struct spool_settled {
    uint64_t id;
    uint64_t conversation;
    const char *session;
    unsigned parts;
    const char *reason;     /* of a failure, else "" */
    enum spool_state state; /* of the whole */
};

enum spool_outcome {
    SPOOL_OUT_DELIVERED,
    SPOOL_OUT_LATE,
    SPOOL_OUT_UNDELIVERABLE,
    SPOOL_OUT_OPT_OUT,  /* BAJA, ALTA, AYUDA and their like */
    SPOOL_OUT_DUPLICATE /* only the spool says so */
};

enum { SPOOL_WIPED = 1 << 30 };

/* One received part. It and its CDR are one transaction; answer the SMSC when done says so.
 * It is a repetition (verdict DUPLICATE, CDR at price 0) when mobile, code, data_coding, total,
 * sequence, reference and octets equal those of an answer within repeat_ms, and it is a part of
 * several (total > 1; but not where another of them came with other words since), or the arrival or
 * the SMSC's id, where given, is the same too, or that answer's deliver_sm_resp is in doubt
 * (spool_doubt). */
struct spool_reply {
    uint64_t id;           /* recovery only; the spool numbers them itself */
    uint64_t conversation; /* 0: none found */
    const char *session;   /* whom it is shown to; "" */
    const char *mobile;    /* 10 digits, or whatever the source was */
    const char *code;
    struct spool_octets octets; /* without UDH */
    unsigned data_coding;       /* or SPOOL_WIPED: the octets are its spool_likeness */
    unsigned ref, total, seq;   /* of UDH or SAR; 0, 1, 1 for a single one */
    const char *smsc;           /* as in spool_part */
    const char *smsc_id;        /* as received; "" */
    uint64_t arrival; /* which deliver_sm: connection << 32 | sequence_number; 0: not told */
    int64_t received; /* smppd's clock; of one that several smppd were given, in their order */
    int64_t wall;     /* ms since 1970 UTC as the machine says: what is billed */
    enum spool_outcome outcome;
    struct charge charge; /* reckoned by charge_of(wall); ignored unless DELIVERED or LATE */
    bool shown;   /* nothing to recover: it is shown to nobody, or its event is kept with it */
    bool held;    /* another smppd may have been given it too: spool_reply_end decides, and no file
                     takes its record before */
    bool claimed; /* recovery only: others have still to be told that it counts */
};

/* Forgotten text_keep_ms after until once it ended. */
struct spool_conversation {
    uint64_t id;
    const char *session;
    const char *mobile;
    const char *code;
    const char *name;
    int64_t until;
    int64_t last; /* use of the pair */
    unsigned unanswered;
    bool ended;
    /* Opaque: whatever else the switch wants back; at most SPOOL_TEXT_MAX. */
    struct spool_octets more;
};

/* One line of a transcript. `until`: when the session is over as far as now known; the session's
 * newest event decides when all of them are forgotten. */
struct spool_event {
    const char *session;
    int64_t n; /* 1..SPOOL_EVENT_MAX */
    int64_t until;
    const char *line; /* as in memcached, without LF */
};

/* Survives everything. */
struct spool_optout {
    const char *mobile;
    const char *session; /* "": from everybody */
    const char *how;     /* "sms", "operator"; "in": what came before was taken back */
    int64_t since;
};

/* A receipt whose message was not known, acknowledged so shortly before the newest one that whoever
 * was to be told of it may not have been. */
struct spool_early {
    uint64_t id;
    const char *smsc;
    const char *keys; /* in no order, a space between them */
    enum spool_state state;
    const char *reason;
};

/* A notice that was sent to a mobile, to be counted after a restart too; forgotten
 * after an hour. */
struct spool_notice {
    const char *mobile;
    int64_t at;
};

#endif
