/* How one link is set up: whom to call, as whom, how fast. Plain values; a link copies them. */
#ifndef SMPP_LINK_CONF_H
#define SMPP_LINK_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum link_mode {
    LINK_TRANSCEIVER,         /* one connection, bind_transceiver */
    LINK_TRANSMITTER_RECEIVER /* two connections, one bound each way */
};

enum { LINK_WINDOW_MAX = 10000, LINK_DELIVERS_MAX = 4096 };

struct link_tls {
    bool on;
    const char *ca; /* file of trusted certificates (PEM); NULL: the system's */
    /* Our own certificate and key (PEM) where the SMSC asks for them; NULL: none. */
    const char *cert;
    const char *key;
    const char *name; /* the name the SMSC's certificate must carry; NULL: host */
};

/* Strings are zero-terminated; NULL means empty. Times are milliseconds. A field left 0 takes the
 * default in brackets (link_conf_defaults). */
struct link_conf {
    const char *name; /* the administrator's, for logs and status */
    const char *host; /* name or address */
    uint16_t port;    /* [2775] */
    struct link_tls tls;
    enum link_mode mode;
    const char *system_id;   /* at most 15 characters */
    const char *password;    /* at most 8 */
    const char *system_type; /* at most 12 */
    const char *address_range;
    const char *service_type;                 /* at most 5; of every submit_sm */
    uint8_t source_ton, source_npi;           /* of the short code */
    uint8_t destination_ton, destination_npi; /* of the mobile */
    unsigned window;   /* requests unanswered at once, 1..LINK_WINDOW_MAX [10] */
    double rate;       /* submit_sm a second the SMSC allows; 0: unknown, found out and followed */
    int priority;      /* lower is tried first */
    unsigned delivers; /* received messages the caller may owe an answer for, 1..LINK_DELIVERS_MAX
                          [1000] */
    unsigned enquire_ms;                     /* silence before enquire_link [20000] */
    unsigned connect_ms;                     /* TCP and TLS [10000] */
    unsigned bind_ms;                        /* bind_resp [10000] */
    unsigned response_ms;                    /* any other response [30000] */
    unsigned backoff_min_ms, backoff_max_ms; /* between two tries [1000, 30000] */
    unsigned refused_ms;     /* at most this long between tries after a refused login [60000] */
    unsigned shed_ms;        /* patience with a caller who owes delivers answers [5000] */
    uint32_t first_sequence; /* of the first request after each connect [1] */
    /* The caller's own (short codes, text profile); the link never looks at it. */
    const void *profile;
};

/* Fills what is 0. */
void link_conf_defaults(struct link_conf *conf);

/* Whether libsmpp34 packs it (SMPP 3.4, 5.2.6). */
bool link_npi_is_known(uint8_t npi);

/* 0, or -EINVAL with a sentence in why that names the field and the remedy. */
int link_conf_check(const struct link_conf *conf, char *why, size_t room);

/* Whether two settings lead to the same bind, so that a reload may keep it (link_tune takes the
 * rest over). */
bool link_conf_same_bind(const struct link_conf *a, const struct link_conf *b);

/* A copy that owns its strings, NULL without memory; link_conf_free wipes the password. */
struct link_conf *link_conf_copy(const struct link_conf *conf);
void link_conf_free(struct link_conf *conf);

#endif
