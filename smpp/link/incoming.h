/* What each PDU from the SMSC does. Internal to smpp/link. */
#ifndef SMPP_LINK_INCOMING_H
#define SMPP_LINK_INCOMING_H

#include "smpp/link/bind.h"

/* One whole PDU. */
void incoming_handle(struct bind *b, const uint8_t *pdu, size_t length);

#endif
