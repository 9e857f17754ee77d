/* One link to an SMSC: binds, keeps bound, submits within window and pace, hands over what comes
 * in.
 *
 * Everything happens on the thread that runs the event_base; callbacks come from there, never from
 * inside link_submit, link_answer or link_new. A callback may call any function of this file,
 * link_free excepted. */
#ifndef SMPP_LINK_LINK_H
#define SMPP_LINK_LINK_H

#include "smpp/link/conf.h"
#include "smpp/pdu/message.h"

struct event_base;
struct link;

enum link_state {
    LINK_DOWN,       /* between two tries, or bound and paused */
    LINK_CONNECTING, /* TCP, TLS, bind */
    LINK_UP,         /* may submit */
    LINK_DRAINING,   /* takes no more, waits for what is in flight, then unbinds */
    LINK_CLOSED
};

/* One submit_sm. The link copies what it needs before link_submit returns. */
struct link_submit {
    uint64_t tag;            /* the caller's name for it, told back once it is settled */
    const char *source;      /* short code */
    const char *destination; /* MSISDN, as the SMSC wants it */
    uint8_t esm_class;
    uint8_t data_coding;
    uint8_t registered_delivery;
    uint32_t validity_s;   /* relative validity_period; 0: the SMSC's own (7.1.1) */
    const uint8_t *octets; /* UDH first where esm_class has ESM_UDHI */
    size_t length;         /* at most 254, or 65,000 with payload */
    bool payload;          /* message_payload instead of short_message */
    bool has_sar;
    uint16_t sar_reference;
    uint8_t sar_total, sar_sequence;
};

/* The SMSC's answer to a submit_sm. */
struct link_result {
    uint64_t tag;
    uint32_t status;        /* command_status; status_of() tells what to do */
    const char *message_id; /* "" if none; valid during the callback */
    bool late;              /* in_doubt was told before: the answer came after its time-out */
    uint32_t latency_us;
};

/* level of log, as syslog(3) numbers them. */
enum { LINK_LOG_WARNING = 4, LINK_LOG_NOTICE = 5, LINK_LOG_INFO = 6 };

/* What a link tells. Every link_submit that returned 0 ends in exactly one of submitted, in_doubt
 * and unsent; an in_doubt may be followed by one submitted with late set. Unset members are not
 * called. */
struct link_events {
    void (*up)(void *ctx, struct link *link);                    /* may submit */
    void (*down)(void *ctx, struct link *link, const char *why); /* was up and is not any more */
    /* The connection that messages come over, the same one or another: bound, and lost. */
    void (*opened)(void *ctx, struct link *link);
    void (*closed)(void *ctx, struct link *link);
    void (*submitted)(void *ctx, struct link *link, const struct link_result *result);
    /* Answer overdue, or connection lost after the octets left: the SMSC may have it. */
    void (*in_doubt)(void *ctx, struct link *link, uint64_t tag, const char *why);
    /* Connection lost before its last octet left: the SMSC cannot have it. */
    void (*unsent)(void *ctx, struct link *link, uint64_t tag);
    /* link_room was 0 and is not any more; never from inside link_submit. */
    void (*room)(void *ctx, struct link *link);
    /* A deliver_sm or data_sm, valid during the callback; to be answered with link_answer(token),
     * at any later time. */
    void (*deliver)(void *ctx, struct link *link, const struct message *message, uint64_t token);
    /* A line for the log: id ("SD0101"), sentence and key=value, without texts or whole numbers. */
    void (*log)(void *ctx, struct link *link, int level, const char *id, const char *line);
};

enum { LINK_LATENCY_BUCKETS = 24 };

struct link_stats {
    enum link_state state;
    bool receiving; /* bound so that answers can come in */
    bool paused;
    unsigned in_flight;
    unsigned delivers; /* received and not yet answered */
    double rate;       /* submits a second allowed now; 0: nothing known, nothing held back */
    uint64_t submits, accepted, throttled, refused, timeouts, late, unsent;
    uint64_t received; /* messages */
    uint64_t shed;     /* ... answered "temporary" because the caller was behind */
    uint64_t connects, binds, drops, garbage;
    /* latency[i]: responses that took less than 2^(i+1) microseconds and not less than 2^i. */
    uint64_t latency[LINK_LATENCY_BUCKETS];
    char error[160]; /* the last reason for going down, "" at first */
};

/* A link that starts connecting when the loop runs. conf and events are copied (conf's profile is
 * not), ctx is kept. NULL with errno: EINVAL (link_conf_check fails), ENOMEM, or what OpenSSL
 * refused (EPROTO; see error text in why). */
struct link *link_new(struct event_base *base, const struct link_conf *conf,
                      const struct link_events *events, void *ctx, char *why, size_t room);

/* Drops the connection at once, tells in_doubt and unsent for what was open, frees. */
void link_free(struct link *link);

/* How many link_submit would be taken now: window and pace; 0 while not up or paused. */
unsigned link_room(struct link *link);

/* 0: taken, its outcome will be told. -EAGAIN: no room. -ENOTCONN: not up. -EINVAL, -EMSGSIZE: a
 * field is too long for SMPP. Octets are written together when the loop comes round. */
int link_submit(struct link *link, const struct link_submit *submit);

/* Answers a received message with a command_status. A token answered before, or whose connection is
 * gone, is ignored. */
void link_answer(struct link *link, uint64_t token, uint32_t status);

/* Pausing holds back submits, the bind stays and answers still come. */
void link_pause(struct link *link);
void link_resume(struct link *link);

/* No more submits; waits for answers in flight (each at most its response timer) and for the
 * caller's answers (at most response_ms), unbinds, closes, then calls done once. Later the link is
 * LINK_CLOSED: free it. */
void link_drain(struct link *link, void (*done)(void *ctx, struct link *link));

/* Takes over from conf what needs no new bind: window, rate, priority, timers, profile (see
 * link_conf_same_bind), and for the next connection what the TLS files hold by now. 0, -EINVAL
 * (link_conf_check fails), -EPROTO (those files) or -ENOMEM; the settings stay as they are then. */
int link_tune(struct link *link, const struct link_conf *conf);

void link_stats(const struct link *link, struct link_stats *out);
const struct link_conf *link_conf(const struct link *link);
enum link_state link_state(const struct link *link);
/* link_drain was called: it takes no message any more, and its state says how far it is. */
bool link_is_leaving(const struct link *link);
const char *link_state_name(enum link_state state);

#endif
