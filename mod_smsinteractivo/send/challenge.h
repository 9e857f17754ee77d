/* GET captcha/ID.png, ID-dark.png and ID.wav; POST captcha: another code for the same draft, or,
 * with `edit`, back to the form. */
#ifndef SMSI_CHALLENGE_H
#define SMSI_CHALLENGE_H

#include "mod_smsinteractivo/answer/reply.h"

struct pending;

/* A code is to be typed for this draft: `status` and its description as JSON, or its page. */
int challenge_reply(struct visit *visit, int status, const struct pending *pending);

int challenge_show(struct visit *visit, const char *file);
int challenge_renew(struct visit *visit);

#endif
