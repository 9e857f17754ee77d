/* What visitors and mobiles do to smppd that are played; see switches.h. As send.c, answers.c and
 * the door do it, without what they do beside. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/answered.h"
#include "smpp/wire/copy.h"
#include "test/unit/switches.h"

enum { WORDS_ROOM = 17 };

/* ---- requests ---- */

struct request {
    char session[ROUTE_ID_ROOM], conversation[ROUTE_ID_ROOM];
    char octets[256];
    struct line_writer answer;
};

const char *request_get(const struct request *request, const char *field)
{
    return strcmp(field, "session") == 0 ? request->session : request->conversation;
}

struct line_writer *request_ok(struct request *request)
{
    line_begin(&request->answer, request->octets, sizeof request->octets);
    line_verb(&request->answer, "ok", NULL);
    return &request->answer;
}

void request_done(struct request *request)
{
    free(request);
}

void request_yes(struct request *request)
{
    free(request);
}

void request_refuse(struct request *request, const char *reason)
{
    (void)reason;
    free(request);
}

void request_refuse_for(struct request *request, const char *reason, int64_t retry_in_s)
{
    (void)reason, (void)retry_in_s;
    free(request);
}

void request_refuse_field(struct request *request, const char *field)
{
    (void)field;
    free(request);
}

void switch_press(struct played_switch *one, void verb(void *sb, struct request *request),
                  const char *session, const char *conversation)
{
    struct request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    copy_put(request->session, sizeof request->session, session);
    copy_put(request->conversation, sizeof request->conversation, conversation);
    verb(&one->sb, request);
}

/* ---- what is shown ---- */

static uint64_t id_next(void)
{
    return (uint64_t)switches.now * 4096 + ++switches.ids % 4096;
}

static void event_show(struct switchboard *sb, const char *type, const struct route *route,
                       const char *mobile, bool live)
{
    char message[WORDS_ROOM];
    struct transcript_conversation line = {.until = route->until};
    copy_put(line.id, sizeof line.id, route->conversation);
    copy_put(line.to, sizeof line.to, mobile);
    copy_put(line.code, sizeof line.code, route->code);
    copy_put(line.name, sizeof line.name, route->name);
    conversation_hex(message, id_next());
    struct transcript_event event = {.conversation = route->conversation,
                                     .type = type,
                                     .message = message,
                                     .from = "a",
                                     .to = "b",
                                     .text = "c",
                                     .time = switches.now};
    struct publish *publish = publish_new(route->session, live ? &line : NULL, &event);
    if (!publish)
        abort();
    transcripts_put(sb, publish);
}

/* ---- a visitor writes ---- */

struct writing {
    struct switchboard *sb;
    struct route route;
    char mobile[MOBILE_ROOM];
    bool fresh;
};

static void written(void *ctx, const struct spool_result *result)
{
    struct writing *writing = ctx;
    struct switchboard *sb = writing->sb;
    const struct route *route = &writing->route;
    struct conversation_facts facts = {.id = conversation_unhex(route->conversation),
                                       .session = route->session,
                                       .mobile = writing->mobile,
                                       .code = route->code,
                                       .name = route->name,
                                       .until = route->until,
                                       .last = route->last};
    struct conversation *conversation =
        result->error == 0 ? conversation_put(&sb->conversations, &facts) : NULL;
    if (conversation) {
        conversation->extended = 0;
        if (!writing->fresh)
            conversation_save(sb, conversation, false);
        event_show(sb, "sent", route, writing->mobile, true);
    }
    free(writing);
}

static void claimed(struct claim *claim)
{
    struct switchboard *sb = claim->ctx;
    struct writing *writing = calloc(1, sizeof *writing);
    if (!writing)
        abort();
    uint64_t id = conversation_unhex(claim->taken.conversation);
    *writing = (struct writing){.sb = sb, .route = claim->taken};
    memcpy(writing->mobile, claim->mobile, sizeof writing->mobile);
    writing->fresh = claim->fresh && !conversation_find(&sb->conversations, id);
    int e = claim->job.e;
    claim_free(claim);
    struct spool_conversation row = {.id = id,
                                     .session = writing->route.session,
                                     .mobile = writing->mobile,
                                     .code = writing->route.code,
                                     .name = writing->route.name,
                                     .until = writing->route.until,
                                     .last = writing->route.last};
    struct spool_done done = {written, writing};
    if (e == -EAGAIN && writing->fresh && id)
        (void)route_move(sb->storer, ROUTE_MOVE_UNDO, writing->mobile, writing->route.conversation,
                         0, switches.now, sb->conf->memory_ms);
    if (e < 0 || switches.dying)
        free(writing);
    else if (writing->fresh && spool_conversation(sb->spool, &row, done) < 0)
        abort();
    else if (!writing->fresh)
        written(writing, &(struct spool_result){.conversation = id});
}

void switch_write(struct played_switch *one, const char *session, const char *mobile)
{
    struct switchboard *sb = &one->sb;
    struct claim *claim = claim_new(claimed, sb->conf->codes.count);
    if (!claim)
        abort();
    claim->ctx = sb;
    claim->now = switches.now;
    claim->idle = sb->conf->conversation_ms;
    claim->memory = sb->conf->memory_ms;
    copy_put(claim->mobile, sizeof claim->mobile, mobile);
    copy_put(claim->session, sizeof claim->session, session);
    copy_put(claim->name, sizeof claim->name, "Ana");
    conversation_hex(claim->conversation, id_next());
    for (; claim->count < sb->conf->codes.count; claim->count++)
        memcpy(claim->codes[claim->count], sb->conf->codes.code[claim->count], ROUTE_CODE_ROOM);
    claim->up = claim->carried = claim->count;
    switch_known(sb, mobile, &claim->known);
    if (claim_put(sb->storer, claim) < 0)
        claim_free(claim);
}

/* ---- a mobile answers ---- */

static void looked(struct answer_look *look)
{
    struct switchboard *sb = look->ctx;
    struct route route = look->route;
    enum route_verdict verdict = look->job.e == 0 && !look->open ? look->verdict : ROUTE_NONE;
    if (look->job.e < 0 && !switches.dying && answered_alone(sb, look->mobile, look->code, &route))
        verdict = ROUTE_LIVE;
    if (!switches.dying && (verdict == ROUTE_LIVE || verdict == ROUTE_LATE)) {
        if (verdict == ROUTE_LIVE)
            answered(sb, look->mobile, look->code, &route, look->likeness);
        else
            answered_late(sb, look->mobile, look->code, &route);
        event_show(sb, verdict == ROUTE_LIVE ? "reply" : "late", &route, look->mobile,
                   verdict == ROUTE_LIVE);
    }
    answer_look_free(look);
}

void switch_answer(struct played_switch *one, const char *mobile, const char *code)
{
    struct switchboard *sb = &one->sb;
    struct answer_look *look = answer_look_new(looked);
    if (!look)
        abort();
    look->ctx = sb;
    look->now = switches.now;
    look->idle = sb->conf->conversation_ms;
    look->memory = sb->conf->memory_ms;
    copy_put(look->mobile, sizeof look->mobile, mobile);
    copy_put(look->code, sizeof look->code, code);
    switch_known(sb, mobile, &look->known);
    if (answer_look_put(sb->storer, look) < 0)
        answer_look_free(look);
}
