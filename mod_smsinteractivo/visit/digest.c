/* See digest.h. The algorithm is fetched once: EVP_sha256() looks it up at each use. */
#include "mod_smsinteractivo/visit/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { OCTETS = DIGEST_LEN / 2, JOINED_ROOM = 4096 };

static EVP_MD *sha256;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
}

static void hex_put(char *out, const unsigned char *octets)
{
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < OCTETS; i++) {
        *out++ = hex[octets[i] >> 4];
        *out++ = hex[octets[i] & 15];
    }
    *out = '\0';
}

/* Texts longer than the room are cut: none of ours is. */
static size_t join(char *out, va_list texts)
{
    size_t len = 0;
    for (const char *text; (text = va_arg(texts, const char *));) {
        size_t more = strlen(text);
        if (len > 0 && len < JOINED_ROOM)
            out[len++] = '|';
        if (more > JOINED_ROOM - len)
            more = JOINED_ROOM - len;
        memcpy(out + len, text, more);
        len += more;
    }
    return len;
}

void digest_of(char out[static DIGEST_ROOM], ...)
{
    char joined[JOINED_ROOM];
    unsigned char octets[EVP_MAX_MD_SIZE];
    va_list texts;
    pthread_once(&fetched, fetch);
    va_start(texts, out);
    size_t len = join(joined, texts);
    va_end(texts);
    if (!EVP_Digest(joined, len, octets, NULL, sha256, NULL))
        abort(); /* libcrypto without SHA-256 or memory: a weak id would be worse */
    hex_put(out, octets);
}

void digest_keyed(char out[static DIGEST_ROOM], const unsigned char *key, size_t key_len, ...)
{
    char joined[JOINED_ROOM];
    unsigned char octets[EVP_MAX_MD_SIZE];
    va_list texts;
    pthread_once(&fetched, fetch);
    va_start(texts, key_len);
    size_t len = join(joined, texts);
    va_end(texts);
    if (!HMAC(sha256, key, (int)key_len, (unsigned char *)joined, len, octets, NULL))
        abort(); /* as above */
    hex_put(out, octets);
}
