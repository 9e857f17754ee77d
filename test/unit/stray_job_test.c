/* Facts about smpp/storer/stray_job.h: what smppd leave for each other is found where the last run
 * stopped reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "smpp/store/store.h"
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

static bool is_found(const struct stray_look *look, const char *line)
{
    for (unsigned i = 0; i < look->count; i++)
        if (strcmp(look->line[i], line) == 0)
            return true;
    return false;
}

static void lines_post(const char *const *line, unsigned count)
{
    static struct stray_post post[STRAY_PAGE];
    for (unsigned i = 0; i < count; i++) {
        post[i] = (struct stray_post){.then = stray_then, .life = 60};
        strcpy(post[i].line, line[i]);
        assert_int_equal(stray_post_put(NULL, &post[i]), 0);
    }
    batch_do();
}

/* Of three lines the second one is not there. */
static struct stray_look *first_look_past_a_gap(void)
{
    static struct stray_look look;
    lines_post((const char *const[]){"part\n", "asked\n", "wiped\n"}, 3);
    assert_int_equal(store_delete(NULL, "stray:2"), 0);
    look = (struct stray_look){.then = look_then};
    alive_start(&look.own, 1, "first");
    assert_int_equal(stray_look_put(NULL, &look), 0);
    batch_do();
    return &look;
}

/* A start waits for this look alone: what it does not find is put back first. */
static void the_first_look_reads_beyond_a_line_that_is_missing(void **state)
{
    (void)state;
    struct stray_look *look = first_look_past_a_gap();
    assert_true(is_found(look, "part\n"));
    assert_true(is_found(look, "wiped\n"));
}

static void a_line_that_was_on_its_way_at_the_first_look_is_found_by_the_next(void **state)
{
    (void)state;
    struct stray_look *look = first_look_past_a_gap();
    assert_false(is_found(look, "asked\n"));
    assert_int_equal(store_set(NULL, "stray:2", "asked\n", 6, 60), 0);
    assert_int_equal(stray_look_put(NULL, look), 0);
    batch_do();
    assert_true(is_found(look, "asked\n"));
}

static void all_pages_of_the_first_look_are_read_beyond_what_is_missing(void **state)
{
    (void)state;
    static struct stray_look look;
    for (unsigned i = 0; i < STRAY_PAGE; i++)
        lines_post((const char *const[]){"part\n"}, 1);
    lines_post((const char *const[]){"wiped\n"}, 1);
    assert_int_equal(store_delete(NULL, "stray:2"), 0);
    look = (struct stray_look){.then = look_then};
    alive_start(&look.own, 1, "first");
    assert_int_equal(stray_look_put(NULL, &look), 0);
    batch_do();
    assert_true(look.more);
    look.again = true;
    assert_int_equal(stray_look_put(NULL, &look), 0);
    batch_do();
    assert_true(is_found(&look, "wiped\n"));
    assert_false(look.more);
    assert_int_equal(look.cursor, 1);
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
        cmocka_unit_test_setup(the_first_look_reads_beyond_a_line_that_is_missing, empty),
        cmocka_unit_test_setup(a_line_that_was_on_its_way_at_the_first_look_is_found_by_the_next,
                               empty),
        cmocka_unit_test_setup(all_pages_of_the_first_look_are_read_beyond_what_is_missing, empty),
        cmocka_unit_test_setup(
            of_several_servers_one_may_have_begun_anew_and_all_that_was_left_is_read, empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
