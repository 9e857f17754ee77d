/* One answer that the SMSC gives to several smppd, while they, memcached and disks fail as chance
 * has it: it is shown, and billed once. */
#include "test/unit/smppds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_MS = 100, CALM_MS = 900000, RUNS = 100 };

#define SESSION "5e551011"

/* How the SMSC tells one answer from another: what is in doubt only, by its id, as a part. */
enum kind { PLAIN, NAMED, PART, KINDS };

/* What may go wrong in a run. */
struct faults {
    unsigned kill, stop, full, away, lose, file; /* per mille of the steps */
    unsigned drop;                               /* ... of the lines left in memcached */
    unsigned wipe; /* the visitor ends and wipes the session, wherever it is heard of */
};

/* The answer, and the SMSC that has no response to it yet. */
static struct answer_given {
    char mobile[11];
    enum kind kind;
    bool responded, under_way;
    unsigned to;    /* whom it was given last */
    unsigned times; /* it came to a disk */
    int64_t due;
    struct given given; /* as in the mobile's routes */
    bool unknown;       /* it was given while nobody could know to whom before */
    bool wiped;
    struct look_twin twin[SMPPDS];
    unsigned twins;
    uint64_t likeness;
    int64_t received;
} answer;

static uint64_t state;
static unsigned dropped; /* per mille of the lines */

static unsigned chance(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

static bool happens(unsigned per_mille)
{
    return chance(1000) < per_mille;
}

static bool line_drops(void)
{
    return dropped > 0 && happens(dropped);
}

/* ---- given ---- */

static struct spool_reply answer_row(void)
{
    static const struct charge_tariff tariff = {.price = 100};
    struct spool_reply row = {.conversation = 7,
                              .session = SESSION,
                              .mobile = answer.mobile,
                              .code = "2333",
                              .octets = {"si", 2},
                              .ref = answer.kind == PART ? 5 : 0,
                              .total = answer.kind == PART ? 2 : 1,
                              .seq = 1,
                              .smsc = "claro",
                              .smsc_id = answer.kind == NAMED ? answer.mobile : "",
                              .received = answer.received,
                              .wall = world.now,
                              .held = answer.twins > 0};
    (void)charge_of(&tariff, 1, world.now, &row.charge);
    return row;
}

static void again_later(void)
{
    answer.under_way = false;
    answer.due = world.now + 100 + chance(chance(2) ? 2000 : 30000);
}

/* As answer_kept: the response leaves, and may be lost with its connection. */
static void answer_is_kept(void *ctx, const struct spool_result *result)
{
    struct smppd *smppd = ctx;
    struct doubt_request doubt = {"claro", answer.received - 1};
    struct repeat_facts facts = {.reply = result->reply,
                                 .likeness = answer.likeness,
                                 .mobile = answer.mobile,
                                 .code = "2333",
                                 .smsc_id = answer.kind == NAMED ? answer.mobile : "",
                                 .received = answer.received,
                                 .after = result->until,
                                 .twins = answer.twins,
                                 .twin = answer.twin};
    if (result->error < 0) {
        again_later();
        return;
    }
    answer.times++;
    atomic_store(&smppd->disk.ledger.answered, result->reply);
    answer.responded = happens(500);
    if (!answer.responded) {
        played_spool_push(&smppd->disk, JOB_DOUBT, &doubt, (struct spool_done){0});
        again_later();
    }
    if (result->verdict == SPOOL_DUPLICATE)
        return;
    if (answer.twins)
        repeats_put(&smppd->sb, &facts);
    else
        smppd_show(smppd, &(struct spool_reply){.id = result->reply, .session = SESSION});
}

/* As look_given. */
static void answer_look(const struct smppd *smppd)
{
    const char *instance = smppd->sb.conf->instance;
    for (unsigned i = answer.given.count; i > 0; i--) {
        const struct given_to *to = &answer.given.to[i - 1];
        struct look_twin *twin = &answer.twin[answer.twins];
        if (strcmp(to->instance, instance) == 0)
            continue;
        memcpy(twin->instance, to->instance, sizeof twin->instance);
        twin->down = !smppd_named(to->instance)->up && happens(500); /* its key lives on a while */
        answer.twins++;
    }
    answer.received = given_note(&answer.given, instance, 1, answer.received);
}

/* As answer_looked: who was given it before stands in memcached. */
static void answer_give(void)
{
    unsigned to = chance(world.count);
    struct smppd *smppd = &world.smppd[to];
    if (!smppd->up || smppd->stopped > world.now)
        return;
    answer.under_way = true;
    answer.to = to;
    answer.twins = 0;
    answer.unknown |= world.away;
    answer.received = switch_now(&smppd->sb);
    if (!world.away)
        answer_look(smppd);
    struct spool_reply row = answer_row();
    answer.likeness = spool_likeness(&row);
    played_spool_push(&smppd->disk, JOB_REPLY, &row, (struct spool_done){answer_is_kept, smppd});
}

/* ---- what goes wrong ---- */

static void trouble(const struct faults *faults)
{
    unsigned nth = chance(world.count);
    struct smppd *smppd = &world.smppd[nth];
    struct tick_request tick = {world.now, world.now};
    if (!smppd->up && happens(50)) {
        smppd_start(smppd);
    } else if (smppd->up && happens(faults->kill)) {
        if (happens(300))
            smppd->kept_read = smppd->read;
        smppd_kill(smppd);
        if (answer.under_way && answer.to == nth)
            again_later();
    } else if (smppd->up && happens(faults->stop)) {
        smppd->stopped = world.now + chance(12000);
    } else if (smppd->up && faults->wipe && happens(faults->wipe)) {
        played_spool_push(&smppd->disk, JOB_WIPE, &(struct session_request){SESSION},
                          (struct spool_done){0});
        answer.wiped = true;
    } else if (smppd->up && happens(faults->file)) {
        played_spool_push(&smppd->disk, JOB_CDR_CLOSE, &tick, (struct spool_done){0});
    }
    if (happens(smppd->disk.full ? 30 : faults->full))
        smppd->disk.full = !smppd->disk.full;
    if (happens(world.away ? 30 : faults->away))
        world.away = !world.away;
    if (happens(faults->lose)) {
        memcached_lose();
        answer.given = (struct given){0};
        answer.unknown |= answer.times > 0;
    }
}

static void trouble_ends(void)
{
    dropped = 0;
    world.away = false;
    for (unsigned i = 0; i < world.count; i++) {
        struct smppd *smppd = &world.smppd[i];
        smppd->disk.full = false;
        smppd->stopped = 0;
        if (!smppd->up)
            smppd_start(smppd);
    }
}

static void step(void)
{
    world.now += STEP_MS;
    if (!answer.responded && !answer.under_way && world.now >= answer.due)
        answer_give();
    for (unsigned i = 0; i < world.count; i++) {
        struct smppd *smppd = &world.smppd[i];
        if (!smppd->up || smppd->stopped > world.now)
            continue;
        smppd_turn(smppd);
        for (unsigned jobs = chance(4); jobs > 0 && played_spool_commit(&smppd->disk); jobs--)
            continue;
    }
}

/* ---- the books ---- */

/* How many of its records cost something. */
static unsigned billed(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < world.count; i++) {
        struct query *query = db_query(world.smppd[i].disk.ledger.db, QUERY_CDR_RANGE);
        query_bind(query, 1, (int64_t)world.smppd[i].disk.ledger.counts.last_reply - 20);
        query_bind(query, 2, INT64_MAX);
        while (query_step(query) == 1)
            count += strcmp(query_text(query, 2), answer.mobile) == 0 && query_number(query, 9) > 0;
        query_end(query);
    }
    return count;
}

static bool all_is_quiet(void)
{
    for (unsigned i = 0; i < world.count; i++)
        if (world.smppd[i].disk.todo.first || world.smppd[i].sb.repeats.count)
            return false;
    return answer.responded;
}

static void run_begin(uint64_t seed)
{
    state = seed * 0x9E3779B97F4A7C15u | 1;
    (void)chance(2);
    memcached_lose();
    for (unsigned i = 0; i < world.count; i++) {
        struct smppd *smppd = &world.smppd[i];
        while (played_spool_commit(&smppd->disk))
            continue;
        smppd->skew = (int64_t)chance(10000) - 5000;
        smppd->looked = 0;
    }
    memset(world.shown, 0, sizeof world.shown);
    world.claims = 0;
    world.now = (int64_t)seed * 86400000; /* nobody remembers the run before */
    answer = (struct answer_given){.kind = chance(KINDS), .due = world.now};
    (void)snprintf(answer.mobile, sizeof answer.mobile, "%010u",
                   (unsigned)(8090000000 + seed % 10000000));
}

static void run(uint64_t seed, const struct faults *faults)
{
    unsigned shown = 0, bills, filed_twice = 0;
    run_begin(seed);
    dropped = faults->drop;
    for (int64_t until = world.now + 5000 + chance(60000); world.now < until;) {
        trouble(faults);
        step();
    }
    trouble_ends();
    for (int64_t until = world.now + CALM_MS; world.now < until && !all_is_quiet();)
        step();
    bills = billed();
    for (unsigned i = 0; i < world.count; i++) {
        shown += world.shown[i];
        filed_twice += world.smppd[i].filed_twice;
        world.smppd[i].filed_twice = 0;
    }
    if (!all_is_quiet())
        fail_msg("seed %llu: somebody still asks or tells", (unsigned long long)seed);
    /* What both have in files is named in a log, to be taken out of the bill by hand. */
    if (bills < 1 || (bills > 1 + filed_twice && !answer.unknown))
        fail_msg("seed %llu: billed %u times, %u warnings", (unsigned long long)seed, bills,
                 filed_twice);
    if ((shown < 1 && !answer.wiped) || (shown > 1 + world.claims && !answer.unknown))
        fail_msg("seed %llu: shown %u times, claimed %u times", (unsigned long long)seed, shown,
                 world.claims);
}

/* SEED=n repeats one run, RUNS=n does more of them. */
static void runs(const struct faults *faults)
{
    const char *seed = getenv("SEED"), *count = getenv("RUNS");
    uint64_t last = count ? strtoull(count, NULL, 10) : RUNS;
    if (seed)
        run(strtoull(seed, NULL, 10), faults);
    for (uint64_t i = 1; i <= last && !seed; i++)
        run(i, faults);
}

static int two(void **context)
{
    (void)context;
    smppds_begin(2, line_drops);
    return 0;
}

static int three(void **context)
{
    (void)context;
    smppds_begin(3, line_drops);
    return 0;
}

static int five(void **context)
{
    (void)context;
    smppds_begin(5, line_drops);
    return 0;
}

static int all_end(void **context)
{
    (void)context;
    smppds_end();
    return 0;
}

static void killed_and_stopped_they_bill_it_once(void **context)
{
    (void)context;
    runs(&(struct faults){.kill = 10, .stop = 10});
}

/* Plays in which two of the records were billed: given to and fro, five times, between smppd that
 * were killed in between. */
static void to_and_fro_between_smppd_that_are_killed_they_bill_it_once(void **context)
{
    (void)context;
    run(921, &(struct faults){.kill = 10, .stop = 10});
    run(917, &(struct faults){.kill = 8, .stop = 8, .full = 5, .file = 5});
}

static void with_full_disks_and_files_that_are_closed_too(void **context)
{
    (void)context;
    runs(&(struct faults){.kill = 8, .stop = 8, .full = 5, .file = 5});
}

static void with_lines_that_memcached_drops_too(void **context)
{
    (void)context;
    runs(&(struct faults){.kill = 15, .stop = 8, .full = 3, .file = 5, .drop = 200});
}

static void with_sessions_that_are_wiped_too(void **context)
{
    (void)context;
    runs(&(struct faults){.kill = 15, .stop = 8, .drop = 100, .wipe = 15});
}

static void whatever_goes_wrong_they_bill_it_at_least_once(void **context)
{
    (void)context;
    runs(&(struct faults){.kill = 8, .stop = 8, .full = 3, .file = 3, .away = 5, .lose = 5});
}

#define TEST(name, count) cmocka_unit_test_setup_teardown(name, count, all_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(killed_and_stopped_they_bill_it_once, two),
        TEST(to_and_fro_between_smppd_that_are_killed_they_bill_it_once, two),
        TEST(with_full_disks_and_files_that_are_closed_too, two),
        TEST(with_lines_that_memcached_drops_too, two),
        TEST(with_lines_that_memcached_drops_too, three),
        TEST(with_lines_that_memcached_drops_too, five),
        TEST(with_sessions_that_are_wiped_too, two),
        TEST(with_sessions_that_are_wiped_too, three),
        TEST(whatever_goes_wrong_they_bill_it_at_least_once, two),
        TEST(whatever_goes_wrong_they_bill_it_at_least_once, three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
