/* Conversations whose time is over: memcached is asked about few at a time. memcached is the
 * test's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "smpp/storer/closing_job.h"
#include "smpp/switch/closing.h"
#include "smpp/switch/switchboard.h"

enum { MANY = 5000, FEW = 600, NOW = 1000000 };

static struct {
    struct switchboard sb;
    struct conf conf;
    struct closing *asked[MANY];
    unsigned count, all;
} world;

struct closing *closing_new(enum closing_kind kind, void (*then)(struct closing *))
{
    struct closing *closing = calloc(1, sizeof *closing);
    assert_non_null(closing);
    closing->kind = kind;
    closing->then = then;
    return closing;
}

int closing_put(struct storer *storer, struct closing *closing)
{
    (void)storer;
    assert_int_equal(closing->kind, CLOSING_EXPIRE);
    assert_true(world.count < MANY);
    world.asked[world.count++] = closing;
    world.all++;
    return 0;
}

/* Of each another smppd may know better, as far as memcached knows. */
static void memcached_answers(void)
{
    unsigned count = world.count;
    world.count = 0;
    for (unsigned i = 0; i < count; i++) {
        world.asked[i]->job.e = -ENODATA;
        world.asked[i]->then(world.asked[i]);
    }
}

static void of_many_that_end_in_one_moment_few_are_asked_about_at_once_and_all_are(void **state)
{
    (void)state;
    world.sb.conf = &world.conf;
    world.sb.reaping = NOW; /* the clock that it goes by */
    conversations_start(&world.sb.conversations, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        struct route route = {.code = "2333", .session = "session", .until = NOW};
        char mobile[MOBILE_ROOM];
        conversation_hex(route.conversation, i + 1);
        (void)snprintf(mobile, sizeof mobile, "809%07u", i);
        assert_non_null(conversation_put(&world.sb.conversations, mobile, &route));
    }
    for (unsigned ticks = 0; world.all < MANY && ticks < MANY; ticks++) {
        closing_tick(&world.sb, NOW);
        closing_tick(&world.sb, NOW);
        assert_in_range(world.count, 1, FEW);
        memcached_answers();
    }
    assert_int_equal(world.all, MANY);
    closing_tick(&world.sb, NOW);
    assert_int_equal(world.count, 0);
    conversations_end(&world.sb.conversations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_many_that_end_in_one_moment_few_are_asked_about_at_once_and_all_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
