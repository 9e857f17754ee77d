/* From a deliver_sm to its response; see answers.h. */
#include "smpp/switch/answers.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/switch/answer_inner.h"
#include "smpp/switch/answered.h"
#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/switch/shortage.h"
#include "smpp/pdu/status.h"
#include "smpp/wire/copy.h"

void answers_start(struct answers *answers, int64_t now)
{
    *answers = (struct answers){.connections = (uint32_t)(now / 1000)};
    assemblies_start(&answers->assemblies);
}

void answers_end(struct answers *answers)
{
    assemblies_end(&answers->assemblies, free);
}

static void answer_respond(const struct answer *answer, uint32_t status)
{
    if (switch_has_link(answer->sb, answer->link))
        link_answer(answer->link, answer->token, status);
}

static void answer_free(struct answer *answer)
{
    histogram_add(HISTOGRAM_ANSWER, (uint64_t)(clock_us() - answer->since));
    counter_set(GAUGE_ANSWERS_WAITING, --answer->sb->answers.waiting);
    free(answer);
}

/* Not taken for now: the SMSC keeps it. */
static void answer_shed(struct answer *answer)
{
    answer_respond(answer, ESME_RX_T_APPN);
    counter_add(COUNTER_DELIVERS_SHED, 1);
    answer_free(answer);
}

/* ---- after it is on disk ---- */

/* No response can leave, and the SMSC will send it again. */
static bool connection_is_gone(const struct answer *answer)
{
    return answer->arrival != switch_arrival(answer->sb, answer->link, (uint32_t)answer->arrival);
}

/* Its connection went while it was being kept. */
static void response_doubt(const struct answer *answer)
{
    struct switchboard *sb = answer->sb;
    if (!connection_is_gone(answer))
        return;
    if (spool_doubt(sb->spool, answer->smsc, answer->received, (struct spool_done){0}) < 0)
        log_warning("SD0333", "an answer repeated by the SMSC may be shown twice: smsc=%s",
                    answer->smsc);
}

static void answer_kept(void *ctx, const struct spool_result *result)
{
    struct answer *answer = ctx;
    struct switchboard *sb = answer->sb;
    if (result->error < 0) {
        answer_shed(answer);
        return;
    }
    counter_add(COUNTER_DELIVERS_KEPT, 1);
    counter_add(COUNTER_CDRS, 1);
    answer_respond(answer, ESME_ROK);
    spool_answered(sb->spool, result->reply);
    response_doubt(answer);
    answer->part.reply = result->reply;
    if (result->verdict == SPOOL_DUPLICATE)
        counter_add(COUNTER_DELIVERS_DUPLICATE, 1);
    else
        answer_settle(answer, result->until);
    answer_free(answer);
}

/* ---- onto the disk ---- */

static enum spool_outcome outcome_of(const struct answer *answer)
{
    if (answer->word != OPTWORD_NONE)
        return SPOOL_OUT_OPT_OUT;
    if (answer->verdict == ROUTE_LIVE)
        return SPOOL_OUT_DELIVERED;
    return answer->verdict == ROUTE_LATE ? SPOOL_OUT_LATE : SPOOL_OUT_UNDELIVERABLE;
}

/* What came. */
static struct spool_reply row_of(const struct answer *answer)
{
    const struct assembly_part *part = &answer->part;
    return (struct spool_reply){
        .mobile = answer->mobile,
        .code = answer->code,
        .octets = {part->octets, part->length},
        .data_coding = assembly_coding(part),
        .ref = part->ref,
        .total = part->total,
        .seq = part->seq,
        .smsc = answer->smsc,
        .smsc_id = answer->id,
        .arrival = answer->arrival,
    };
}

static void answer_keep(struct answer *answer)
{
    struct switchboard *sb = answer->sb;
    struct spool_reply row = row_of(answer);
    row.outcome = answer->outcome = outcome_of(answer);
    if (!answer->received)
        answer->received = switch_now(sb);
    row.received = answer->received;
    row.wall = clock_wall();
    row.shown = row.outcome != SPOOL_OUT_DELIVERED && row.outcome != SPOOL_OUT_LATE;
    if (!row.shown) {
        row.conversation = conversation_unhex(answer->route.conversation);
        row.session = answer->route.session;
        row.held = answer->twins > 0;
        (void)charge_of(sb->conf->tariff, sb->conf->tariffs, row.wall, &row.charge); /* else free */
    }
    if (spool_reply(sb->spool, &row, (struct spool_done){answer_kept, answer}) < 0)
        answer_shed(answer);
}

/* ---- whose it is ---- */

/* A word to the service, whoever has the code. */
static bool concerns_nobody(enum optword word)
{
    return word == OPTWORD_STOP || word == OPTWORD_START || word == OPTWORD_HELP;
}

/* Whose it is, by memcached, or by ourselves where that is away. False where it may be somebody's
 * whom we do not know yet. */
static bool owner_take(struct answer *answer, const struct answer_look *look)
{
    if (look->job.e < 0) {
        if (concerns_nobody(answer->word))
            return true;
        answer->verdict = ROUTE_LIVE;
        return answered_alone(answer->sb, answer->mobile, answer->code, &answer->route);
    }
    answer->verdict = look->verdict;
    answer->ended = look->ended;
    answer->route = look->route;
    answer->received = look->at;
    answer->twins = look->twins;
    memcpy(answer->twin, look->twin, sizeof answer->twin);
    return !look->open;
}

static void answer_looked(struct answer_look *look)
{
    struct answer *answer = look->ctx;
    bool is_known = owner_take(answer, look);
    answer_look_free(look);
    bool has_room = !answer->twins || repeats_have_room(&answer->sb->repeats);
    /* Its repetition may stand right behind it in the spool's queue, before any doubt of this one:
     * so it is not kept where its connection is gone. */
    if (!is_known || !has_room || connection_is_gone(answer)) {
        answer_shed(answer);
        return;
    }
    if (answer->verdict == ROUTE_LIVE && answer->word == OPTWORD_NONE)
        answered(answer->sb, answer->mobile, &answer->route, answer->likeness);
    else if (answer->verdict == ROUTE_LATE && answer->word == OPTWORD_NONE)
        answered_late(answer->sb, answer->mobile, &answer->route);
    answer_keep(answer);
}

static void answer_find(struct answer *answer)
{
    struct switchboard *sb = answer->sb;
    struct answer_look *look = answer_look_new(answer_looked);
    if (!look) {
        shortage_tell(sb, "answer");
        answer_shed(answer);
        return;
    }
    look->ctx = answer;
    look->now = switch_now(sb);
    look->idle = sb->conf->conversation_ms;
    look->memory = sb->conf->memory_ms;
    look->guard = SWITCH_GUARD_MS;
    look->concerns_nobody = concerns_nobody(answer->word);
    if (answer->word == OPTWORD_NONE) {
        struct spool_reply row = row_of(answer);
        look->likeness = answer->likeness = spool_likeness(&row);
    }
    copy_put(look->instance, sizeof look->instance, sb->conf->instance);
    copy_put(look->mobile, sizeof look->mobile, answer->mobile);
    copy_put(look->code, sizeof look->code, answer->code);
    switch_known(sb, look->mobile, &look->known);
    if (answer_look_put(sb->storer, look) < 0) {
        answer_look_free(look);
        answer_shed(answer);
    }
}

/* ---- what came ---- */

void answers_deliver(struct switchboard *sb, struct link *link, const struct message *message,
                     uint64_t token)
{
    counter_add(COUNTER_DELIVERS, 1);
    bool takes = sb->answers.waiting < sb->conf->answers_max && refill_is_read(sb) &&
                 spool_room(sb->spool) > SWITCH_SPOOL_RESERVE / 2;
    size_t text_room = 3 * message->length + ANSWER_TEXT_EXTRA;
    struct answer *answer = takes ? calloc(1, sizeof *answer + message->length + text_room) : NULL;
    if (!answer) {
        if (takes)
            shortage_tell(sb, "answer");
        counter_add(COUNTER_DELIVERS_SHED, 1);
        link_answer(link, token, ESME_RX_T_APPN);
        return;
    }
    answer->sb = sb;
    answer->link = link;
    answer->token = token;
    answer->since = clock_us();
    answer->text = (char *)answer->octets + message->length;
    answer->text_room = text_room;
    counter_set(GAUGE_ANSWERS_WAITING, ++sb->answers.waiting);
    answer_read(answer, message);
    if (answer->is_mobile && !answer->is_our_code)
        answer_find(answer);
    else
        answer_keep(answer); /* nobody's: recorded, and nobody is told */
}

void answers_tick(struct switchboard *sb, int64_t now)
{
    struct assembly *assembly;
    while ((assembly = assembly_due(&sb->answers.assemblies, now)))
        answer_show_whole(sb, assembly);
}
