#ifndef SMSI_CHALLENGE_H
#define SMSI_CHALLENGE_H
/* GET captcha/ID.png, ID-dark.png and ID.wav; POST captcha: another code for the same draft, or,
 * with `edit`, back to the form. */
#include "mod_smsinteractivo/answer/reply.h"

int challenge_show(struct visit *visit, const char *file);
int challenge_renew(struct visit *visit);

#endif
