/* SipHash-2-4: two rounds for each eight octets, four at the end. */
#include "smpp/spool/digest.h"

#include <endian.h>
#include <string.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* Up to eight octets, the first one lowest. */
static uint64_t word_read(const uint8_t *octets, size_t length)
{
    uint64_t word = 0;

    if (length > 0)
        memcpy(&word, octets, length);
    return le64toh(word);
}

static void rounds(struct state *s, int count)
{
    while (count-- > 0) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 = rotate(s->v0, 32);
        s->v2 += s->v1;
        s->v0 += s->v3;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 = rotate(s->v2, 32);
    }
}

static void word_take(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    rounds(s, 2);
    s->v0 ^= word;
}

uint64_t digest_of(const uint8_t secret[16], const void *octets, size_t length)
{
    const uint8_t *at = octets;
    uint64_t k0 = word_read(secret, 8), k1 = word_read(secret + 8, 8);
    struct state s = {k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU, k0 ^ 0x6c7967656e657261U,
                      k1 ^ 0x7465646279746573U};
    size_t left = length;

    for (; left >= 8; left -= 8, at += 8)
        word_take(&s, word_read(at, 8));
    word_take(&s, word_read(at, left) | (uint64_t)length << 56);
    s.v2 ^= 0xff;
    rounds(&s, 4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

void digest_claim(const uint8_t secret[16], const char *scope, const char *text,
                  uint8_t claim[CLAIM_SIZE])
{
    uint64_t both[2] = {digest_of(secret, scope, strlen(scope)),
                        digest_of(secret, text, strlen(text))};
    uint64_t digest = digest_of(secret, both, sizeof both);

    memset(claim, 0, CLAIM_PREFIX);
    memcpy(claim, text, strnlen(text, CLAIM_PREFIX));
    memcpy(claim + CLAIM_PREFIX, &digest, sizeof digest);
}
