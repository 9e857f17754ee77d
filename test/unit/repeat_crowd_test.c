/* More answers are claimed at once than an smppd remembers: each is told once, and what is said to
 * that is heard all the same. */
#include "test/unit/smppds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { CROWD = 4000 }; /* others that are claimed */

static const struct charge_tariff tariff = {.price = 100};

static bool nothing_drops(void)
{
    return false;
}

static struct spool_reply answer_row(bool held)
{
    struct spool_reply row = {.conversation = 7,
                              .session = "5e551011",
                              .mobile = "8095551234",
                              .code = "2333",
                              .octets = {"si", 2},
                              .total = 1,
                              .seq = 1,
                              .smsc = "claro",
                              .smsc_id = "mo-1",
                              .received = world.now,
                              .wall = world.now,
                              .held = held};
    (void)charge_of(&tariff, 1, world.now, &row.charge);
    return row;
}

static void held_put(void *ctx, const struct spool_result *result)
{
    struct smppd *smppd = ctx;
    struct spool_reply row = answer_row(true);
    struct look_twin first = {.instance = "anna", .down = true};
    struct repeat_facts facts = {.reply = result->reply,
                                 .likeness = spool_likeness(&row),
                                 .mobile = row.mobile,
                                 .code = row.code,
                                 .smsc_id = row.smsc_id,
                                 .received = row.received,
                                 .twins = 1,
                                 .twin = &first};
    repeats_put(&smppd->sb, &facts);
}

static void give(struct smppd *smppd, bool held)
{
    struct spool_reply row = answer_row(held);
    struct spool_done done = {held ? held_put : NULL, smppd};
    played_spool_push(&smppd->disk, JOB_REPLY, &row, done);
    while (played_spool_commit(&smppd->disk))
        continue;
}

static void seconds_pass(unsigned seconds)
{
    for (; seconds > 0; seconds--) {
        world.now += 1000;
        for (unsigned i = 0; i < world.count; i++) {
            if (!world.smppd[i].up)
                continue;
            smppd_turn(&world.smppd[i]);
            while (played_spool_commit(&world.smppd[i].disk))
                continue;
        }
    }
}

static int64_t billed(const struct smppd *smppd)
{
    struct query *query = db_query(smppd->disk.ledger.db, QUERY_CDR_TOTAL);
    int64_t total;
    query_bind(query, 1, 1);
    assert_int_equal(query_step(query), 1);
    total = query_number(query, 0);
    query_end(query);
    return total;
}

static void a_claim_that_is_no_longer_remembered_gives_way_all_the_same(void **context)
{
    (void)context;
    struct smppd *anna, *bert;
    smppds_begin(2, nothing_drops);
    world.now = 1795392000000;
    anna = smppd_named("anna");
    bert = smppd_named("bert");
    give(anna, false);
    smppd_kill(anna);
    world.now += 1000;
    bert->sb.repeats.count = CROWD;
    give(bert, true);
    seconds_pass(20);
    assert_int_equal(world.claims, 1);
    assert_int_equal(bert->sb.repeats.count, CROWD); /* it is not among them */
    smppd_start(anna);
    seconds_pass(20);
    assert_int_equal(billed(anna), 100);
    assert_int_equal(billed(bert), 0);
    smppds_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_claim_that_is_no_longer_remembered_gives_way_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
