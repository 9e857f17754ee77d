/* Conversations that are known to several smppd while these and memcached fail as chance has it:
 * what lives anywhere is taken for ended nowhere and none of its events is forgotten; what has
 * ended everywhere is forgotten everywhere. */
#include "test/unit/switches_truth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/closing.h"

enum { STEP_MS = 200, RUN_MS = 900000, CALM_MS = 1800000, RUNS = 25 };

/* What may go wrong in a run. */
struct faults {
    unsigned kill, stop, lose, away; /* per ten thousand of the steps */
};

static uint64_t state;

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

/* ---- what people do ---- */

static void button_press(struct played_switch *one)
{
    unsigned nth = chance(TRUTH_SESSIONS), what = chance(10);
    const char *session = session_name(nth);
    char id[CONVERSATION_HEX];
    struct life *pressed = NULL;
    for (struct life *life = NULL; (life = life_of_session(session, life));)
        if (!pressed || chance(2))
            pressed = life;
    if (!pressed)
        return;
    conversation_hex(id, pressed->id);
    if (what < 7) {
        switch_press(one, closing_extend, session, id);
    } else if (what < 9) {
        pressed->over = true;
        switch_press(one, closing_stop, session, id);
    } else {
        switch_press(one, closing_end, session, id);
        session_end(nth);
    }
}

/* Several times in a conversation's minute, so that the one or other smppd hears nothing of it for
 * longer than that. */
static void people_act(void)
{
    struct played_switch *one = &switches.one[chance(switches.count)];
    if (!one->up || one->stopped > switches.now || !refill_is_read(&one->sb))
        return;
    if (happens(60))
        switch_write(one, session_name(chance(TRUTH_SESSIONS)), mobile_name(chance(TRUTH_MOBILES)));
    if (happens(100))
        switch_answer(one, mobile_name(chance(TRUTH_MOBILES)), chance(2) ? "2333" : "2024");
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
    truth_forget();
    for (unsigned i = 0; i < switches.count; i++) {
        struct played_switch *one = &switches.one[i];
        if (!one->up || one->stopped > switches.now)
            continue;
        switch_turn(one);
        for (unsigned turns = chance(4); turns > 0 && switch_store(one); turns--)
            truth_look();
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

static void run(uint64_t seed, unsigned switches_up, const struct faults *faults)
{
    state = seed * 0x9E3779B97F4A7C15u | 1;
    (void)chance(2);
    truth_begin(seed);
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
