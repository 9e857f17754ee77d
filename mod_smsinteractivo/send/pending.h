/*
 * A message that waits for its security code, in memcached only (smpp/store/README.md: p: x: u: k:
 * a:). Claims are single operations of memcached whose result is looked at; in doubt nothing is
 * sent. Functions return 0 or what store.h returns.
 */
#ifndef SMSI_PENDING_H
#define SMSI_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "mod_smsinteractivo/answer/json.h"
#include "mod_smsinteractivo/guard/message.h"
#include "mod_smsinteractivo/guard/name.h"
#include "mod_smsinteractivo/guard/number.h"
#include "mod_smsinteractivo/visit/visit.h"

enum { PENDING_LIFE = 300, PENDING_ROOM = 4096, PENDING_FORM_MOST = 64 };

struct pending {
    char pid[TICKET_LEN + 1];
    char sid[SESSION_SID_LEN + 1]; /* the session that wrote it */
    char mobile[NUMBER_ROOM];
    char name[NAME_ROOM];
    char text[MESSAGE_ROOM];
    char key[TICKET_LEN + 1];         /* smppd's idempotency key */
    char form[PENDING_FORM_MOST + 1]; /* the form's own, that `key` follows from */
    unsigned day;                     /* of the picture: days since 1970 */
    unsigned bits;                    /* of the proof of work instead */
    unsigned parts;
    bool paid; /* a code was right, but smppd could not take the message: no further code is due */
    bool counted; /* and the limits have counted it */
    /* Once smppd has been asked, it may have the message though no answer came: asked again, it has
     * to be for the same session. */
    bool asked;
    bool stays; /* in the session as it is, for no heir */
};

/* What a used code led to. */
struct outcome {
    char sid[SESSION_SID_LEN + 1], heir[SESSION_SID_LEN + 1]; /* who may see it */
    char key[TICKET_LEN + 1];                                 /* that the heir follows from */
    char message[40], conversation[40], code[16];
    int64_t until;
};

/* Keeps `pending` under a new pid, and that pid under its session and key. */
int pending_put(struct visit *visit, struct pending *pending);
/* The pid of the same draft sent before, where it still waits: fills `pending`; -ENOENT. */
int pending_of_key(struct visit *visit, struct pending *pending);
/* Either what waits or what became of it; `*used` says which. -ENOENT: neither. */
int pending_get(struct visit *visit, const char *pid, struct pending *pending,
                struct outcome *outcome, bool *used);

/* Counts a try; `*tries` includes it. Call before comparing. */
int pending_try(struct visit *visit, const char *pid, uint64_t *tries);
/* 0: it is ours alone now. -ENOENT: somebody else has it, or it is gone. */
int pending_claim(struct visit *visit, const char *pid);
/* For presses that come twice. */
int pending_used(struct visit *visit, const char *pid, const struct outcome *outcome);

/* The first code changes the visitor's session; other windows may hold drafts written before. */
int pending_inherit(struct visit *visit, const struct session *heir);
/* Whether the visit's session, or the one it continues, wrote the draft. In doubt: no. */
bool pending_is_ours(struct visit *visit, const struct pending *pending);

/* That the spoken code was fetched: only then it counts. */
int pending_heard(struct visit *visit, const char *pid);
bool pending_was_heard(struct visit *visit, const char *pid);

/* "state", "pending", "image", ... of the answer to a send. */
void pending_describe(const struct visit *visit, const struct pending *pending, struct json *json);

#endif
