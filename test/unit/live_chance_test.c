/* Conversations that are known to several smppd while these and memcached fail as chance has it:
 * what lives anywhere is taken for ended nowhere and none of its events is forgotten; what has
 * ended everywhere is forgotten everywhere. */
#include "test/unit/switches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/closing.h"

enum {
    STEP_MS = 200,
    RUN_MS = 900000,
    CALM_MS = 1800000,
    RUNS = 25,
    SESSIONS = 3,
    MOBILES = 2,
    LIVES = 1024,
    KEPT = 4096
};

/* What may go wrong in a run. */
struct faults {
    unsigned kill, stop, lose, away; /* per ten thousand of the steps */
};

/* A conversation as it truly is: it lives until the latest time that any smppd has on disk. */
static struct life {
    uint64_t id;
    int64_t until;
    bool over;  /* its end was asked for, or its pair is another's */
    bool shown; /* its session's transcript has it */
    char session[ROUTE_ID_ROOM], mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM];
} life[LIVES];
static unsigned lives;

/* Events of sessions that live, each on one smppd's disk. */
static struct kept {
    const struct played_switch *by;
    char session[ROUTE_ID_ROOM];
    int64_t n;
} kept[KEPT];
static unsigned count;

static uint64_t state, seed;

static unsigned chance(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

static bool happens(unsigned per_ten_thousand)
{
    return chance(10000) < per_ten_thousand;
}

static const char *session_name(unsigned nth)
{
    static const char *const name[SESSIONS] = {"0000000000000000000000000000000a",
                                               "0000000000000000000000000000000b",
                                               "0000000000000000000000000000000c"};
    return name[nth];
}

static const char *mobile_name(unsigned nth)
{
    static const char *const name[MOBILES] = {"8095550001", "8095550002"};
    return name[nth];
}

/* ---- how it truly is ---- */

static struct life *life_of(uint64_t id)
{
    for (unsigned i = 0; i < lives; i++)
        if (life[i].id == id)
            return &life[i];
    return NULL;
}

static bool is_live(const struct life *one)
{
    return !one->over && one->until > switches.now;
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

/* A claim may be in memcached only. */
static void pairs_look(void)
{
    static struct routes routes;
    static char value[ROUTE_VALUE_MAX + 2];
    char key[STORER_KEY_ROOM];
    for (unsigned i = 0; i < MOBILES; i++) {
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

/* What is over may be forgotten, though its session begins anew. */
static void events_forget(void)
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

/* ---- what people do ---- */

static void end_asked(const char *session, uint64_t id)
{
    for (unsigned i = 0; i < lives; i++)
        if (strcmp(life[i].session, session) == 0 && (id == 0 || life[i].id == id))
            life[i].over = true;
}

static void button_press(struct played_switch *one)
{
    const char *session = session_name(chance(SESSIONS));
    char id[CONVERSATION_HEX] = "";
    unsigned what = chance(10);
    for (unsigned i = 0; i < lives; i++)
        if (is_live(&life[i]) && strcmp(life[i].session, session) == 0 && (!*id || chance(2)))
            conversation_hex(id, life[i].id);
    if (!*id)
        return;
    if (what < 7) {
        switch_press(one, closing_extend, session, id);
        return;
    }
    end_asked(session, what < 9 ? conversation_unhex(id) : 0);
    switch_press(one, what < 9 ? closing_stop : closing_end, session, id);
}

/* Several times in a conversation's minute, so that the one or other smppd hears nothing of it for
 * longer than that. */
static void people_act(void)
{
    struct played_switch *one = &switches.one[chance(switches.count)];
    if (!one->up || one->stopped > switches.now || !refill_is_read(&one->sb))
        return;
    if (happens(60))
        switch_write(one, session_name(chance(SESSIONS)), mobile_name(chance(MOBILES)));
    if (happens(100))
        switch_answer(one, mobile_name(chance(MOBILES)), chance(2) ? "2333" : "2024");
    if (happens(30))
        button_press(one);
}

/* ---- what goes wrong ---- */

static int64_t back[SWITCHES];

static void trouble(const struct faults *faults)
{
    unsigned nth = chance(switches.count);
    struct played_switch *one = &switches.one[nth];
    if (one->up && happens(faults->kill)) {
        if (chance(3))
            switch_kill(one);
        else
            switch_stop(one);
        if (faults->lose && chance(3) == 0)
            memory_empty();
        back[nth] = switches.now + chance(chance(2) ? 6000 : 180000);
    } else if (one->up && happens(faults->stop)) {
        one->stopped = switches.now + chance(12000);
    }
    for (unsigned i = 0; i < switches.count; i++)
        if (!switches.one[i].up && switches.now >= back[i])
            switch_start(&switches.one[i]);
    if (happens(memory_away ? 400 : faults->away))
        memory_away = !memory_away;
    if (happens(faults->lose))
        memory_empty();
}

static void trouble_ends(void)
{
    memory_away = false;
    for (unsigned i = 0; i < switches.count; i++) {
        switches.one[i].stopped = 0;
        if (!switches.one[i].up)
            switch_start(&switches.one[i]);
    }
}

static void step(void)
{
    memory_now = switches.now += STEP_MS;
    events_forget();
    for (unsigned i = 0; i < switches.count; i++) {
        struct played_switch *one = &switches.one[i];
        if (!one->up || one->stopped > switches.now)
            continue;
        switch_turn(one);
        for (unsigned turns = chance(4); turns > 0 && switch_store(one); turns--)
            pairs_look();
        for (unsigned jobs = chance(6); jobs > 0 && played_spool_commit(&one->disk); jobs--)
            continue;
    }
}

/* ---- the books ---- */

static unsigned rows_of(struct played_switch *one)
{
    struct query *query = db_query(one->disk.ledger.db, QUERY_EVENT_SCAN);
    unsigned rows = 0;
    query_bind(query, 1, 0);
    while (query_step(query) == 1)
        rows++;
    query_end(query);
    return rows;
}

static bool all_is_over(void)
{
    for (unsigned i = 0; i < switches.count; i++)
        if (switches.one[i].disk.todo.first || switches.one[i].sb.conversations.ids.count ||
            rows_of(&switches.one[i]))
            return false;
    return true;
}

static void run(uint64_t nth, unsigned switches_up, const struct faults *faults)
{
    seed = nth;
    state = seed * 0x9E3779B97F4A7C15u | 1;
    (void)chance(2);
    lives = count = 0;
    switches.committed = committed;
    switches_begin(switches_up, (int64_t)(1700000000000 + seed * 86400000));
    for (int64_t until = switches.now + RUN_MS; switches.now < until;) {
        trouble(faults);
        people_act();
        step();
    }
    trouble_ends();
    for (int64_t until = switches.now + CALM_MS; switches.now < until && !all_is_over();)
        step();
    for (unsigned i = 0; i < switches.count; i++) {
        struct played_switch *one = &switches.one[i];
        if (one->sb.conversations.ids.count || rows_of(one))
            fail_msg("seed %llu: %s remembers what is over: conversations=%u events=%u",
                     (unsigned long long)seed, one->sb.conf->instance,
                     one->sb.conversations.ids.count, rows_of(one));
    }
    switches_end();
}

/* SEED=n repeats one run, RUNS=n does more of them. */
static void runs(unsigned switches_up, const struct faults *faults)
{
    const char *one = getenv("SEED"), *many = getenv("RUNS");
    uint64_t last = many ? strtoull(many, NULL, 10) : RUNS;
    if (one)
        run(strtoull(one, NULL, 10), switches_up, faults);
    for (uint64_t i = 1; i <= last && !one; i++)
        run(i, switches_up, faults);
}

static void undisturbed_each_knows_what_the_other_does(void **context)
{
    (void)context;
    runs(2, &(struct faults){0});
}

static void killed_and_stopped_they_forget_nothing(void **context)
{
    (void)context;
    runs(2, &(struct faults){.kill = 30, .stop = 30});
}

static void whatever_memcached_loses_what_lives_is_not_taken_for_ended(void **context)
{
    (void)context;
    runs(2, &(struct faults){.kill = 20, .stop = 20, .lose = 20, .away = 10});
}

static void nor_do_three(void **context)
{
    (void)context;
    runs(3, &(struct faults){.kill = 20, .stop = 20, .lose = 20, .away = 10});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undisturbed_each_knows_what_the_other_does),
        cmocka_unit_test(killed_and_stopped_they_forget_nothing),
        cmocka_unit_test(whatever_memcached_loses_what_lives_is_not_taken_for_ended),
        cmocka_unit_test(nor_do_three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
