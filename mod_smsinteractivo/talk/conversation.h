/* What the session's transcript (smpp/store/README.md, t:SID) says of its conversations. */
#ifndef SMSI_CONVERSATION_H
#define SMSI_CONVERSATION_H

#include <stdbool.h>
#include <stdint.h>

#include "mod_smsinteractivo/visit/visit.h"
#include "smpp/store/transcript.h"

enum { CONVERSATIONS = 16 };

struct conversation {
    const char *id, *to, *code, *name;
    int64_t until; /* ms on smppd's clock */
    int64_t unanswered;
    bool live;
};

/* Points into the backend's room: valid until something else is read with it. */
struct conversations {
    struct transcript transcript; /* its events are still to be read */
    unsigned count, live;
    int64_t now;
    struct conversation item[CONVERSATIONS];
};

/* 0; -ENOENT: memcached does not hold the session; -EAGAIN: it does not answer. On errors `out` is
 * empty. */
int conversations_read(struct visit *visit, struct conversations *out);
/* The same for whom the difference matters; -ENOENT: the session is over or never was; -EAGAIN also
 * where smppd has yet to put back what memcached lost. */
int conversations_find(struct visit *visit, struct conversations *out);

/* The live one with a mobile, or NULL. */
const struct conversation *conversation_with(const struct conversations *all, const char *mobile);
const struct conversation *conversation_by_id(const struct conversations *all, const char *id);

/* Whole seconds from now until `until`, 0 where it has passed. */
int64_t seconds_left(int64_t until, int64_t now);

#endif
