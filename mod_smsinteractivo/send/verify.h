/* POST verify: a code is compared, its message claimed, handed to smppd. */
#ifndef SMSI_VERIFY_H
#define SMSI_VERIFY_H

#include "mod_smsinteractivo/answer/reply.h"

int verify_handle(struct visit *visit);

#endif
