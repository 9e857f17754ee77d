/* What the replier is told by SMS, unless that could loop. */
#ifndef SMPP_SWITCH_REPLY_NOTICE_H
#define SMPP_SWITCH_REPLY_NOTICE_H

#include <stdint.h>

struct switchboard;

enum reply_notice {
    NOTICE_CONFIRMATION,
    NOTICE_LATE,
    NOTICE_NO_CONVERSATION,
    NOTICE_STOPPED,
    NOTICE_RESUMED,
    NOTICE_BLOCKED,
    NOTICE_HELP
};

/* Sends `what` from `code` to a mobile that has answered `text`; `name` is the
 * visitor's or NULL. */
void reply_notice(struct switchboard *sb, enum reply_notice what, const char *mobile,
                  const char *code, const char *name, const char *text);

#endif
