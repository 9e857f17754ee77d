/* Facts about smpp/conf/conf.h: what a reload takes over, what waits for a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "smpp/conf/conf.h"

static char path[] = "/tmp/conf-restart-XXXXXX";

static void complain(void *ctx, const char *sentence)
{
    (void)ctx;
    print_error("%s\n", sentence);
}

static struct conf *load(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s[link main]\nhost = a\nsystem_id = b\npassword = c\ncodes = 2333\n", text);
    fclose(file);
    struct conf *conf = conf_load(path, complain, NULL);
    assert_non_null(conf);
    return conf;
}

static void what_smppd_is_built_on_waits_for_a_restart_and_all_else_is_taken_over(void **state)
{
    (void)state;
    struct conf *now = load("instance = one\nstate = /tmp\n");
    struct conf *next = load("socket = /tmp/smppd-other/socket\nsocket_group = root\nstate = /\n"
                             "store = other:11211\nstore_prefix = other\ninstance = other\n"
                             "cdr_directory = /\nspool_queue = 5000\nstore_queue = 5000\n"
                             "spool_size = 1G\ncdr_period = 7min\ncdr_records = 777\n"
                             "keep_texts = 77h\nkeep_cdrs = 77d\nrepeat = 77s\n"
                             "queue = 77\n");
    assert_int_equal(conf_restart_keep(now, next), 0);
    assert_string_equal(next->socket, now->socket);
    assert_string_equal(next->socket_group, now->socket_group);
    assert_string_equal(next->state, now->state);
    assert_string_equal(next->store, now->store);
    assert_string_equal(next->store_prefix, now->store_prefix);
    assert_string_equal(next->instance, now->instance);
    assert_string_equal(next->cdr_directory, now->cdr_directory);
    assert_int_equal(next->spool_queue, now->spool_queue);
    assert_int_equal(next->store_queue, now->store_queue);
    assert_true(next->spool_octets == now->spool_octets);
    assert_true(next->cdr_period_ms == now->cdr_period_ms);
    assert_int_equal(next->cdr_records, now->cdr_records);
    assert_true(next->keep_texts_ms == now->keep_texts_ms);
    assert_true(next->keep_cdrs_ms == now->keep_cdrs_ms);
    assert_true(next->repeat_ms == now->repeat_ms);
    assert_int_equal(next->queue_max, 77);
    conf_drop(now);
    assert_string_equal(next->instance, "one"); /* its own copy */
    conf_drop(next);
}

static void two_smppd_of_one_machine_have_names_of_their_own(void **state)
{
    (void)state;
    struct conf *one = load("state = /tmp\n"), *other = load("state = /\n");
    assert_string_not_equal(one->instance, other->instance);
    assert_true(strlen(one->instance) > strlen("-1234"));
    conf_drop(one);
    conf_drop(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_smppd_is_built_on_waits_for_a_restart_and_all_else_is_taken_over),
        cmocka_unit_test(two_smppd_of_one_machine_have_names_of_their_own),
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
