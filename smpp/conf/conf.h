/* What an administrator wrote in smppd.conf: read, checked as a whole, then never changed.
 *
 * A reload reads a second one beside the first; each is counted, so whoever still looks at the old
 * one (a link that drains, a message on its way) keeps it alive. Plain members: read them. */
#ifndef SMPP_CONF_CONF_H
#define SMPP_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "smpp/link/conf.h"
#include "smpp/spool/charge.h"
#include "smpp/text/text.h"

enum {
    CONF_LINKS = 16,
    CONF_CODES = 64,
    CONF_CODE_LEN = 16,   /* digits of a short code, at most 15, and the NUL */
    CONF_PEER_ROOM = 128, /* a link's HOST:PORT, cut to it */
    CONF_WORDS = 32,
    CONF_TARIFFS = 32,
    CONF_UIDS = 16,
    CONF_NOTICES = 16,             /* to one mobile in an hour */
    CONF_SPOOL_QUEUE_LEAST = 2048, /* half of it is kept free for what is under way */
    CONF_SPOOL_LEAST = 1 << 20,    /* octets */
};

struct conf_codes {
    unsigned count;
    char code[CONF_CODES][CONF_CODE_LEN];
};

/* Words or short phrases as written; fold them before comparing. */
struct conf_words {
    unsigned count;
    const char *word[CONF_WORDS];
};

struct conf_uids {
    unsigned count;
    uid_t uid[CONF_UIDS];
};

/* [link NAME]. `bind.profile` points to this very struct. */
struct conf_link {
    struct link_conf bind;
    struct conf_codes codes;   /* what this link carries */
    struct conf_codes retired; /* what it carried before a reload and no link does now: only what
                                  lives there goes on */
    struct text_profile text;  /* how this SMSC wants its texts */
    enum text_policy letters;  /* what it does with letters outside GSM-7 */
    bool international;        /* numbers on the air: 1 + 10 digits; else the 10 national ones */
    bool receipts;             /* ask for delivery receipts (registered_delivery 1) */
    const char *peer;          /* HOST:PORT */
    const char *smsc;          /* whose message ids it tells; the peer's where nothing is said */
    const char *password_file; /* where bind.password came from; "" : the file itself */
    unsigned line;             /* of its [link] in the file */
};

/* The texts mobiles read, each proven at load to be one GSM-7 SMS, with {nombre} of 40
 * septets where that may stand. Use conf_text() to fill it in. {minutos} was replaced at load. */
struct conf_texts {
    const char *notice;          /* in the first message of a conversation; no {nombre} */
    const char *confirmation;    /* {nombre} */
    const char *late;            /* {nombre} */
    const char *no_conversation; /* no {nombre} */
    const char *stopped;         /* BAJA */
    const char *resumed;         /* ALTA */
    const char *blocked;         /* BLOQUEAR; {nombre} */
    const char *help;            /* AYUDA */
};

/* Times are milliseconds. */
struct conf {
    const char *file;

    /* the socket */
    const char *socket;
    const char *socket_group; /* "" : smppd's own group */
    struct conf_uids socket_users;
    unsigned connections, connections_per_user;

    /* the state it keeps */
    const char *state;                /* directory of the spool */
    const char *store, *store_prefix; /* memcached servers, as store_open takes them */
    const char *instance;             /* names this smppd in memcached's alive: key */

    /* conversations */
    enum text_policy letters; /* of links that say nothing; where all agree, what they say */
    int64_t conversation_ms;  /* 5 min */
    int64_t memory_ms;        /* 24 h */
    int64_t validity_ms;      /* 15 min */
    int64_t parts_wait_ms;    /* 10 s */
    struct conf_texts texts;
    struct conf_words words_stop, words_block, words_start, words_help;

    /* limits */
    unsigned queue_max;      /* messages accepted and not yet settled */
    unsigned answers_max;    /* answers received and not yet on disk */
    unsigned store_queue;    /* jobs waiting for memcached */
    unsigned spool_queue;    /* jobs waiting for the disk */
    uint64_t spool_octets;   /* the database grows to this; 0: as far as the disk goes */
    unsigned mobile_hourly;  /* messages from the web to one mobile */
    unsigned notices_hourly; /* to one mobile */
    unsigned same_answers;   /* no notice from the n-th identical answer on */
    int64_t same_answers_ms; /* within this time */

    /* money: [price YYYY-MM-DD], oldest first, at least one, proven by charge_check. Each holds
     * from 00:00 of its day in America/Santo_Domingo, UTC-4 all year. */
    unsigned tariffs;
    struct charge_tariff tariff[CONF_TARIFFS];
    const char *cdr_directory;
    int64_t cdr_period_ms;
    unsigned cdr_records; /* of one file */

    /* what is kept how long in the spool */
    int64_t keep_texts_ms, keep_cdrs_ms;
    int64_t repeat_ms; /* how long an answer's repetition by the SMSC is recognised */

    /* running */
    int log_level; /* enum log_level of log.h */
    int64_t log_interval_ms;
    int64_t drain_ms;

    unsigned links;
    struct conf_link link[CONF_LINKS];
    struct conf_codes codes, retired; /* of all links together, each once, in one of the two */

    bool exposed;           /* a password stands in it and others may read the file */
    struct conf_room *room; /* owns the strings */
    unsigned users;         /* conf_keep and conf_drop */
};

/* Told each thing that is wrong: "smppd.conf:12: what. What to do." without LF. */
typedef void conf_complain(void *ctx, const char *sentence);

/* Reads and checks `path`. The conf, used once (conf_drop it), or NULL after everything that is
 * wrong was told; errors do not stop the reading, so one run tells them all. */
struct conf *conf_load(const char *path, conf_complain *complain, void *ctx);

/* Whether smppd may write where it will, as far as whoever asks can know: others' directories tell
 * only that they are on a file system for reading. 0, or -EINVAL after it was told. */
int conf_check_writing(struct conf *conf, conf_complain *complain, void *ctx);

/* One more user; returns conf. */
struct conf *conf_keep(struct conf *conf);
/* One less; the last one wipes the passwords and frees. NULL is nothing. Loop thread only. */
void conf_drop(struct conf *conf);

/* What only a restart takes over stays in next as it is now; which keys would differ is logged. 0
 * or -ENOMEM: next is of no use then. */
int conf_restart_keep(const struct conf *now, struct conf *next);

bool conf_codes_have(const struct conf_codes *codes, const char *code);

/* A configuration that was read again takes over which codes its links carried before that none
 * carries now. */
void conf_retire(const struct conf *before, struct conf *conf);

/* Whether a link carries a short code, retired or not; for struct links_choice. */
bool conf_carries(const struct link_conf *bind, const char *short_code);
/* The first link that carries it, or NULL. */
const struct conf_link *conf_link_of(const struct conf *conf, const char *short_code);

/* Writes a text with {nombre} replaced; `name` may be NULL where the text has none. UTF-8, NUL at
 * the end. The length, or -ENOSPC. */
int conf_text(char *out, size_t room, const char *text, const char *name);

#endif
