/*
 * What an administrator set: `struct deployment` once per httpd (the back ends, the secret, the
 * audit trail), `struct settings` per Location. Members of settings are listed once, with their
 * defaults; record, merge and access are made from the lists, so that none can lack any of them.
 */
#ifndef SMSI_SETTINGS_H
#define SMSI_SETTINGS_H

#include <apr_tables.h>
#include <apr_time.h>
#include <httpd.h>
#include <http_config.h>
#include <limits.h>

#include "mod_smsinteractivo/captcha/captcha.h"

enum captcha_when { CAPTCHA_ADAPTIVE, CAPTCHA_ALWAYS, CAPTCHA_OFF };
enum cookie_secure { SECURE_AUTO, SECURE_ON, SECURE_OFF };

enum wait_mode { WAIT_AUTO, WAIT_ASYNC, WAIT_OFF };

enum { SETTING_UNSET = INT_MIN };

/* Whole numbers: member, default. The nearer section overrides. A limit of 0 is none. */
#define SETTINGS_NUMBERS(X)                                                                        \
    X(captcha, CAPTCHA_ADAPTIVE)                                                                   \
    X(captcha_unanswered, 3)   /* messages without an answer before the next code */               \
    X(captcha_tries, 5)        /* wrong codes a pending message survives */                        \
    X(links, 0)                /* URLs in messages are allowed */                                  \
    X(secure, SECURE_AUTO)     /* the cookie's Secure and __Host- */                               \
    X(wait, WAIT_AUTO)         /* whether a poll may be held */                                    \
    X(wait_most, 55)           /* seconds a poll is held */                                        \
    X(limit_conversations, 10) /* new ones an hour and address */                                  \
    X(limit_messages, 60)      /* an hour and address */                                           \
    X(limit_network, 3)        /* times the two above, for a /24 or /64 */                         \
    X(limit_session, 5)        /* live conversations of a session */                               \
    X(limit_mobile, 6)         /* new conversations an hour to a mobile, from anyone */            \
    X(limit_same_text, 3)      /* mobiles one text may go to in ten minutes */                     \
    X(limit_pictures, 60)      /* security codes an hour and address */                            \
    X(limit_recordings, 20)    /* spoken ones */                                                   \
    X(limit_proofs, 6)         /* proofs of work an hour and address */

/* Pointers: type, member. The nearer section overrides; NULL is unset. */
#define SETTINGS_POINTERS(X)                                                                       \
    X(const char *, mount)                 /* path of the Location without its last slash */       \
    X(const struct htdocs *, htdocs)       /* the page, read at configuration time */              \
    X(const struct captcha_voice *, voice) /* recorded digits; NULL: those built in */

/* Lists: member. A nearer section extends. */
#define SETTINGS_LISTS(X)                                                                          \
    X(names)   /* struct word: reserved names */                                                   \
    X(words)   /* struct word: refused words */                                                    \
    X(origins) /* const char *: further origins whose forms are ours */

struct settings {
#define X(member, otherwise) int member;
    SETTINGS_NUMBERS(X)
#undef X
#define X(type, member) type member;
    SETTINGS_POINTERS(X)
#undef X
#define X(member) apr_array_header_t *member;
    SETTINGS_LISTS(X)
#undef X
};

/* setting_captcha(settings): the value, or the default where none was set. */
#define X(member, otherwise)                                                                       \
    static inline int setting_##member(const struct settings *settings)                            \
    {                                                                                              \
        return settings->member == SETTING_UNSET ? (int)(otherwise) : settings->member;            \
    }
SETTINGS_NUMBERS(X)
#undef X

/* httpd's shapes: one record per section, and the merge of two. */
void *settings_create(apr_pool_t *pool, char *path);
void *settings_merge(apr_pool_t *pool, void *base, void *nearer);

struct deployment {
    const char *store;       /* memcached servers, store.h */
    const char *prefix;      /* of every key */
    int store_wait;          /* ms a call of memcached waits at most */
    const char *daemon;      /* smppd's socket */
    const char *secret_file; /* 64 hexadecimal digits */
    const char *audit_file;  /* NULL: none */
    int audit_days;
    int waiters; /* polls a child holds at most; 0: as many as it has threads */
    struct captcha_secret secret;
    int mounts; /* Locations that are ours; with none nothing of us runs */
};

void *deployment_create(apr_pool_t *pool, server_rec *server);
/* The one of the main server. */
struct deployment *deployment_of(const server_rec *server);

extern module AP_MODULE_DECLARE_DATA smsinteractivo_module;

#endif
