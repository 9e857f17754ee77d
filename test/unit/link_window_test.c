/* The window, the inbox and the back-off: bookkeeping under a clock that is a number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "smpp/link/backoff.h"
#include "smpp/link/inbox.h"
#include "smpp/link/window.h"

static void sequence_numbers_wrap_to_1(void **state)
{
    struct window w;
    (void)state;
    assert_int_equal(window_init(&w, 4, 0x7FFFFFFE), 0);
    assert_int_equal(window_open(&w, 1, 0)->sequence, 0x7FFFFFFE);
    assert_int_equal(window_open(&w, 2, 0)->sequence, 0x7FFFFFFF);
    assert_int_equal(window_open(&w, 3, 0)->sequence, 1);
    assert_int_equal(window_sequence(&w), 2);
    window_free(&w);
}

static void responses_settle_in_any_order(void **state)
{
    struct window w;
    struct window_entry e;
    uint32_t sequence[5];
    static const int order[] = {3, 0, 4, 1, 2};
    (void)state;
    window_init(&w, 5, 1);
    for (unsigned i = 0; i < 5; i++)
        sequence[i] = window_open(&w, 100 + i, i)->sequence;
    assert_int_equal(window_room(&w), 0);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(window_settle(&w, sequence[order[i]], &e), WINDOW_OPEN);
        assert_int_equal(e.tag, 100 + order[i]);
        assert_int_equal(window_room(&w), i + 1);
        assert_int_equal(window_settle(&w, sequence[order[i]], &e), WINDOW_FREE);
    }
    assert_false(window_drop(&w, &e));
    window_free(&w);
}

static void the_oldest_expires_first_and_may_still_be_settled(void **state)
{
    struct window w;
    struct window_entry e;
    (void)state;
    window_init(&w, 3, 1);
    uint32_t first = window_open(&w, 1, 1000)->sequence;
    window_open(&w, 2, 2000);
    assert_false(window_expire(&w, 999, &e));
    assert_true(window_expire(&w, 1500, &e));
    assert_int_equal(e.tag, 1);
    assert_int_equal(window_room(&w), 2);
    assert_int_equal(window_oldest(&w), 2000);
    assert_false(window_expire(&w, 1500, &e));
    assert_int_equal(window_settle(&w, first, &e), WINDOW_LATE);
    assert_int_equal(e.tag, 1);
    assert_int_equal(window_settle(&w, first, &e), WINDOW_FREE);
    window_free(&w);
}

static void a_straggler_is_stepped_over_for_a_million_requests(void **state)
{
    struct window w;
    struct window_entry e;
    (void)state;
    window_init(&w, 10, 1);
    uint32_t straggler = window_open(&w, 7, 0)->sequence;
    for (uint64_t i = 0; i < 1000000; i++) {
        struct window_entry *open = window_open(&w, i, 1);
        uint32_t sequence = open->sequence;
        assert_int_not_equal(sequence, straggler);
        assert_int_equal(window_settle(&w, sequence, &e), WINDOW_OPEN);
        assert_int_equal(e.tag, i);
    }
    assert_int_equal(window_settle(&w, straggler, &e), WINDOW_OPEN);
    assert_int_equal(e.tag, 7);
    window_free(&w);
}

static void a_lost_connection_tells_all_in_order_and_forgets_the_late(void **state)
{
    struct window w;
    struct window_entry e;
    (void)state;
    window_init(&w, 10, 1);
    uint32_t late = window_open(&w, 0, 0)->sequence;
    for (uint64_t i = 1; i <= 5; i++)
        window_open(&w, i, 10);
    window_expire(&w, 0, &e);
    for (uint64_t i = 1; i <= 5; i++) {
        assert_true(window_drop(&w, &e));
        assert_int_equal(e.tag, i);
    }
    assert_false(window_drop(&w, &e));
    assert_int_equal(window_settle(&w, late, &e), WINDOW_FREE);
    window_free(&w);
}

static void a_wider_window_keeps_what_is_open(void **state)
{
    struct window w;
    struct window_entry e;
    (void)state;
    window_init(&w, 10, 0x7FFFFFF0);
    for (uint64_t i = 0; i < 10; i++)
        window_open(&w, i, (int64_t)i);
    assert_int_equal(window_resize(&w, 5000), 0);
    assert_int_equal(window_room(&w), 4990);
    for (uint64_t i = 0; i < 10; i++) {
        assert_true(window_drop(&w, &e));
        assert_int_equal(e.tag, i);
    }
    window_resize(&w, 2);
    assert_int_equal(window_room(&w), 2);
    window_free(&w);
}

static void a_token_is_good_once_and_only_while_its_connection_lives(void **state)
{
    struct inbox in;
    struct inbox_slot slot;
    (void)state;
    assert_int_equal(inbox_init(&in, 3), 0);
    uint64_t a = inbox_put(&in, 1, 5, 10), b = inbox_put(&in, 2, 5, 10),
             c = inbox_put(&in, 1, 5, 11);
    assert_true(inbox_is_full(&in));
    assert_true(inbox_take(&in, a, &slot));
    assert_int_equal(slot.sequence, 10);
    assert_int_equal(slot.connection, 1);
    assert_false(inbox_take(&in, a, &slot));
    uint64_t again = inbox_put(&in, 1, 5, 12);
    assert_int_not_equal(again, a);
    inbox_forget(&in, 1);
    assert_false(inbox_take(&in, c, &slot));
    assert_false(inbox_take(&in, again, &slot));
    assert_true(inbox_take(&in, b, &slot));
    assert_false(inbox_take(&in, 0, &slot));
    assert_false(inbox_take(&in, UINT64_MAX, &slot));
    assert_int_equal(in.used, 0);
    inbox_free(&in);
}

static void backoff_grows_to_its_ceiling_and_never_past(void **state)
{
    struct backoff b = {.min_ms = 1000};
    static const unsigned ceilings[] = {2000, 4000, 8000, 16000, 30000, 30000};
    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        struct backoff low = b;
        assert_int_equal(backoff_next(&low, 30000, 0), 1000);
        assert_in_range(backoff_next(&b, 30000, UINT32_MAX), ceilings[i] - 1, ceilings[i]);
    }
    for (unsigned i = 0; i < 100; i++)
        assert_in_range(backoff_next(&b, 30000, UINT32_MAX), 29999, 30000);
    backoff_reset(&b);
    assert_in_range(backoff_next(&b, 30000, UINT32_MAX), 1999, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_numbers_wrap_to_1),
        cmocka_unit_test(responses_settle_in_any_order),
        cmocka_unit_test(the_oldest_expires_first_and_may_still_be_settled),
        cmocka_unit_test(a_straggler_is_stepped_over_for_a_million_requests),
        cmocka_unit_test(a_lost_connection_tells_all_in_order_and_forgets_the_late),
        cmocka_unit_test(a_wider_window_keeps_what_is_open),
        cmocka_unit_test(a_token_is_good_once_and_only_while_its_connection_lives),
        cmocka_unit_test(backoff_grows_to_its_ceiling_and_never_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
