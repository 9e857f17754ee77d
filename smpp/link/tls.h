/* TLS towards an SMSC: its certificate and its name are verified, always. */
#ifndef SMPP_LINK_TLS_H
#define SMPP_LINK_TLS_H

#include <stddef.h>
#include <openssl/ssl.h>
#include "smpp/link/conf.h"

/* The context of a link, from the files conf names. NULL with a sentence in why. */
SSL_CTX *tls_context(const struct link_tls *tls, char *why, size_t room);

/* A client session that accepts only a certificate for tls->name, else host (a name or an address).
 * NULL without memory. */
SSL *tls_session(SSL_CTX *context, const struct link_tls *tls, const char *host);

/* Why the handshake on a session failed, as a sentence; err is the library's error, 0 if it gave
 * none. */
void tls_reason(SSL *session, unsigned long err, char *why, size_t room);

#endif
