/* A keyed digest (SipHash-2-4, Aumasson and Bernstein 2012): equal answers are found again without
 * their text being kept, and nobody who does not know the secret can make two of them collide. */
#ifndef SMPP_SPOOL_DIGEST_H
#define SMPP_SPOOL_DIGEST_H

#include <stddef.h>
#include <stdint.h>

uint64_t digest_of(const uint8_t secret[16], const void *octets, size_t length);

#endif
