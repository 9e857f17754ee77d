/* Everybody who waits is looked after when another smppd had news; memcached is played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/wait/parking.h"
#include "mod_smsinteractivo/wait/sweep.h"

enum { VISITORS = 300, SECOND = 1000 }; /* more than one step asks for */

static unsigned news;           /* how many another smppd told */
static unsigned last[VISITORS]; /* the last event of each session's transcript */
static int woken[VISITORS];     /* the eventfd of each who waits */

int store_get_many(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context)
{
    char value[64];
    (void)store; /* there is one */
    for (unsigned i = 0; i < count; i++) {
        bool ours = strcmp(keys[i], "news:one") == 0, all = strcmp(keys[i], "news") == 0;
        int len = all || ours ? snprintf(value, sizeof value, "%u", ours ? 0 : news)
                              : snprintf(value, sizeof value, "transcript v=1 last=%u until=9\n",
                                         last[strtoul(keys[i] + 2, NULL, 10)]);
        found(context, i, value, (size_t)len, 0);
    }
    return 0;
}

void tally_many(enum tally tally, unsigned count)
{
    (void)tally; /* there is one */
    (void)count;
}

static int everybody_waits(void **state)
{
    (void)state;
    news = 0;
    memset(last, 0, sizeof last);
    if (!parking_begin(VISITORS, VISITORS))
        return -1;
    for (unsigned i = 0; i < VISITORS; i++) {
        char session[SESSION_NAME_LEN + 1];
        (void)snprintf(session, sizeof session, "%032u", i); /* fits */
        if (!parking_enter(session, 0, INT64_MAX, &woken[i]))
            return -1;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    parking_end();
    return 0;
}

static bool is_woken(unsigned visitor)
{
    eventfd_t count;
    return eventfd_read(woken[visitor], &count) == 0;
}

/* Something happens to that visitor, and another machine's smppd tells. */
static void happen(unsigned visitor)
{
    last[visitor]++;
    news++;
}

static void who_was_asked_for_before_the_news_is_asked_for_again(void **state)
{
    struct sweep sweep = {.store = NULL};
    (void)state;
    happen(VISITORS - 1);
    assert_true(sweep_step(&sweep, 0, "one", false));
    happen(0);
    for (int64_t now = SECOND; sweep_step(&sweep, now, "one", false);)
        continue;
    assert_true(is_woken(0));
    assert_true(is_woken(VISITORS - 1));
    assert_false(is_woken(1));
}

static void news_at_every_look_keep_nobody_from_being_asked_for(void **state)
{
    struct sweep sweep = {.store = NULL};
    (void)state;
    for (unsigned step = 0; step < 5; step++) {
        happen(VISITORS - 1);
        (void)sweep_step(&sweep, step * SECOND, "one", false); /* a slow memcached: one a look */
    }
    assert_true(is_woken(VISITORS - 1));
}

static void without_news_nobody_is_asked_for(void **state)
{
    struct sweep sweep = {.store = NULL};
    (void)state;
    last[0]++; /* and nobody told */
    assert_false(sweep_step(&sweep, 0, "one", false));
    assert_false(is_woken(0));
    (void)sweep_step(&sweep, 1, "one", true); /* freshly subscribed */
    assert_true(is_woken(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_was_asked_for_before_the_news_is_asked_for_again,
                                        everybody_waits, end),
        cmocka_unit_test_setup_teardown(news_at_every_look_keep_nobody_from_being_asked_for,
                                        everybody_waits, end),
        cmocka_unit_test_setup_teardown(without_news_nobody_is_asked_for, everybody_waits, end),
    };
    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
