// The proof of work: a price in computing time for whoever can neither see nor hear a code.
#include "mod_smsinteractivo/captcha/captcha.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

enum { NONCE_LONGEST = 20 };

unsigned captcha_work_bits(unsigned recent)
{
    unsigned bits = CAPTCHA_WORK_BITS_LEAST;
    for (; recent > 0 && bits < CAPTCHA_WORK_BITS_MOST; recent /= 2)
        bits++;
    return bits;
}

static unsigned zero_bits(const unsigned char *octets, size_t length)
{
    unsigned bits = 0;
    for (size_t i = 0; i < length; i++, bits += 8) {
        if (octets[i] != 0)
            return bits + (unsigned)__builtin_clz(octets[i]) - 24;
    }
    return bits;
}

bool captcha_work_verify(const char *id, const char *nonce, unsigned bits)
{
    size_t digits = strspn(nonce, "0123456789");
    if (!captcha_id_is_valid(id) || bits < 1 || bits > 64 || digits < 1 || digits > NONCE_LONGEST ||
        nonce[digits] != '\0')
        return false;
    char text[CAPTCHA_ID_LENGTH + 1 + NONCE_LONGEST + 1];
    int length = snprintf(text, sizeof text, "%s:%s", id, nonce);
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)text, (size_t)length, hash);
    return zero_bits(hash, sizeof hash) >= bits;
}
