/* See session.h. */
#include "mod_smsinteractivo/visit/session.h"
#include "mod_smsinteractivo/visit/digest.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* The time, and as much chance as makes `len` digits of both. */
static bool name_make(char *out, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char octets[SESSION_ID_LEN / 2];
    size_t some = (len - TICKET_TIME_LEN) / 2;
    struct timespec now;
    if (getrandom(octets, some, 0) != (ssize_t)some || clock_gettime(CLOCK_REALTIME, &now) < 0)
        return false;
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (unsigned i = 0; i < TICKET_TIME_LEN; i++)
        *out++ = hex[ms >> 4 * (TICKET_TIME_LEN - 1 - i) & 15];
    for (size_t i = 0; i < some; i++) {
        *out++ = hex[octets[i] >> 4];
        *out++ = hex[octets[i] & 15];
    }
    *out = '\0';
    return true;
}

bool session_ticket(char out[static TICKET_LEN + 1])
{
    return name_make(out, TICKET_LEN);
}

static void public_name_make(struct session *session)
{
    char digest[DIGEST_ROOM];
    digest_of(digest, session->id, NULL);
    memcpy(session->sid, session->id, TICKET_TIME_LEN);
    memcpy(session->sid + TICKET_TIME_LEN, digest, SESSION_SID_LEN - TICKET_TIME_LEN);
    session->sid[SESSION_SID_LEN] = '\0';
}

bool session_make(struct session *session)
{
    if (!name_make(session->id, SESSION_ID_LEN))
        return false;
    public_name_make(session);
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
    public_name_make(session);
    session->fresh = false;
    return true;
}

void session_heir(const struct captcha_secret *secret, const struct session *old, const char *key,
                  struct session *heir)
{
    memcpy(heir->id, old->id, TICKET_TIME_LEN);
    digest_keyed(heir->id + TICKET_TIME_LEN, secret->key, sizeof secret->key, "session", old->id,
                 key, NULL);
    public_name_make(heir);
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
