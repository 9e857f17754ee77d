/* See quota.h. */
#include "mod_smsinteractivo/guard/quota.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/visit/digest.h"
#include "mod_smsinteractivo/talk/event.h"
#include "mod_smsinteractivo/guard/fold.h"
#include "mod_smsinteractivo/guard/limit.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <apr_strings.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    HOUR = 3600,
    SAME_TEXT_SECONDS = 600,
    SHORT_TEXT =
        24, /* "hola como estas" is said by many, also of one network: counted per visitor */
};

static int64_t now_of(const struct visit *visit)
{
    return (int64_t)apr_time_sec(visit->r->request_time);
}

/* Fills `limits` with those one message falls under; how many. `mobile`: also the mobile's own. */
static unsigned limits_of(const struct visit *visit, const struct pending *pending, bool opens,
                          bool mobile, struct limit *limits)
{
    const struct settings *set = visit->settings;
    const char *address = visit->r->useragent_ip;
    uint64_t conversations = (uint64_t)setting_limit_conversations(set);
    uint64_t messages = (uint64_t)setting_limit_messages(set);
    uint64_t times = (uint64_t)setting_limit_network(set);
    char network[LIMIT_WHO_ROOM];
    unsigned count = 0;
    limit_network(address, network);
    const struct {
        const char *what, *who;
        uint64_t most;
        bool applies;
    } all[] = {
        {"am", address, messages, true},
        {"nm", network, messages * times, true},
        {"ac", address, conversations, opens},
        {"nc", network, conversations * times, opens},
        {"mc", pending->mobile, (uint64_t)setting_limit_mobile(set), opens && mobile},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].applies)
            continue;
        limits[count] = (struct limit){.what = all[i].what, .most = all[i].most, .seconds = HOUR};
        (void)snprintf(limits[count].who, LIMIT_WHO_ROOM, "%s", all[i].who); /* addresses fit */
        count++;
    }
    return count;
}

static bool fault_of(int e, const struct limit *limits, const struct limit_full *full,
                     struct fault *fault)
{
    if (e == 0)
        return true;
    if (e != -EDQUOT) {
        *fault = (struct fault){.problem = PROBLEM_AWAY, .retry_in = 2, .left = -1};
        return false;
    }
    tally_add(TALLY_LIMITED);
    *fault = (struct fault){.problem = PROBLEM_LIMIT, .retry_in = full->retry_in, .left = -1};
    if (strcmp(limits[full->which].what, "mc") == 0)
        fault->problem = PROBLEM_LIMIT_MOBILE;
    return false;
}

/* Whether others write to a mobile is told for a code only: where one is due, quota_take says it.
 */
bool quota_look(struct visit *visit, const struct pending *pending, bool opens, struct fault *fault)
{
    struct limit limits[QUOTA_LIMITS];
    struct limit_full full;
    bool mobile = setting_captcha(visit->settings) == CAPTCHA_OFF;
    unsigned count = limits_of(visit, pending, opens, mobile, limits);
    int e = backend_note(limit_look(visit->backend->store, limits, count, now_of(visit), &full));
    return fault_of(e, limits, &full, fault);
}

/* The text without its disguises; short ones are told apart by visitor. */
static void text_digest(const struct visit *visit, const char *text, char out[static DIGEST_ROOM])
{
    char folded[MESSAGE_ROOM];
    size_t len = fold_skeleton(folded, sizeof folded, text);
    digest_of(out, len ? folded : text, len < SHORT_TEXT ? visit->session.sid : "", NULL);
}

/* The same text to more than so many mobiles. */
static int same_text_take(struct visit *visit, const struct pending *pending,
                          struct quota_bill *bill, struct limit_full *full)
{
    struct limit *limit = &bill->limit[0];
    *limit = (struct limit){.what = "st",
                            .most = (uint64_t)setting_limit_same_text(visit->settings),
                            .seconds = SAME_TEXT_SECONDS};
    if (limit->most == 0)
        return 0;
    text_digest(visit, pending->text, limit->who);
    (void)snprintf(bill->text, LIMIT_KEY_ROOM, "m:%s:%s", limit->who, pending->mobile); /* fits */
    int e = store_add(visit->backend->store, bill->text, "1", 1, SAME_TEXT_SECONDS + 1);
    if (e < 0) {
        bill->text[0] = '\0';
        return e == -EEXIST ? 0 : e; /* there: this mobile has been counted */
    }
    e = limit_take(visit->backend->store, limit, 1, now_of(visit), full);
    bill->count = e == 0;
    return e;
}

void quota_return(struct visit *visit, const struct quota_bill *bill)
{
    struct store *store = visit->backend->store;
    limit_return(store, bill->limit, bill->count, now_of(visit));
    if (bill->text[0])
        (void)store_delete(store, bill->text); /* or it ends by itself */
    if (bill->no_code[0])
        (void)store_uncount(store, bill->no_code, 1); /* or a code is due one message earlier */
}

bool quota_take(struct visit *visit, const struct pending *pending, bool opens,
                struct quota_bill *bill, struct fault *fault)
{
    struct limit_full full;
    int e = backend_note(same_text_take(visit, pending, bill, &full));
    if (e == -EDQUOT) {
        quota_return(visit, bill);
        tally_add(TALLY_LIMITED);
        *fault =
            (struct fault){.problem = PROBLEM_SAME_TEXT, .retry_in = full.retry_in, .left = -1};
        return false;
    }
    struct limit *limits = &bill->limit[bill->count];
    unsigned count = limits_of(visit, pending, opens, true, limits);
    if (e == 0)
        e = backend_note(limit_take(visit->backend->store, limits, count, now_of(visit), &full));
    if (e < 0)
        quota_return(visit, bill);
    else
        bill->count += count;
    return fault_of(e, limits, &full, fault);
}

struct answered {
    const char *conversation;
    int64_t n; /* the newest answer */
};

static void answer_note(void *context, const struct line *event)
{
    struct answered *answered = context;
    const char *type = line_get(event, "type"), *conversation = line_get(event, "conversation");
    if (type && conversation && strcmp(conversation, answered->conversation) == 0 &&
        (strcmp(type, "reply") == 0 || strcmp(type, "late") == 0))
        answered->n = line_number(event, "n", 0);
}

int quota_without_code(struct visit *visit, struct conversations *all,
                       const struct conversation *one, struct quota_bill *bill)
{
    struct answered answered = {one->id, 0};
    uint64_t sum = 0, most = (uint64_t)setting_captcha_unanswered(visit->settings);
    /* What has left the transcript is long ago: then there is one allowance more. */
    int e = events_after(visit, all, all->transcript.first - 1, answer_note, &answered);
    (void)snprintf(bill->no_code, LIMIT_KEY_ROOM, "f:%s:%s:%" APR_INT64_T_FMT, visit->session.sid,
                   one->id, answered.n); /* fits */
    if (e == 0)
        e = backend_note(store_count(visit->backend->store, bill->no_code, 1, HOUR, &sum));
    if (e < 0)
        return -EAGAIN;
    return sum + (answered.n == 0) > most ? -EDQUOT : 0; /* the first message had its code */
}

bool quota_session(const struct visit *visit, const struct conversations *all, struct fault *fault)
{
    int most = setting_limit_session(visit->settings);
    if (most == 0 || all->live < (unsigned)most)
        return true;
    int64_t soonest = INT64_MAX;
    for (unsigned i = 0; i < all->count; i++)
        if (all->item[i].live && all->item[i].until < soonest)
            soonest = all->item[i].until;
    tally_add(TALLY_LIMITED);
    *fault = (struct fault){.problem = PROBLEM_LIMIT,
                            .detail_key = "limit.session",
                            .retry_in = seconds_left(soonest, all->now),
                            .left = -1};
    return false;
}

static struct limit limit_of(const struct visit *visit, enum quota quota)
{
    const struct settings *set = visit->settings;
    struct limit limit = {.seconds = HOUR};
    switch (quota) {
    case QUOTA_PICTURES:
        limit.what = "pi", limit.most = (uint64_t)setting_limit_pictures(set);
        break;
    case QUOTA_RECORDINGS:
        limit.what = "re", limit.most = (uint64_t)setting_limit_recordings(set);
        break;
    case QUOTA_PROOFS:
        limit.what = "pw", limit.most = (uint64_t)setting_limit_proofs(set);
        break;
    }
    limit_household(visit->r->useragent_ip, limit.who);
    return limit;
}

bool quota_take_one(struct visit *visit, enum quota quota, struct fault *fault)
{
    struct limit limit = limit_of(visit, quota);
    struct limit_full full;
    int e = backend_note(limit_take(visit->backend->store, &limit, 1, now_of(visit), &full));
    return fault_of(e, &limit, &full, fault);
}

unsigned quota_proofs(struct visit *visit)
{
    struct limit limit = limit_of(visit, QUOTA_PROOFS);
    return (unsigned)limit_recent(visit->backend->store, &limit, now_of(visit));
}
