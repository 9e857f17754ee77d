// Everything of a challenge is derived from the secret here, and only here.
#ifndef CAPTCHA_DERIVE_H
#define CAPTCHA_DERIVE_H

#include "mod_smsinteractivo/captcha/captcha.h"

enum { DERIVED_SIZE = 32 };

// HMAC-SHA-256 (RFC 2104) of purpose, day and id (NULL: the day alone) under the secret's key.
void derive_octets(const struct captcha_secret *secret, const char *purpose, const char *id,
                   unsigned day, unsigned char out[static DERIVED_SIZE]);

// Numbers for a drawing: fast, repeatable, not secret by themselves (xoshiro256**).
struct dice {
    uint64_t state[4];
};

struct dice dice_from(const struct captcha_secret *secret, const char *purpose, const char *id,
                      unsigned day);
uint32_t dice_below(struct dice *dice, uint32_t limit);       // 0 .. limit-1
float dice_between(struct dice *dice, float low, float high); // low <= x < high
bool dice_is(struct dice *dice, float probability);

// A code of `length` symbols out of `alphabet`, each equally likely; out gets a NUL behind it.
void derive_symbols(const unsigned char octets[static DERIVED_SIZE], const char *alphabet,
                    unsigned length, char *out);

#endif
