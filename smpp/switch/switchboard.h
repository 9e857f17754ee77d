/* What the switchboard's files share among themselves; nobody else includes it. README.md says
 * which file tells what. */
#ifndef SMPP_SWITCH_SWITCHBOARD_H
#define SMPP_SWITCH_SWITCHBOARD_H

#include <event2/event.h>

#include "smpp/switch/answers.h"
#include "smpp/switch/awaited.h"
#include "smpp/storer/answer_look.h"
#include "smpp/switch/conversation.h"
#include "smpp/switch/conversation_row.h"
#include "smpp/switch/delivery.h"
#include "smpp/switch/fellows.h"
#include "smpp/switch/notice.h"
#include "smpp/switch/optouts.h"
#include "smpp/switch/outbox.h"
#include "smpp/storer/publish.h"
#include "smpp/storer/route_move.h"
#include "smpp/switch/refill.h"
#include "smpp/switch/repeat.h"
#include "smpp/switch/send.h"
#include "smpp/switch/shortage.h"
#include "smpp/switch/stray.h"
#include "smpp/storer/storer.h"
#include "smpp/switch/switch.h"
#include "smpp/switch/transcripts.h"
#include "smpp/link/links.h"
#include "smpp/spool/spool.h"

enum {
    SWITCH_TICK_MS = 50,
    SWITCH_CONVERSATIONS = 100000,
    SWITCH_SPOOL_RESERVE = CONF_SPOOL_QUEUE_LEAST / 2, /* kept free for what is under way */
    SWITCH_EXTENDS = 20,    /* times in a row a visitor may ask for more time */
    SWITCH_SEEN_MS = 30000, /* a message is taken for read where no receipt comes */
    SWITCH_GUARD_MS = 2000  /* how old a first message must be to be answered, see route_judge */
};

struct switchboard {
    struct switch_parts parts;
    struct conf *conf;
    struct spool *spool;
    struct storer *storer;
    struct door *door;
    struct event *spool_event, *storer_event, *tick, *storer_wake, *spool_wake;
    struct links_choice links;
    uint32_t *connection;    /* of each link: a number for its bind, different each time */
    int64_t started, ticked; /* ms; ticked: the last whole second */
    int64_t reaping;         /* ms: since when results are taken, which are many; 0: none are */

    struct conversations conversations;
    struct outbox outbox;
    struct sends sends;
    struct awaited awaited;
    struct strays strays;
    struct answers answers;
    struct repeats repeats;
    struct optouts optouts;
    struct notices notices;
    struct transcripts transcripts;
    unsigned expiring; /* conversations whose end memcached is asked about */
    struct refill refill;
    struct fellows fellows;
    struct shortage shortage;

    bool draining, settling;
    void (*drained)(void *ctx);
    void *drained_ctx;
};

/* All that it remembers, empty, beside its spool and configuration. */
void switch_tables_start(struct switchboard *sb);
void switch_tables_end(struct switchboard *sb);
/* What is due by now, and what is looked at once a second. */
void switch_tables_tick(struct switchboard *sb, int64_t now);

int64_t switch_now(const struct switchboard *sb);
/* Jobs of the spool that may be pushed for something new. */
bool switch_spool_has_room(const struct switchboard *sb);
/* The lines of a mobile that this daemon knows to be live. */
void switch_known(const struct switchboard *sb, const char *mobile, struct claim_known *known);
/* Whether the link is still one of ours. */
bool switch_has_link(const struct switchboard *sb, const struct link *link);
/* Which deliver_sm this is, see struct spool_reply; 0: not known. */
uint64_t switch_arrival(const struct switchboard *sb, const struct link *link, uint32_t sequence);
/* The configuration behind a link. */
const struct conf_link *switch_link_conf(const struct link *link);
bool switch_is_mobile(const char *digits);
bool switch_is_session(const char *name);

#endif
