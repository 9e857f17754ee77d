/* Hands a message to smppd, and puts what smppd says into a visitor's words. */
#ifndef SMSI_DELIVER_H
#define SMSI_DELIVER_H

#include "mod_smsinteractivo/send/pending.h"
#include "mod_smsinteractivo/answer/reply.h"

/*
 * `nonce` names what paid for it. 0: smppd has it on disk; `outcome` is filled (but for heir),
 * counted and in the audit trail. Less fills `fault`: -EREMOTEIO where smppd refused it; else it
 * may go out.
 */
int deliver(struct visit *visit, const struct session *session, const struct pending *pending,
            const char *nonce, struct outcome *outcome, struct fault *fault);

/* 202 with "queued" and the rest, or 303 to the conversation. */
int deliver_reply(struct visit *visit, const struct outcome *outcome);

#endif
