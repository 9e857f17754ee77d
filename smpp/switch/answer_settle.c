/* What an answer leads to once it is on disk: shown to its visitor, held, obeyed, or nobody's; see
 * answer_inner.h. */
#include "smpp/switch/answer_inner.h"

#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/switch/reply_notice.h"
#include "smpp/wire/copy.h"

static void target_fill(const struct answer *answer, struct answer_target *target)
{
    *target = (struct answer_target){
        .until = answer->verdict == ROUTE_LIVE ? answer->route.until : 0,
        .late = answer->verdict == ROUTE_LATE,
        .profile = answer->profile,
    };
    memcpy(target->session, answer->route.session, sizeof target->session);
    memcpy(target->conversation, answer->route.conversation, sizeof target->conversation);
    memcpy(target->name, answer->route.name, sizeof target->name);
    copy_put(target->mobile, sizeof target->mobile, answer->mobile);
    copy_put(target->code, sizeof target->code, answer->code);
}

static void answer_deliver(struct answer *answer)
{
    struct switchboard *sb = answer->sb;
    struct answer_target target;
    target_fill(answer, &target);
    if (answer->part.total > 1) {
        answer_part_join(sb, &answer->part, &target);
        return;
    }
    answer_show(sb, &target, answer->text, &answer->part.reply, 1, 1, false);
    reply_notice(sb, NOTICE_CONFIRMATION, answer->mobile, answer->code, target.name, answer->text);
}

/* Another smppd may have it too, and has shown it. */
static void answer_hold(const struct answer *answer, int64_t after)
{
    struct repeat_facts facts = {.reply = answer->part.reply,
                                 .likeness = answer->likeness,
                                 .mobile = answer->mobile,
                                 .code = answer->code,
                                 .smsc_id = answer->id,
                                 .received = answer->received,
                                 .after = after,
                                 .twins = answer->twins,
                                 .twin = answer->twin};
    repeats_put(answer->sb, &facts);
}

/* BAJA and its like. */
static void word_obey(struct answer *answer)
{
    struct switchboard *sb = answer->sb;
    bool known = answer->verdict != ROUTE_NONE || answer->ended;
    enum reply_notice what = NOTICE_HELP;
    int e = 0;
    switch (answer->word) {
    case OPTWORD_STOP:
        e = optouts_add(sb, answer->mobile, "", "sms", NULL);
        what = NOTICE_STOPPED;
        break;
    case OPTWORD_BLOCK:
        if (known)
            e = optouts_add(sb, answer->mobile, answer->route.session, "sms", NULL);
        what = known ? NOTICE_BLOCKED : NOTICE_NO_CONVERSATION;
        break;
    case OPTWORD_START:
        e = optouts_remove(sb, answer->mobile, NULL);
        what = NOTICE_RESUMED;
        break;
    case OPTWORD_HELP:
    case OPTWORD_NONE:
        break;
    }
    if (e < 0)
        log_error("SD0332", "an opt-out could not be kept: mobile=%s error=%s",
                  log_number(answer->mobile), strerror(-e));
    else
        reply_notice(sb, what, answer->mobile, answer->code, answer->route.name, answer->text);
}

static void nobody_tell(struct answer *answer)
{
    struct switchboard *sb = answer->sb;
    counter_add(COUNTER_REPLIES_UNDELIVERABLE, 1);
    /* Once for all parts; never to one of our own codes, nor to what is no mobile. */
    if (answer->is_our_code || !answer->is_mobile || answer->part.seq > 1)
        return;
    if (answer->verdict == ROUTE_HANDED && *answer->route.before_name)
        reply_notice(sb, NOTICE_LATE, answer->mobile, answer->code, answer->route.before_name,
                     answer->text);
    else if (answer->ended)
        reply_notice(sb, NOTICE_LATE, answer->mobile, answer->code, answer->route.name,
                     answer->text);
    else
        reply_notice(sb, NOTICE_NO_CONVERSATION, answer->mobile, answer->code, NULL, answer->text);
}

void answer_settle(struct answer *answer, int64_t after)
{
    if (answer->outcome == SPOOL_OUT_OPT_OUT)
        word_obey(answer);
    else if (answer->outcome == SPOOL_OUT_UNDELIVERABLE)
        nobody_tell(answer);
    else if (answer->twins)
        answer_hold(answer, after);
    else
        answer_deliver(answer);
}
