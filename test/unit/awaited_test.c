/* Facts about smpp/switch/awaited.h: messages that wait for a receipt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "smpp/switch/awaited.h"

/* As the spool numbers messages: far apart, and rising. */
static uint64_t message_of(uint64_t n)
{
    return (n + 1) << 20;
}

static void the_oldest_is_due_first_and_only_when_its_time_has_come(void **state)
{
    (void)state;
    struct awaited awaited = {0};
    assert_int_equal(awaited_due(&awaited, INT64_MAX), 0);
    assert_true(awaited_put(&awaited, 7, 1000));
    assert_true(awaited_put(&awaited, 3, 1001));
    assert_int_equal(awaited_due(&awaited, 999), 0);
    assert_int_equal(awaited_due(&awaited, 1001), 7);
    awaited_drop(&awaited, 7);
    assert_int_equal(awaited_due(&awaited, 1000), 0);
    assert_int_equal(awaited_due(&awaited, 1001), 3);
    awaited_drop(&awaited, 3);
    assert_int_equal(awaited_due(&awaited, INT64_MAX), 0);
    awaited_free(&awaited);
}

static void times_are_told_apart_over_years(void **state)
{
    (void)state;
    struct awaited awaited = {0};
    for (int64_t at = 1000; at < INT64_C(1) << 36; at += UINT32_MAX / 3) {
        assert_true(awaited_put(&awaited, 7, at));
        assert_int_equal(awaited_due(&awaited, at - 1), 0);
        assert_int_equal(awaited_due(&awaited, at - 120000), 0);
        assert_int_equal(awaited_due(&awaited, at), 7);
        assert_int_equal(awaited_due(&awaited, at + 86400000), 7);
        awaited_drop(&awaited, 7);
    }
    awaited_free(&awaited);
}

static void a_message_put_twice_waits_once_and_from_the_first_time(void **state)
{
    (void)state;
    struct awaited awaited = {0};
    assert_true(awaited_put(&awaited, 7, 1000));
    assert_true(awaited_put(&awaited, 7, 2000));
    assert_int_equal(awaited.count, 1);
    assert_int_equal(awaited_due(&awaited, 1000), 7);
    awaited_drop(&awaited, 7);
    awaited_drop(&awaited, 7);
    assert_int_equal(awaited.count, 0);
    awaited_free(&awaited);
}

/* Receipts come in any order, some never: the row keeps its order through many growings. */
static void what_no_receipt_came_for_is_due_in_its_order(void **state)
{
    (void)state;
    struct awaited awaited = {0};
    enum { MESSAGES = 20000 };
    for (unsigned n = 0; n < MESSAGES; n++) {
        assert_true(awaited_put(&awaited, message_of(n), n));
        if (n % 7 == 6) /* the one five before, and one that never was */
            awaited_drop(&awaited, message_of(n - 5)), awaited_drop(&awaited, 1);
    }
    for (unsigned n = 0; n < MESSAGES; n++) {
        if (n % 7 == 1 && n + 5 < MESSAGES)
            continue;
        assert_int_equal(awaited_due(&awaited, MESSAGES), message_of(n));
        awaited_drop(&awaited, message_of(n));
    }
    assert_int_equal(awaited.count, 0);
    awaited_free(&awaited);
}

static void no_more_wait_than_there_may_and_room_given_back_is_used_again(void **state)
{
    (void)state;
    struct awaited awaited = {0};
    uint64_t n = 0;
    for (; n < AWAITED_MAX; n++)
        assert_true(awaited_put(&awaited, message_of(n), 0));
    assert_false(awaited_put(&awaited, message_of(n), 0));
    assert_true(awaited_put(&awaited, message_of(0), 0)); /* it is there */
    uint32_t used = awaited.used;
    for (; n < 4 * AWAITED_MAX; n++) {
        awaited_drop(&awaited, message_of(n - AWAITED_MAX));
        assert_true(awaited_put(&awaited, message_of(n), 0));
    }
    assert_int_equal(awaited.used, used);
    assert_int_equal(awaited_due(&awaited, 0), message_of(n - AWAITED_MAX));
    awaited_free(&awaited);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_is_due_first_and_only_when_its_time_has_come),
        cmocka_unit_test(times_are_told_apart_over_years),
        cmocka_unit_test(a_message_put_twice_waits_once_and_from_the_first_time),
        cmocka_unit_test(what_no_receipt_came_for_is_due_in_its_order),
        cmocka_unit_test(no_more_wait_than_there_may_and_room_given_back_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
