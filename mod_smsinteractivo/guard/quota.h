/* The limits as an administrator set them, applied to a visit. */
#ifndef SMSI_QUOTA_H
#define SMSI_QUOTA_H

#include <stdbool.h>

#include "mod_smsinteractivo/guard/limit.h"
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/send/pending.h"
#include "mod_smsinteractivo/answer/reply.h"

enum { QUOTA_LIMITS = 8 };

/* What one message was counted for; all 0: nothing yet. */
struct quota_bill {
    unsigned count;
    struct limit limit[QUOTA_LIMITS];
    char text[LIMIT_KEY_ROOM];    /* the key that says its text went to its mobile; "": none */
    char no_code[LIMIT_KEY_ROOM]; /* the counter of messages that needed no code */
};

/* Whether this message may be sent now; `opens`: it begins a conversation. False fills `fault`.
 * quota_look counts nothing, so that a form refused later costs nothing; quota_take counts, and
 * what smppd refuses after that is given back. */
bool quota_look(struct visit *visit, const struct pending *pending, bool opens,
                struct fault *fault);
bool quota_take(struct visit *visit, const struct pending *pending, bool opens,
                struct quota_bill *bill, struct fault *fault);
void quota_return(struct visit *visit, const struct quota_bill *bill);

/* Takes one of the messages that need no code (SmsCaptchaUnanswered) in the open conversation
 * `one`: counted, for of many at once each would see the same transcript. 0; -EDQUOT: a code is
 * due; -EAGAIN. The transcript's events are read. */
int quota_without_code(struct visit *visit, struct conversations *all,
                       const struct conversation *one, struct quota_bill *bill);

/* Whether the session may open one more conversation. */
bool quota_session(const struct visit *visit, const struct conversations *all, struct fault *fault);

enum quota { QUOTA_PICTURES, QUOTA_RECORDINGS, QUOTA_PROOFS };
/* One of these an hour and address, or IPv6 /64: counts it. */
bool quota_take_one(struct visit *visit, enum quota quota, struct fault *fault);
/* How many proofs of work the address has had lately. */
unsigned quota_proofs(struct visit *visit);

#endif
