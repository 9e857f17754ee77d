/* Every commit of the played smppd held against what is true; see switches_truth.h. */
#include "test/unit/switches_truth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

enum { LIVES = 1024, KEPT = 4096 };

static struct life life[LIVES];
static unsigned lives;

/* Events of sessions that live, each on one smppd's disk. */
static struct kept {
    const struct played_switch *by;
    char session[ROUTE_ID_ROOM];
    int64_t n;
} kept[KEPT];
static unsigned count;

static uint64_t seed;

static unsigned visits[TRUTH_SESSIONS];

const char *session_name(unsigned nth)
{
    static char name[TRUTH_SESSIONS][ROUTE_ID_ROOM];
    (void)snprintf(name[nth], sizeof name[nth], "%016x%016x", nth, visits[nth]);
    return name[nth];
}

const char *mobile_name(unsigned nth)
{
    static const char *const name[TRUTH_MOBILES] = {"8095550001", "8095550002"};
    return name[nth];
}

static struct life *life_of(uint64_t id)
{
    for (unsigned i = 0; i < lives; i++)
        if (life[i].id == id)
            return &life[i];
    return NULL;
}

/* Who has not ended all, here or at another smppd. */
static bool is_visiting(const char *session)
{
    for (unsigned i = 0; i < TRUTH_SESSIONS; i++)
        if (strcmp(session_name(i), session) == 0)
            return true;
    return false;
}

static bool is_live(const struct life *one)
{
    return !one->over && one->until > switches.now && is_visiting(one->session);
}

static bool session_lives(const char *session)
{
    for (unsigned i = 0; i < lives; i++)
        if (life[i].shown && is_live(&life[i]) && strcmp(life[i].session, session) == 0)
            return true;
    return false;
}

/* Its pair is given to a later one. */
static void pair_is_taken(const char *mobile, const char *code, uint64_t by)
{
    for (unsigned i = 0; i < lives; i++)
        if (life[i].id < by && strcmp(life[i].mobile, mobile) == 0 &&
            strcmp(life[i].code, code) == 0)
            life[i].over = true;
}

void truth_look(void)
{
    static struct routes routes;
    static char value[ROUTE_VALUE_MAX + 2];
    char key[STORER_KEY_ROOM];
    for (unsigned i = 0; i < TRUTH_MOBILES; i++) {
        routes_key(key, mobile_name(i));
        const char *there = memory_of(key);
        if (!there)
            continue;
        (void)snprintf(value, sizeof value, "%s", there);
        assert_int_equal(route_read(&routes, value, strlen(value)), 0);
        for (unsigned j = 0; j < routes.count; j++)
            pair_is_taken(mobile_name(i), routes.route[j].code,
                          conversation_unhex(routes.route[j].conversation));
    }
}

static void row_is_kept(const struct spool_conversation *row, const char *by)
{
    struct life *one = life_of(row->id);
    if (row->ended && one && is_live(one))
        fail_msg("seed %llu: %s takes for ended what lives for %lld ms", (unsigned long long)seed,
                 by, (long long)(one->until - switches.now));
    if (row->ended)
        return;
    if (!one) {
        assert_int_not_equal(lives, LIVES);
        one = &life[lives++];
        *one = (struct life){.id = row->id};
        (void)snprintf(one->session, sizeof one->session, "%s", row->session);
        (void)snprintf(one->mobile, sizeof one->mobile, "%s", row->mobile);
        (void)snprintf(one->code, sizeof one->code, "%s", row->code);
        pair_is_taken(one->mobile, one->code, one->id);
    }
    if (row->until > one->until)
        one->until = row->until;
}

/* Its conversation begins with it, or is on disk already. */
static void message_is_kept(const struct spool_message *row)
{
    struct spool_conversation begun = {.id = row->conversation,
                                       .session = row->session,
                                       .mobile = row->mobile,
                                       .code = row->code,
                                       .until = row->until};
    if (row->opens)
        row_is_kept(&begun, "");
}

static void event_is_shown(const char *line)
{
    const char *id = strstr(line, "conversation=");
    char hex[CONVERSATION_HEX];
    (void)snprintf(hex, sizeof hex, "%s", id + strlen("conversation="));
    struct life *one = life_of(conversation_unhex(hex));
    if (one)
        one->shown = true;
}

static bool has_event(struct played_switch *one, const struct kept *event)
{
    struct query *query = db_query(one->disk.ledger.db, QUERY_EVENT_SCAN_SESSION);
    query_bind_text(query, 1, event->session);
    query_bind(query, 2, 0);
    bool found = false;
    while (!found && query_step(query) == 1)
        found = query_number(query, 1) == event->n;
    query_end(query);
    return found;
}

/* Nothing of what lives is missing on the disk that something was just forgotten on. */
static void events_look(struct played_switch *one)
{
    for (unsigned i = 0; i < count; i++)
        if (kept[i].by == one && session_lives(kept[i].session) && !has_event(one, &kept[i]))
            fail_msg("seed %llu: %s has forgotten event %lld of a session that lives",
                     (unsigned long long)seed, one->sb.conf->instance, (long long)kept[i].n);
}

void truth_forget(void)
{
    unsigned left = 0;
    for (unsigned i = 0; i < count; i++)
        if (session_lives(kept[i].session))
            kept[left++] = kept[i];
    count = left;
}

static void committed(struct played_switch *one, const struct job *job)
{
    const struct spool_event *event = (const void *)job->request;
    if (job->result.error < 0)
        fail_msg("seed %llu: job %d: %d", (unsigned long long)seed, job->kind, job->result.error);
    if (job->kind == JOB_CONVERSATION)
        row_is_kept((const void *)job->request, one->sb.conf->instance);
    if (job->kind == JOB_KEEP)
        message_is_kept((const void *)job->request);
    if (job->kind == JOB_TICK && job->result.records > 0)
        events_look(one);
    if (job->kind == JOB_EVENT)
        event_is_shown(event->line);
    if (job->kind != JOB_EVENT || event->until <= switches.now)
        return;
    assert_int_not_equal(count, KEPT);
    kept[count] = (struct kept){.by = one, .n = event->n};
    (void)snprintf(kept[count++].session, ROUTE_ID_ROOM, "%s", event->session);
}

struct life *life_of_session(const char *session, const struct life *before)
{
    for (struct life *one = before ? life + (before - life) + 1 : life; one < life + lives; one++)
        if (is_live(one) && strcmp(one->session, session) == 0)
            return one;
    return NULL;
}

void session_end(unsigned nth)
{
    visits[nth]++;
}

void truth_begin(uint64_t of_seed)
{
    seed = of_seed;
    lives = count = 0;
    memset(visits, 0, sizeof visits);
    switches.committed = committed;
}
