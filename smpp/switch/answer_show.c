/* From a kept answer to the event the visitor sees; see answer_show.h. */
#include "smpp/switch/answer_show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/switch/reply_notice.h"
#include "smpp/switch/switchboard.h"
#include "smpp/wire/copy.h"

enum {
    SHOWN_OCTETS = 2000, /* of one event: escaped it still fits a line */
    SHOWN_PIECES = 32
};

/* What a publish carries until its answer is shown. */
struct shown {
    unsigned count;
    uint64_t reply[];
};

static void clean(char *text, size_t room)
{
    char plain[ASSEMBLY_TEXT];
    int len = text_clean(plain, sizeof plain, text, strlen(text));
    if (len > 0 && (size_t)len < room)
        memcpy(text, plain, (size_t)len + 1);
    else if (len == 0)
        *text = '\0';
}

int answer_text(char *out, size_t room, const struct assembly_part *part,
                const struct text_profile *profile)
{
    int len =
        text_decode(out, room, part->octets, part->length, part->data_coding, profile, &part->udh);
    if (len < 0)
        return snprintf(out, room, "%s", ANSWER_INCOMPATIBLE);
    clean(out, room);
    return (int)strlen(out);
}

/* The octets of `text` that one event takes, not cutting a character. */
static size_t piece_size(const char *text)
{
    size_t size = strlen(text);
    if (size <= SHOWN_OCTETS)
        return size;
    size = SHOWN_OCTETS;
    while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--;
    return size;
}

static void answer_shown(struct publish *publish)
{
    struct switchboard *sb = publish->sb;
    struct shown *shown = publish->ctx;
    if (publish->job.e == 0 && shown && shown->count)
        (void)spool_shown(sb->spool, shown->reply, shown->count,
                          (struct spool_done){0}); /* else it is found again and shown only once */
    free(shown);
}

static struct publish *piece_publish(const struct answer_target *target, const char *text,
                                     const char *message, unsigned parts, bool missing, int64_t now)
{
    struct transcript_conversation line = {.until = target->until};
    memcpy(line.id, target->conversation, sizeof line.id);
    memcpy(line.to, target->mobile, sizeof line.to);
    memcpy(line.code, target->code, sizeof line.code);
    memcpy(line.name, target->name, sizeof line.name);
    struct transcript_event event = {
        .conversation = target->conversation,
        .type = target->late ? "late" : "reply",
        .message = message,
        .from = target->mobile,
        .to = target->name,
        .text = text,
        .parts = parts,
        .missing = missing,
        .time = now,
    };
    struct publish *publish = publish_new(target->session, target->until ? &line : NULL, &event);
    if (publish) {
        publish->count = PUBLISH_COUNT_ZERO;
        publish->of = conversation_unhex(target->conversation);
    }
    return publish;
}

/* The spool numbers answers from 1; an event's message must differ from other daemons' too. */
static uint64_t message_of(const struct switchboard *sb, uint64_t reply)
{
    return index_hash(index_hash_text(0, sb->conf->instance), &reply, sizeof reply);
}

void answer_show(struct switchboard *sb, const struct answer_target *target, const char *text,
                 const uint64_t *replies, unsigned count, unsigned parts, bool missing)
{
    char piece[SHOWN_OCTETS + 1], message[CONVERSATION_HEX + 4];
    text = *text ? text : ANSWER_EMPTY;
    for (unsigned nth = 0; nth < SHOWN_PIECES && (*text || nth == 0); nth++) {
        size_t size = piece_size(text);
        memcpy(piece, text, size);
        piece[size] = '\0';
        text += size;
        conversation_hex(message, message_of(sb, replies[0]));
        if (nth > 0)
            (void)snprintf(message + CONVERSATION_HEX - 1, 5, ".%u", nth + 1);
        struct publish *publish =
            piece_publish(target, piece, message, parts, missing, switch_now(sb));
        struct shown *shown =
            *text ? NULL : calloc(1, sizeof *shown + count * sizeof *shown->reply);
        if (!publish) {
            free(shown);
            log_error("SD0330", "out of memory: an answer is shown after a restart");
            return;
        }
        if (shown) {
            shown->count = count;
            memcpy(shown->reply, replies, count * sizeof *replies);
        }
        publish->ctx = shown;
        publish->after = answer_shown;
        transcripts_put(sb, publish);
    }
    counter_add(target->late ? COUNTER_REPLIES_LATE : COUNTER_REPLIES, 1);
}

void answer_show_whole(struct switchboard *sb, struct assembly *assembly)
{
    struct answer_target *target = assembly_about(assembly);
    uint64_t replies[ASSEMBLY_PARTS];
    bool missing;
    unsigned count = assembly_replies(assembly, replies, &missing);
    if (count == 0 || assembly_is_elsewhere(assembly)) {
        if (count) /* told only now, when the other one must have all of it too */
            (void)spool_shown(sb->spool, replies, count, (struct spool_done){0}); /* else again */
        free(target);
        assembly_free(assembly);
        return;
    }
    char *text = malloc(ASSEMBLY_TEXT);
    if (text &&
        assembly_text(assembly, &target->profile, ANSWER_INCOMPATIBLE, text, ASSEMBLY_TEXT) < 0)
        copy_put(text, ASSEMBLY_TEXT, ANSWER_INCOMPATIBLE);
    if (text) {
        clean(text, ASSEMBLY_TEXT);
        answer_show(sb, target, text, replies, count, assembly_total(assembly), missing);
        if (!target->told)
            reply_notice(sb, NOTICE_CONFIRMATION, target->mobile, target->code, target->name, text);
    }
    free(text);
    free(target);
    assembly_free(assembly);
}

int answer_part_add(struct switchboard *sb, const struct assembly_part *part, struct assembly **at)
{
    struct assemblies *all = &sb->answers.assemblies;
    for (;;) {
        int step = assembly_add(all, part, switch_now(sb), sb->conf->parts_wait_ms, at);
        if (step == -ENOSPC)
            *at = assembly_due(all, INT64_MAX); /* the oldest waits no longer */
        else if (step != ASSEMBLY_ANOTHER)      /* its reference is used again: the rest was lost */
            return step;
        answer_show_whole(sb, *at);
    }
}

void answer_part_join(struct switchboard *sb, const struct assembly_part *part,
                      const struct answer_target *target)
{
    struct assembly *at;
    struct answer_target *about = malloc(sizeof *about);
    int step = about ? answer_part_add(sb, part, &at) : -ENOMEM;
    if (step < 0 || step == ASSEMBLY_REPEATED) {
        free(about);
        if (step == ASSEMBLY_REPEATED) /* another smppd was given it too, and told us first */
            (void)spool_shown(sb->spool, &part->reply, 1, (struct spool_done){0});
        else
            log_error("SD0331", "a part of an answer waits in the spool until a restart: error=%s",
                      strerror(-step));
        return;
    }
    if (assembly_about(at)) {
        free(about);
    } else {
        *about = *target;
        assembly_set_about(at, about);
    }
    if (step == ASSEMBLY_COMPLETE)
        answer_show_whole(sb, at);
}
