/* The way of a submit_sm on its bind: out, answered, overdue, lost. Internal to smpp/link. */
#ifndef SMPP_LINK_SUBMIT_H
#define SMPP_LINK_SUBMIT_H

#include "smpp/link/bind.h"

/* Settles the request with that sequence number; false if there is none. */
bool submit_answered(struct bind *b, uint32_t sequence, uint32_t status, const char *message_id);

/* Puts in doubt what has been out for too long, and sets the timer for the next. */
void submit_overdue(struct bind *b);

/* The connection is gone: tells what becomes of everything that was open. `sent` is stream_sent at
 * that moment. */
void submit_lost(struct bind *b, uint64_t sent);

#endif
