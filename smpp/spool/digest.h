/* A keyed digest (SipHash-2-4, Aumasson and Bernstein 2012): equal answers are found again without
 * their text being kept, and nobody who does not know the secret can make two of them collide. */
#ifndef SMPP_SPOOL_DIGEST_H
#define SMPP_SPOOL_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* What a key or nonce is known by: its first octets, so that those which begin with the time stay
 * together in an index, and a digest of it within its scope (a session; "" where it is known to
 * all). */
enum { CLAIM_PREFIX = 12, CLAIM_SIZE = CLAIM_PREFIX + 8 };
void digest_claim(const uint8_t secret[16], const char *scope, const char *text,
                  uint8_t claim[CLAIM_SIZE]);

uint64_t digest_of(const uint8_t secret[16], const void *octets, size_t length);

#endif
