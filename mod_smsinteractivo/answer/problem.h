/* Everything that can go wrong for a visitor: a stable slug, an HTTP status, the field to blame.
 * Title and detail are the catalogue's `problem.SLUG` and `problem.SLUG.detail`. */
#ifndef SMSI_PROBLEM_H
#define SMSI_PROBLEM_H

#include "mod_smsinteractivo/page/catalogue.h"

enum problem {
    PROBLEM_NONE,
    PROBLEM_FORM,      /* a body that is no form */
    PROBLEM_FORM_TYPE, /* another Content-Type */
    PROBLEM_FORM_SIZE, /* more than 4 KiB */
    PROBLEM_FORM_SLOW,
    PROBLEM_FOREIGN, /* the form is another site's */
    PROBLEM_METHOD,
    PROBLEM_UNKNOWN, /* no such page */
    PROBLEM_NAME,
    PROBLEM_NUMBER,
    PROBLEM_MESSAGE,
    PROBLEM_OPTED_OUT,
    PROBLEM_LIMIT, /* the limit of an address, a network or a session */
    PROBLEM_LIMIT_MOBILE,
    PROBLEM_SAME_TEXT,
    PROBLEM_CODES_BUSY,
    PROBLEM_CAPTCHA_WRONG,
    PROBLEM_CAPTCHA_GONE,
    PROBLEM_CAPTCHA_TRIES,
    PROBLEM_IN_PROGRESS,  /* another press of the same button is being served */
    PROBLEM_AWAY,         /* smppd or memcached */
    PROBLEM_CONVERSATION, /* unknown, ended, somebody else's */
    PROBLEM_SESSION_OVER,
    PROBLEMS,
};

struct problem_row {
    const char *slug;
    int status;
    const char *field; /* NULL where none is to blame */
};

const struct problem_row *problem_row(enum problem problem);

/* The first key the catalogue lacks, or NULL. */
const char *problem_text_missing(const struct catalogue *catalogue);

#endif
