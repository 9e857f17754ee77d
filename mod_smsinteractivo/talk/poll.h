/*
 * GET poll?after=N[&wait=s]: what happened since event N. Reading and answering are apart, so that
 * a request may be held between the two: whoever holds it (wait/) calls poll_read again when
 * something may have happened, and poll_answer in the end.
 */
#ifndef SMSI_POLL_H
#define SMSI_POLL_H

#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/answer/reply.h"

enum { POLL_WAIT_MOST = 55 };

struct poll {
    int64_t after; /* the client's cursor */
    int wait;      /* seconds it would wait, 0 to POLL_WAIT_MOST */
};

enum poll_state {
    POLL_NEWS, /* something above the cursor, or the cursor is of another life of the session */
    POLL_IDLE,
    POLL_OVER,
    POLL_AWAY, /* memcached does not answer, or has lost it for the time being */
};

/* The query's parameters. */
struct poll poll_of(const struct visit *visit);

/* One get of `t:SID`. `all` is for poll_answer, which has to follow before anything else is read.
 */
enum poll_state poll_read(struct visit *visit, const struct poll *poll, struct conversations *all);

/* `retry_in`: seconds after which the client should ask again where it would have waited but could
 * not; 0: it need not be told. */
int poll_answer(struct visit *visit, const struct poll *poll, enum poll_state state,
                struct conversations *all, int retry_in);

int poll_handle(struct visit *visit);

#endif
