// Derives codes, styles and drawings from the secret by HMAC-SHA-256, one purpose each: who sees
// every pixel of a picture still learns nothing of another picture, nor of the key.
#include "mod_smsinteractivo/captcha/derive.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void derive_octets(const struct captcha_secret *secret, const char *purpose, const char *id,
                   unsigned day, unsigned char out[static DERIVED_SIZE])
{
    char message[96];
    int length = snprintf(message, sizeof message, "%s|%u|%.*s", purpose, day, CAPTCHA_ID_LENGTH,
                          id ? id : "");
    unsigned size = DERIVED_SIZE;
    if (!HMAC(EVP_sha256(), secret->key, CAPTCHA_KEY_SIZE, (const unsigned char *)message,
              (size_t)length, out, &size))
        abort(); // only if libcrypto itself is broken: a constant code would open every door
}

struct dice dice_from(const struct captcha_secret *secret, const char *purpose, const char *id,
                      unsigned day)
{
    struct dice dice;
    unsigned char octets[DERIVED_SIZE];
    derive_octets(secret, purpose, id, day, octets);
    for (int i = 0; i < 4; i++) {
        dice.state[i] = 0;
        for (int j = 0; j < 8; j++)
            dice.state[i] = dice.state[i] << 8 | octets[8 * i + j];
    }
    return dice;
}

static uint64_t rotated(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t dice_throw(struct dice *dice)
{
    uint64_t *s = dice->state;
    uint64_t thrown = rotated(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 45);
    return thrown;
}

uint32_t dice_below(struct dice *dice, uint32_t limit)
{
    return (uint32_t)((dice_throw(dice) >> 32) * limit >> 32);
}

float dice_between(struct dice *dice, float low, float high)
{
    return low + (high - low) * ((float)(dice_throw(dice) >> 40) / 16777216.0f);
}

bool dice_is(struct dice *dice, float probability)
{
    return dice_between(dice, 0, 1) < probability;
}

void derive_symbols(const unsigned char octets[static DERIVED_SIZE], const char *alphabet,
                    unsigned length, char *out)
{
    unsigned symbols = (unsigned)strlen(alphabet);
    unsigned fair = 256 / symbols * symbols; // an octet at or above it would favour the first ones
    unsigned written = 0;
    for (int i = 0; i < DERIVED_SIZE && written < length; i++) {
        if (octets[i] < fair)
            out[written++] = alphabet[octets[i] % symbols];
    }
    for (; written < length; written++) // all but impossible: 26 of 32 octets were unfair
        out[written] = alphabet[octets[written] % symbols];
    out[length] = '\0';
}
