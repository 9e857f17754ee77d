/*
 * A visitor is a cookie: the time he came, and 128 random bits. Nothing of these is stored:
 * memcached and smppd know the session by its public name, the time and a hash. What was named at
 * one time stays together in smppd's indexes. The functions here know nothing of httpd.
 */
#ifndef SMSI_SESSION_H
#define SMSI_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "mod_smsinteractivo/captcha/captcha.h"

/* All in lower-case hexadecimal digits; the time is that of the wall clock in ms. */
enum { TICKET_TIME_LEN = 12, TICKET_LEN = 32, SESSION_ID_LEN = 44, SESSION_SID_LEN = 32 };

struct session {
    char id[SESSION_ID_LEN + 1];   /* what the cookie holds: the time, 128 random bits */
    char sid[SESSION_SID_LEN + 1]; /* the public name: the time, first 10 octets of SHA-256(id) */
    bool fresh;                    /* the cookie has to be set */
};

/* What names one thing once (a key, a pending message): the time, then 80 random bits, which nobody
 * guesses. False where the system has no chance to give. */
bool session_ticket(char out[static TICKET_LEN + 1]);

/* A new one. False as above. */
bool session_make(struct session *session);
/* The value of cookie `name` in a Cookie header, its length in `len`; NULL where it is missing. */
const char *cookie_find(const char *header, const char *name, size_t *len);

/* The one whose cookie `name` stands in a Cookie header; false where none is, or not of our form.
 */
bool session_of_cookies(struct session *session, const char *header, const char *name);

/* The session that follows on the first correct code, for the draft of idempotency key `key`: made
 * from both and the secret, so that the same draft pressed again leads to the same one whatever was
 * forgotten meanwhile, and whoever planted the old id cannot know the new. Its time is the old's.
 */
void session_heir(const struct captcha_secret *secret, const struct session *old, const char *key,
                  struct session *heir);

/* The proof that a form was made by us for this session, in hexadecimal. */
void session_token(const struct captcha_secret *secret, const struct session *session,
                   char out[static SESSION_SID_LEN + 1]);
/* In time that does not depend on what is different. */
bool session_token_is(const struct captcha_secret *secret, const struct session *session,
                      const char *token);

#endif
