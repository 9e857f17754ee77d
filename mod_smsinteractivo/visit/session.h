/*
 * A visitor is a cookie of 128 random bits. Nothing of it is stored: memcached and smppd know the
 * session by its public name, a hash. The functions here know nothing of httpd.
 */
#ifndef SMSI_SESSION_H
#define SMSI_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "mod_smsinteractivo/captcha/captcha.h"

enum { SESSION_ID_LEN = 32, SESSION_SID_LEN = 32 };

struct session {
    char id[SESSION_ID_LEN + 1];   /* what the cookie holds: 32 lower-case hexadecimal digits */
    char sid[SESSION_SID_LEN + 1]; /* the public name: first 16 octets of SHA-256(id) */
    bool fresh;                    /* the cookie has to be set */
};

/* 128 random bits as 32 hexadecimal digits; false where the system has none to give. */
bool session_random(char out[static SESSION_ID_LEN + 1]);

/* What names one thing once (a key, a pending message): the time in ms as 12 hexadecimal digits,
 * then 80 random bits, which nobody guesses; names made at one time stay together in smppd's
 * indexes. */
enum { TICKET_TIME_LEN = 12 };
bool session_ticket(char out[static SESSION_ID_LEN + 1]);

/* A new one. False as above. */
bool session_make(struct session *session);
/* The value of cookie `name` in a Cookie header, its length in `len`; NULL where it is missing. */
const char *cookie_find(const char *header, const char *name, size_t *len);

/* The one whose cookie `name` stands in a Cookie header; false where none is, or not of our form.
 */
bool session_of_cookies(struct session *session, const char *header, const char *name);

/* The session that follows on the first correct code, for the draft of idempotency key `key`: made
 * from both and the secret, so that the same draft pressed again leads to the same one whatever was
 * forgotten meanwhile, and whoever planted the old id cannot know the new. */
void session_heir(const struct captcha_secret *secret, const struct session *old, const char *key,
                  struct session *heir);

/* The proof that a form was made by us for this session, in hexadecimal. */
void session_token(const struct captcha_secret *secret, const struct session *session,
                   char out[static SESSION_SID_LEN + 1]);
/* In time that does not depend on what is different. */
bool session_token_is(const struct captcha_secret *secret, const struct session *session,
                      const char *token);

#endif
