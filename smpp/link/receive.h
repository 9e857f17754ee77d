/* Hands messages to the caller and answers them; holds back what the caller cannot take. Internal
 * to smpp/link. */
#ifndef SMPP_LINK_RECEIVE_H
#define SMPP_LINK_RECEIVE_H

#include "smpp/link/bind.h"

bool receive_is_message(uint32_t command);

/* Whether a message may be dealt with now. If not the connection is stalled: nothing behind it is
 * read until the caller answers, and if it does not for a while the SMSC is asked to keep its
 * messages. */
bool receive_may(struct bind *b);

/* Handler of deliver_sm and data_sm. */
void receive_message(struct bind *b, const uint8_t *pdu, size_t length);

/* The caller has been behind for too long. */
void receive_shed(struct bind *b);

#endif
