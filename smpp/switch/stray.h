/*
 * Receipts that reach another smppd than the one that submitted the message. Where this one knows
 * no such message within a few seconds (the receipt may have come before its submit_sm_resp) it
 * leaves the receipt in memcached, and each second it looks whether others left some. Those of the
 * last seconds are found in the spool again by whoever was killed, and after memcached lost them. A
 * memcached that does not answer for a minute costs the word "delivered".
 */
#ifndef SMPP_SWITCH_STRAY_H
#define SMPP_SWITCH_STRAY_H

#include "smpp/conf/conf.h"
#include "smpp/spool/spool.h"
#include "smpp/storer/stray_job.h"
#include "smpp/pdu/receipt.h"
#include "smpp/switch/delivery.h"
#include "smpp/wire/line.h"

struct switchboard;

/* One receipt, malloc'ed by whoever received it. */
struct stray {
    TAILQ_ENTRY(stray) due;
    struct switchboard *sb;
    struct link *link; /* where to answer */
    uint64_t token;
    int64_t at, since; /* when it is looked at next; when it came */
    char smsc[CONF_PEER_ROOM], key[RECEIPT_KEYS][RECEIPT_KEY_MAX];
    enum spool_state state;
    char reason[SPOOL_REASON_MAX + 1];
    struct message *bare; /* what may be a person's, its octets behind it; NULL: it cannot */
    uint64_t arrival;     /* of that */
    struct stray_post post;
};

struct strays {
    TAILQ_HEAD(stray_queue, stray) due;
    unsigned count;
    bool looking, asked; /* asked: at least once */
    bool lost;           /* memcached was; the next look begins where one of a new run would */
    unsigned looks;      /* that came to their end, whatever it was */
    uint64_t kept;       /* the number read last, as the spool has it */
    int64_t kept_at;     /* ms */
    struct stray_look look;
};

/* Goes on where the last run was. */
void strays_start(struct strays *strays, struct spool *spool, const char *instance);
void strays_end(struct strays *strays);

/* The job of the spool; `once`: not kept there for later. Strings point into the stray. */
struct spool_receipt stray_row(const struct stray *stray, int64_t now, bool once);

/* A line for other smppd, which each finds within a second, later where it is down: begun with its
 * verb and who tells it, NULL without memory; and told if memcached takes it, as soon as it does
 * where `job.stubborn` is set meanwhile. `life_s`: seconds it stands there. */
struct stray_post *strays_tell_begin(struct switchboard *sb, struct line_writer *w,
                                     const char *verb, unsigned life_s);
void strays_tell(struct switchboard *sb, struct stray_post *post, struct line_writer *w);

/* No message here has its id yet. Takes the stray. */
void strays_put(struct switchboard *sb, struct stray *stray);
/* The same, from the spool; others may have heard of it before. */
void strays_found(struct switchboard *sb, const struct spool_early *row);

/* Looks once more at those that have waited. */
void strays_tick(struct switchboard *sb, int64_t now);
/* A line `receipt` that another smppd has left. */
void stray_receipt_take(struct switchboard *sb, const struct line *line);

/* Looks for what others left, whatever it is, and hands it on: once a second. Whether a look is
 * under way. */
bool strays_look(struct switchboard *sb);

#endif
