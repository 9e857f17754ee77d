/* Octets in and out of a connection: PDUs are cut from the stream, answers first. Internal to
 * smpp/link. */
#ifndef SMPP_LINK_STREAM_H
#define SMPP_LINK_STREAM_H

#include "smpp/link/bind.h"

/* Octets waiting to be written beyond which nothing new is taken, neither from the caller nor from
 * the peer. */
enum { STREAM_OUTPUT_MAX = 1 << 20 };

/* Puts a PDU out; it leaves with others when the loop comes round. */
void stream_write(struct bind *b, const uint8_t *octets, size_t length);

/* A PDU that is a header alone. */
void stream_write_header(struct bind *b, uint32_t command, uint32_t status, uint32_t sequence);

/* Octets of this connection that left for the network. */
uint64_t stream_sent(const struct bind *b);

bool stream_is_full(const struct bind *b);

/* Deals with all PDUs that have come. */
void stream_read(struct bind *b);

/* Some octets were written. */
void stream_wrote(struct bind *b);

#endif
