/* How a connection to an SMSC is made. Internal to smpp/link. */
#ifndef SMPP_LINK_DIAL_H
#define SMPP_LINK_DIAL_H

#include "smpp/link/bind.h"

/* A bufferevent not yet connected, with TLS where the settings say so; NULL without memory. */
struct bufferevent *dial_new(struct bind *b);

/* Begins to resolve and connect b->bev; BEV_EVENT_CONNECTED follows, after the TLS handshake, or
 * bind_fail where the name is not known. -1 with errno. */
int dial_connect(struct bind *b);

/* No more of what dial_connect has begun for b->bev. */
void dial_cancel(struct bind *b);

/* Sets the options of a connected socket. */
void dial_tune(struct bind *b);

/* Why an event other than BEV_EVENT_CONNECTED came, as a sentence. */
void dial_reason(struct bind *b, short what, char *why, size_t room);

#endif
