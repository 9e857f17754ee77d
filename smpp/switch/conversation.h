/*
 * The live conversations this daemon knows, in the loop's memory: whom a pair (mobile, code) means
 * while memcached is away, when to look whether one has ended, and how far each session's
 * transcript had come, so that a transcript that vanished is noticed. memcached decides; this
 * remembers.
 */
#ifndef SMPP_SWITCH_CONVERSATION_H
#define SMPP_SWITCH_CONVERSATION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "smpp/switch/due.h"
#include "smpp/switch/index.h"
#include "smpp/storer/route.h"

TAILQ_HEAD(conversation_queue, conversation);

/* One visitor's session, as long as it has conversations here. */
struct session {
    struct index_hook hook;
    struct conversation_queue own; /* in the order in which we heard of them */
    int64_t last;                  /* number of the newest event known to stand in its transcript */
    int64_t until;                 /* ms */
    unsigned conversations;
    bool lost; /* its transcript was lost once: events of other daemons may be missing for good */
    bool filling; /* ... and is being put back */
    bool gap;     /* its transcript waits for events of another daemon after a refill */
    char name[ROUTE_ID_ROOM];
};

enum { CONVERSATION_GIVEN = 4 };

struct conversation {
    struct index_hook by_id, by_mobile;
    TAILQ_ENTRY(conversation) in_session;
    unsigned place; /* in conversations.due */
    unsigned unanswered;
    uint64_t id;
    struct session *session;
    char *name;          /* the visitor's: first_name, or a longer one, malloc'ed */
    int64_t until, last; /* ms */
    int64_t check;       /* when to look whether it has ended; where it was renewed, then again */
    uint64_t wrote; /* hash of the visitor's last message as the handset shows it; 0: unknown */
    /* Digests of its last answers (given.h), the newest first. */
    uint32_t given[CONVERSATION_GIVEN];
    char mobile[MOBILE_ROOM];
    char code[ROUTE_CODE_ROOM];
    uint8_t extended; /* times in a row the visitor asked for more time; SWITCH_EXTENDS at most */
    bool handed;      /* the code had another visitor before, who may still be answered */
    bool answered;
    bool taken;        /* its pair is another conversation's: it ends whatever others may know */
    bool over;         /* it has ended, and stays for its session, which lives on elsewhere */
    char first_name[]; /* of its own length, for there are many conversations */
};

struct conversations {
    struct index ids, mobiles, sessions;
    struct due due; /* all of them */
    unsigned max;
};

void conversations_start(struct conversations *all, unsigned max);
void conversations_end(struct conversations *all);

/* Puts in the one that the mobile's route leads to, or renews it. NULL without memory or when `max`
 * are live. */
struct conversation *conversation_put(struct conversations *all, const char *mobile,
                                      const struct route *route);
/* It lives until then, unless it is known to live longer. */
void conversation_renew(struct conversations *all, struct conversation *conversation,
                        int64_t until);
/* An answer of this likeness came to us. */
void conversation_given(struct conversation *conversation, uint64_t likeness);
/* Looks at it again at `at`; until stays. */
void conversation_check(struct conversations *all, struct conversation *conversation, int64_t at);
void conversation_drop(struct conversations *all, struct conversation *conversation);

/* NULL where there is none. Of those of one pair the newest has it; the others are about to end. */
struct conversation *conversation_find(const struct conversations *all, uint64_t id);
struct conversation *conversation_of_pair(const struct conversations *all, const char *mobile,
                                          const char *code);
/* The next one of the mobile after `before`, the first one where that is NULL. */
struct conversation *conversation_of_mobile(const struct conversations *all, const char *mobile,
                                            const struct conversation *before);
struct session *session_find(const struct conversations *all, const char *name);

/* The first to be looked at now, or NULL. */
struct conversation *conversation_due(struct conversations *all, int64_t now);

/* Ids as the protocol writes them: 16 lower-case hex digits; 0 where `hex` is none. */
enum { CONVERSATION_HEX = 17 };
void conversation_hex(char out[CONVERSATION_HEX], uint64_t id);
uint64_t conversation_unhex(const char *hex);

/* The line memcached would hold for it, as far as this daemon knows. */
void conversation_route(const struct conversation *conversation, struct route *route);

#endif
