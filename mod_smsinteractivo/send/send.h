/* POST send: a draft becomes a message, or waits for its security code. */
#ifndef SMSI_SEND_H
#define SMSI_SEND_H

#include "mod_smsinteractivo/answer/reply.h"

int send_handle(struct visit *visit);

#endif
