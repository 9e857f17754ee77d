/* See session.h. */
#include "mod_smsinteractivo/visit/session.h"
#include "mod_smsinteractivo/visit/digest.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

bool session_random(char out[static SESSION_ID_LEN + 1])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char octets[SESSION_ID_LEN / 2];
    if (getrandom(octets, sizeof octets, 0) != (ssize_t)sizeof octets)
        return false;
    for (size_t i = 0; i < sizeof octets; i++) {
        out[2 * i] = hex[octets[i] >> 4];
        out[2 * i + 1] = hex[octets[i] & 15];
    }
    out[SESSION_ID_LEN] = '\0';
    return true;
}

bool session_ticket(char out[static SESSION_ID_LEN + 1])
{
    struct timespec now;
    char time[TICKET_TIME_LEN + 5];
    if (!session_random(out) || clock_gettime(CLOCK_REALTIME, &now) < 0)
        return false;
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    (void)snprintf(time, sizeof time, "%012llx", (unsigned long long)ms);
    memcpy(out, time, TICKET_TIME_LEN);
    return true;
}

bool session_make(struct session *session)
{
    if (!session_random(session->id))
        return false;
    digest_of(session->sid, session->id, NULL);
    session->fresh = true;
    return true;
}

/* RFC 6265, 4.2.1. */
const char *cookie_find(const char *header, const char *name, size_t *len)
{
    size_t name_len = strlen(name);
    for (const char *at = header; at && *at;) {
        at += strspn(at, " \t;");
        size_t pair = strcspn(at, ";");
        if (pair > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0) {
            const char *value = at + name_len + 1;
            *len = pair - name_len - 1;
            while (*len > 0 && (value[*len - 1] == ' ' || value[*len - 1] == '\t'))
                (*len)--;
            return value;
        }
        at += pair;
    }
    return NULL;
}

bool session_of_cookies(struct session *session, const char *header, const char *name)
{
    size_t len = 0;
    const char *value = header ? cookie_find(header, name, &len) : NULL;
    if (!value || len != SESSION_ID_LEN || strspn(value, "0123456789abcdef") != SESSION_ID_LEN)
        return false;
    memcpy(session->id, value, SESSION_ID_LEN);
    session->id[SESSION_ID_LEN] = '\0';
    digest_of(session->sid, session->id, NULL);
    session->fresh = false;
    return true;
}

void session_heir(const struct captcha_secret *secret, const struct session *old, const char *key,
                  struct session *heir)
{
    digest_keyed(heir->id, secret->key, sizeof secret->key, "session", old->id, key, NULL);
    digest_of(heir->sid, heir->id, NULL);
    heir->fresh = true;
}

void session_token(const struct captcha_secret *secret, const struct session *session,
                   char out[static SESSION_SID_LEN + 1])
{
    digest_keyed(out, secret->key, sizeof secret->key, "token", session->id, NULL);
}

bool session_token_is(const struct captcha_secret *secret, const struct session *session,
                      const char *token)
{
    char expected[SESSION_SID_LEN + 1];
    session_token(secret, session, expected);
    return strlen(token) == SESSION_SID_LEN && CRYPTO_memcmp(token, expected, SESSION_SID_LEN) == 0;
}
