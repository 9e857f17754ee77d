/* Counts notices and identical answers per mobile; see notice.h. */
#include "smpp/switch/notice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/conf/conf.h"
#include "smpp/wire/copy.h"

enum { DIGEST_ROOM = 1024 };
static const int64_t hour_ms = 3600000;

struct same_answer {
    uint64_t digest;
    unsigned count;
    int64_t since;
};

struct notice_mobile {
    struct index_hook hook;
    TAILQ_ENTRY(notice_mobile) used;
    char mobile[MOBILE_ROOM];
    int64_t sent[CONF_NOTICES]; /* a ring */
    uint64_t wrote[NOTICE_TEXTS];
    struct same_answer answered[NOTICE_ANSWERS];
    unsigned sent_at, wrote_at, answered_at;
};

void notices_start(struct notices *notices)
{
    *notices = (struct notices){0};
    TAILQ_INIT(&notices->used);
}

static void mobile_free(struct notices *notices, struct notice_mobile *mobile)
{
    TAILQ_REMOVE(&notices->used, mobile, used);
    index_drop(&notices->index, &mobile->hook);
    free(mobile);
}

void notices_end(struct notices *notices)
{
    struct notice_mobile *mobile;
    while ((mobile = TAILQ_FIRST(&notices->used)))
        mobile_free(notices, mobile);
    index_free(&notices->index);
}

static int fill(struct text_sms *sms, const char *text, const char *name,
                const struct text_profile *profile)
{
    char whole[TEXT_ROOM];
    int len = conf_text(whole, sizeof whole, text, name);
    return len < 0 ? -EMSGSIZE : text_prepare(sms, whole, (size_t)len, TEXT_LOSSY, profile);
}

int notice_fill(char *out, size_t room, const char *text, const char *name,
                const struct text_profile *profile)
{
    char shown[ROUTE_NAME_ROOM];
    struct text_sms sms;
    size_t length = (size_t)snprintf(shown, sizeof shown, "%s", name ? name : "");
    int e = length < sizeof shown ? fill(&sms, text, shown, profile) : -EMSGSIZE;
    while (e == 0 && sms.segments > 1 && length > 0) {
        while (--length > 0 && (shown[length] & 0xc0) == 0x80)
            ; /* the octets of a letter go together */
        shown[length] = '\0';
        e = fill(&sms, text, shown, profile);
    }
    if (e < 0 || sms.segments > 1 || sms.text_len >= room)
        return -EMSGSIZE;
    memcpy(out, sms.text, sms.text_len + 1);
    return 0;
}

/* A text as it is compared: letters and digits, folded. */
static uint64_t notice_digest(const char *text)
{
    char folded[DIGEST_ROOM];
    (void)text_fold(folded, sizeof folded, text); /* the beginning of a long one is enough */
    return index_hash_text(0, folded);
}

static struct notice_mobile *mobile_find(struct notices *notices, const char *number)
{
    struct index_hook *hook = index_first(&notices->index, index_hash_text(0, number));
    for (; hook; hook = index_next(hook)) {
        struct notice_mobile *mobile = index_thing(hook, struct notice_mobile, hook);
        if (strcmp(mobile->mobile, number) == 0)
            return mobile;
    }
    return NULL;
}

/* Found or made, and now the most recently used; NULL without memory. */
static struct notice_mobile *mobile_use(struct notices *notices, const char *number)
{
    struct notice_mobile *mobile = mobile_find(notices, number);
    if (mobile) {
        TAILQ_REMOVE(&notices->used, mobile, used);
        TAILQ_INSERT_TAIL(&notices->used, mobile, used);
        return mobile;
    }
    if (notices->index.count >= NOTICE_MOBILES)
        mobile_free(notices, TAILQ_FIRST(&notices->used));
    mobile = calloc(1, sizeof *mobile);
    if (!mobile)
        return NULL;
    copy_put(mobile->mobile, sizeof mobile->mobile, number);
    if (index_put(&notices->index, &mobile->hook, index_hash_text(0, number)) < 0) {
        free(mobile);
        return NULL;
    }
    TAILQ_INSERT_TAIL(&notices->used, mobile, used);
    return mobile;
}

void notice_wrote(struct notices *notices, const char *number, const char *text)
{
    struct notice_mobile *mobile = mobile_use(notices, number);
    if (mobile)
        mobile->wrote[mobile->wrote_at++ % NOTICE_TEXTS] = notice_digest(text);
}

void notice_sent(struct notices *notices, const char *number, int64_t at)
{
    struct notice_mobile *mobile = mobile_use(notices, number);
    if (mobile)
        mobile->sent[mobile->sent_at++ % CONF_NOTICES] = at;
}

/* How often this answer came within the time, this one counted. */
static unsigned answer_count(struct notice_mobile *mobile, uint64_t digest, int64_t now,
                             int64_t within)
{
    for (unsigned i = 0; i < NOTICE_ANSWERS; i++) {
        struct same_answer *answered = &mobile->answered[i];
        if (answered->digest != digest)
            continue;
        if (now - answered->since >= within)
            *answered = (struct same_answer){.digest = digest, .since = now};
        return ++answered->count;
    }
    mobile->answered[mobile->answered_at++ % NOTICE_ANSWERS] =
        (struct same_answer){.digest = digest, .count = 1, .since = now};
    return 1;
}

enum notice_verdict notice_may(struct notices *notices, const char *number, const char *text,
                               const struct notice_limits *limits, int64_t now)
{
    struct notice_mobile *mobile = mobile_use(notices, number);
    uint64_t digest = notice_digest(text);
    unsigned sent = 0;
    if (!mobile) /* nothing is known: silence cannot loop */
        return NOTICE_HOURLY;
    unsigned count = answer_count(mobile, digest, now, limits->same_ms);
    for (unsigned i = 0; i < NOTICE_TEXTS; i++)
        if (*text && mobile->wrote[i] == digest)
            return NOTICE_ECHO;
    if (limits->same_answers && count >= limits->same_answers)
        return NOTICE_SAME;
    for (unsigned i = 0; i < CONF_NOTICES; i++)
        sent += mobile->sent[i] && now - mobile->sent[i] < hour_ms;
    return sent >= limits->hourly ? NOTICE_HOURLY : NOTICE_MAY;
}
