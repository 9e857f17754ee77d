/*
 * Whether a notice may be sent to a mobile: notices must never answer each other in a loop.
 * Remembers per mobile, for an hour and within bounds, what was sent to it and what it
 * answered.
 */
#ifndef SMPP_SWITCH_NOTICE_H
#define SMPP_SWITCH_NOTICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "smpp/switch/conversation.h"
#include "smpp/text/text.h"

enum { NOTICE_MOBILES = 20000, NOTICE_TEXTS = 8, NOTICE_ANSWERS = 4 };

struct notice_mobile;

struct notices {
    struct index index;
    TAILQ_HEAD(notice_queue, notice_mobile) used; /* the least recently used first */
    unsigned keeping;                             /* notices on their way to the disk */
};

struct notice_limits {
    unsigned hourly;       /* notices to one mobile, at most CONF_NOTICES */
    unsigned same_answers; /* no notice from the n-th identical answer on */
    int64_t same_ms;       /* within this time */
};

/* The text of a notice with its {nombre}: one SMS in the alphabet of `profile`, whatever the
 * visitor is called. Letters that it has not become others or '?'; a name that became too long by
 * that is cut. UTF-8; 0 or -EMSGSIZE (the text is none that conf has taken). */
int notice_fill(char *out, size_t room, const char *text, const char *name,
                const struct text_profile *profile);

void notices_start(struct notices *notices);
void notices_end(struct notices *notices);

/* What a notice said; when it went out. */
void notice_wrote(struct notices *notices, const char *mobile, const char *text);
void notice_sent(struct notices *notices, const char *mobile, int64_t at);

enum notice_verdict {
    NOTICE_MAY,
    NOTICE_ECHO,   /* the answer is a text of ours that came back */
    NOTICE_SAME,   /* the same answer again and again */
    NOTICE_HOURLY, /* enough for this hour */
    NOTICE_CROWDED /* the half of the queue that is not the visitors' alone is taken */
};

/* The mobile has answered `text`; may it get a notice for that? Counts the answer. */
enum notice_verdict notice_may(struct notices *notices, const char *mobile, const char *text,
                               const struct notice_limits *limits, int64_t now);

#endif
