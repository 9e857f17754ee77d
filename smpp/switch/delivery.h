/* What became of a message after the SMSC took it: receipts, and what the visitor is told. */
#ifndef SMPP_SWITCH_DELIVERY_H
#define SMPP_SWITCH_DELIVERY_H

#include <stdint.h>

#include "smpp/link/link.h"

struct switchboard;
struct spool_result;

/* A message's state changed on disk: tells the visitor. */
void delivery_tell(struct switchboard *sb, const struct spool_result *result);

/* A deliver_sm that is a receipt; answered when it is on disk. False where it is none. */
bool delivery_receipt(struct switchboard *sb, struct link *link, const struct message *message,
                      uint64_t token);

/* Visitor's messages whose receipt is overdue. */
void delivery_tick(struct switchboard *sb, int64_t now);

#endif
