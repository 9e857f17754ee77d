/* Facts about smpp/storer/stray_job.h: what smppd leave for each other is found where the last run
 * stopped reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "smpp/storer/stray_job.h"
#include "test/unit/one_batch.h"

static void stray_then(struct stray_post *post)
{
    (void)post;
}

static void look_then(struct stray_look *look)
{
    (void)look;
}

/* How many of three lines the first look of a run finds that had read as many before. */
static unsigned strays_found(void)
{
    static struct stray_post post[3];
    static struct stray_look look;
    for (unsigned i = 0; i < 3; i++) {
        post[i] = (struct stray_post){.then = stray_then, .life = 60, .line = "part\n"};
        assert_int_equal(stray_post_put(NULL, &post[i]), 0);
    }
    batch_do();
    look = (struct stray_look){.then = look_then, .cursor = 3};
    alive_start(&look.own, 1, "first");
    assert_int_equal(stray_look_put(NULL, &look), 0);
    batch_do();
    return look.count;
}

static void the_first_look_goes_on_where_the_last_run_was(void **state)
{
    (void)state;
    assert_int_equal(strays_found(), 0);
}

static void of_several_servers_one_may_have_begun_anew_and_all_that_was_left_is_read(void **state)
{
    (void)state;
    memory_servers = 2;
    assert_int_equal(strays_found(), 3);
    memory_servers = 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_look_goes_on_where_the_last_run_was, empty),
        cmocka_unit_test_setup(
            of_several_servers_one_may_have_begun_anew_and_all_that_was_left_is_read, empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
