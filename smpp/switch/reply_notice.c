/* Notices to mobiles, kept and sent like any message; see reply_notice.h. */
#include "smpp/switch/reply_notice.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/switch/switchboard.h"
#include "smpp/wire/copy.h"

enum { NOTICE_ROOM = 1024 };

struct notice_kept {
    struct switchboard *sb;
    struct spool_message row;
    struct outgoing *outgoing;
    char mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM], text[NOTICE_ROOM];
};

static const char *notice_text(const struct conf *conf, enum reply_notice what)
{
    switch (what) {
    case NOTICE_CONFIRMATION:
        return conf->texts.confirmation;
    case NOTICE_LATE:
        return conf->texts.late;
    case NOTICE_NO_CONVERSATION:
        return conf->texts.no_conversation;
    case NOTICE_STOPPED:
        return conf->texts.stopped;
    case NOTICE_RESUMED:
        return conf->texts.resumed;
    case NOTICE_BLOCKED:
        return conf->texts.blocked;
    case NOTICE_HELP:
        return conf->texts.help;
    }
    return "";
}

static void kept(void *ctx, const struct spool_result *result)
{
    struct notice_kept *notice = ctx;
    struct switchboard *sb = notice->sb;
    sb->notices.keeping--;
    if (result->error == 0) {
        counter_add(COUNTER_NOTICES, 1);
        outbox_add(sb, &notice->row, notice->outgoing);
        outbox_run(sb);
    } else {
        outgoing_drop(notice->outgoing);
    }
    free(notice); /* on a full disk there are no notices; the answer itself is kept */
}

static void notice_keep(struct switchboard *sb, struct notice_kept *notice)
{
    int64_t now = switch_now(sb);
    notice->row = (struct spool_message){
        .id = spool_id_next(sb->spool, now),
        .kind = SPOOL_NOTICE,
        .mobile = notice->mobile,
        .code = notice->code,
        .text = notice->text,
        .prepared = {notice->text, strlen(notice->text)},
        .concat_ref = ++sb->sends.reference & 0xffff,
        .parts = 1,
        .accepted = now,
        .expiry = now + sb->conf->validity_ms,
    };
    notice->outgoing = outgoing_new(&sb->outbox, notice->mobile, notice->code, notice->text);
    if (notice->outgoing &&
        spool_keep(sb->spool, &notice->row, (struct spool_done){kept, notice}) == 0) {
        sb->notices.keeping++;
        return;
    }
    outgoing_drop(notice->outgoing); /* no room: the notice is what can be missed */
    free(notice);
}

/* The visitor's message came back: a machine answers. */
static bool is_echo(const struct switchboard *sb, const char *mobile, const char *code,
                    const char *text)
{
    const struct conversation *live = conversation_of_pair(&sb->conversations, mobile, code);
    return live && live->wrote == index_hash_text(0, text);
}

/* Answers come as fast as mobiles like; what they bring about must not shut visitors out. */
static bool is_crowded(const struct switchboard *sb)
{
    return sb->outbox.count + sb->notices.keeping >= (sb->conf->queue_max + 1) / 2;
}

static enum notice_verdict verdict_of(struct switchboard *sb, const char *mobile, const char *code,
                                      const char *text)
{
    struct notice_limits limits = {sb->conf->notices_hourly, sb->conf->same_answers,
                                   sb->conf->same_answers_ms};
    enum notice_verdict verdict =
        notice_may(&sb->notices, mobile, text, &limits, switch_now(sb)); /* counts the answer */
    if (verdict == NOTICE_MAY && is_echo(sb, mobile, code, text))
        return NOTICE_ECHO;
    return verdict == NOTICE_MAY && is_crowded(sb) ? NOTICE_CROWDED : verdict;
}

static void held_tell(enum notice_verdict verdict, const char *mobile)
{
    static const char *const why[] = {
        [NOTICE_MAY] = "unknown-code", /* it might, but no link carries its code */
        [NOTICE_ECHO] = "echo",        [NOTICE_SAME] = "same-answer",
        [NOTICE_HOURLY] = "hourly",    [NOTICE_CROWDED] = "crowded",
    };
    counter_add(COUNTER_NOTICES_HELD, 1);
    log_debug("SD0320", "a notice is held back: why=%s mobile=%s", why[verdict],
              log_number(mobile));
}

void reply_notice(struct switchboard *sb, enum reply_notice what, const char *mobile,
                  const char *code, const char *name, const char *text)
{
    const struct conf_link *link = conf_link_of(sb->conf, code);
    enum notice_verdict verdict = verdict_of(sb, mobile, code, text);
    if (verdict != NOTICE_MAY || !link) {
        held_tell(verdict, mobile);
        return;
    }
    struct notice_kept *notice = calloc(1, sizeof *notice);
    if (!notice)
        return;
    notice->sb = sb;
    copy_put(notice->mobile, sizeof notice->mobile, mobile);
    copy_put(notice->code, sizeof notice->code, code);
    if (notice_fill(notice->text, sizeof notice->text, notice_text(sb->conf, what), name,
                    &link->text) < 0) {
        free(notice); /* conf has proven each to be one SMS */
        return;
    }
    notice_wrote(&sb->notices, mobile, notice->text);
    notice_sent(&sb->notices, mobile, switch_now(sb));
    struct spool_notice row = {.mobile = mobile, .at = switch_now(sb)};
    (void)spool_notice(sb->spool, &row, (struct spool_done){0}); /* only counts for an hour */
    notice_keep(sb, notice);
}
