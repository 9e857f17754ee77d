/* Answers read back from the spool on their way to the visitor's box; see answers.h. */
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/answer_inner.h"
#include "smpp/switch/reply_notice.h"
#include "smpp/wire/copy.h"

/* Of the link it came from, where that is still one of ours. */
static struct text_profile profile_of(const struct switchboard *sb, const char *smsc)
{
    for (size_t i = 0; i < sb->links.count; i++) {
        const struct conf_link *conf = switch_link_conf(sb->links.links[i]);
        if (strcmp(conf->peer, smsc) == 0)
            return conf->text;
    }
    return sb->conf->links ? sb->conf->link[0].text : (struct text_profile){0};
}

static struct assembly_part part_of(const struct spool_reply *reply)
{
    struct assembly_part part = {
        .mobile = reply->mobile,
        .code = reply->code,
        .ref = reply->ref,
        .total = reply->total ? reply->total : 1,
        .seq = reply->seq ? reply->seq : 1,
        .reply = reply->id,
        .octets = reply->octets.at,
        .length = reply->octets.length,
    };
    assembly_coding_take(&part, reply->data_coding);
    return part;
}

static void target_fill(const struct switchboard *sb, const struct spool_reply *reply, bool told,
                        struct answer_target *target)
{
    const struct conversation *conversation =
        conversation_find(&sb->conversations, reply->conversation);
    *target = (struct answer_target){.late = reply->outcome == SPOOL_OUT_LATE,
                                     .told = told,
                                     .profile = profile_of(sb, reply->smsc)};
    if (conversation && !told && !target->late)
        target->until = conversation->until;
    conversation_hex(target->conversation, reply->conversation);
    copy_put(target->session, sizeof target->session, reply->session);
    copy_put(target->name, sizeof target->name, conversation ? conversation->name : "");
    copy_put(target->mobile, sizeof target->mobile, reply->mobile);
    copy_put(target->code, sizeof target->code, reply->code);
}

static void single_show(struct switchboard *sb, const struct answer_target *target,
                        const struct assembly_part *part)
{
    size_t room = 3 * part->length + ANSWER_TEXT_EXTRA;
    char *text = malloc(room);
    if (!text)
        return;                                            /* found again at the next start */
    (void)answer_text(text, room, part, &target->profile); /* always a text */
    answer_show(sb, target, text, &part->reply, 1, 1, false);
    if (!target->told)
        reply_notice(sb, NOTICE_CONFIRMATION, target->mobile, target->code, target->name, text);
    free(text);
}

void answers_found(struct switchboard *sb, const struct spool_reply *reply, bool told)
{
    if (reply->held || (reply->claimed && told))
        repeats_recall(sb, reply);
    if (reply->held || reply->shown)
        return;
    if (!*reply->session) { /* wiped before it was decided */
        (void)spool_shown(sb->spool, &reply->id, 1, (struct spool_done){0}); /* else again */
        return;
    }
    struct assembly_part part = part_of(reply);
    struct answer_target target;
    target_fill(sb, reply, told, &target);
    if (part.total > 1)
        answer_part_join(sb, &part, &target);
    else
        single_show(sb, &target, &part);
}
