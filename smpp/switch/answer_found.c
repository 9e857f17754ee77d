/* Answers read back from the spool on their way to the visitor's box; see answers.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/answer_inner.h"
#include "smpp/switch/reply_notice.h"

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

void answers_found(struct switchboard *sb, const struct spool_reply *reply, bool told)
{
    struct answer_target target = {.late = reply->outcome == SPOOL_OUT_LATE,
                                   .told = told,
                                   .profile = profile_of(sb, reply->smsc)};
    const struct conversation *conversation =
        conversation_find(&sb->conversations, reply->conversation);
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
    if (reply->held || (reply->claimed && told))
        repeats_recall(sb, reply);
    if (reply->held || reply->shown)
        return;
    if (!*reply->session) { /* wiped before it was decided */
        (void)spool_shown(sb->spool, &reply->id, 1, (struct spool_done){0}); /* else again */
        return;
    }
    assembly_coding_take(&part, reply->data_coding);
    if (conversation && !told && !target.late)
        target.until = conversation->until;
    conversation_hex(target.conversation, reply->conversation);
    (void)snprintf(target.session, sizeof target.session, "%s", reply->session);
    (void)snprintf(target.name, sizeof target.name, "%s", conversation ? conversation->name : "");
    (void)snprintf(target.mobile, sizeof target.mobile, "%.10s", reply->mobile);
    (void)snprintf(target.code, sizeof target.code, "%.15s", reply->code);
    if (part.total > 1) {
        answer_part_join(sb, &part, &target);
        return;
    }
    size_t room = 3 * part.length + ANSWER_TEXT_EXTRA;
    char *text = malloc(room);
    if (!text)
        return;                                            /* found again at the next start */
    (void)answer_text(text, room, &part, &target.profile); /* always a text */
    answer_show(sb, &target, text, &part.reply, 1, 1, false);
    if (!told)
        reply_notice(sb, NOTICE_CONFIRMATION, target.mobile, target.code, target.name, text);
    free(text);
}
