/* Whether a session that memcached does not hold may come back; memcached is played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mod_smsinteractivo/talk/lost.h"

/* One letter a key, as smppd sets them: there, missing, or its server does not answer. A lone
 * server has one. */
static const char *keys_now;

unsigned store_servers(const struct store *store)
{
    (void)store;
    return keys_now[1] ? 3 : 1;
}

int store_get_each(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context, bool *unread)
{
    (void)store; /* there is one */
    assert_int_equal(count, strlen(keys_now));
    for (unsigned i = 0; i < count; i++) {
        unsigned nth = 0;
        if (strcmp(keys[i], "alive:*") != 0) {
            assert_memory_equal(keys[i], "alive:*:", 8);
            nth = (unsigned)strtoul(keys[i] + 8, NULL, 10);
        }
        assert_int_equal(nth, i);
        if (keys_now[i] == 't')
            found(context, i, (char[]){"1"}, 1, 0);
        unread[i] = keys_now[i] == '?';
    }
    return 0;
}

static bool is_lost(const char *keys)
{
    keys_now = keys;
    return lost_is(NULL);
}

static void a_lone_server_that_lost_all_lacks_the_only_key(void **state)
{
    (void)state;
    assert_false(is_lost("t"));
    assert_true(is_lost("-"));
    assert_false(is_lost("?"));
}

static void one_of_several_servers_that_lost_all_lacks_some(void **state)
{
    (void)state;
    assert_false(is_lost("tttttttttttttttt"));
    assert_true(is_lost("t-ttt-tttt-ttttt"));
    assert_true(is_lost("-tt-tttt-ttt-ttt"));
    assert_true(is_lost("----------------"));
}

static void a_server_that_does_not_answer_says_nothing(void **state)
{
    (void)state;
    assert_false(is_lost("t?tt??tttt?ttttt"));
    assert_false(is_lost("?t?ttt?tttt?tttt"));
    assert_true(is_lost("t?t-??tttt?ttttt"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lone_server_that_lost_all_lacks_the_only_key),
        cmocka_unit_test(one_of_several_servers_that_lost_all_lacks_some),
        cmocka_unit_test(a_server_that_does_not_answer_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
