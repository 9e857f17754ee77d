/* SHA-256 and HMAC-SHA-256 of texts, as the first 16 octets in lower-case hexadecimal. */
#ifndef SMSI_DIGEST_H
#define SMSI_DIGEST_H

#include <stddef.h>

enum { DIGEST_LEN = 32, DIGEST_ROOM = DIGEST_LEN + 1 };

/* SHA-256 of the texts with a '|' between them; NULL at the end. */
void digest_of(char out[static DIGEST_ROOM], ...) __attribute__((sentinel));

/* HMAC under `key`, of the texts as above. */
void digest_keyed(char out[static DIGEST_ROOM], const unsigned char *key, size_t key_len, ...)
    __attribute__((sentinel));

#endif
