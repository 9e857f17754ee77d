/* Who waits is woken for what concerns it, once, in turn, and never for another's stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <sys/eventfd.h>

#include "mod_smsinteractivo/wait/parking.h"

static const char ANA[] = "0123456789abcdef0123456789abcdef",
                  LUIS[] = "f123456789abcdef0123456789abcdef";

static int begin(void **state)
{
    (void)state;
    return parking_begin(4, 2) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    parking_end();
    return 0;
}

static bool is_woken(int fd)
{
    eventfd_t count;
    return eventfd_read(fd, &count) == 0;
}

static void news_wake_only_their_session(void **state)
{
    int ana, luis;
    (void)state;
    parking_ticket one = parking_enter(ANA, 3, 1000, &ana),
                   two = parking_enter(LUIS, 3, 1000, &luis);
    parking_news(ANA, 4);
    assert_true(is_woken(ana));
    assert_false(is_woken(luis));
    parking_leave(one);
    parking_leave(two);
}

static void news_that_are_known_wake_nobody(void **state)
{
    int fd;
    (void)state;
    parking_ticket ticket = parking_enter(ANA, 4, 1000, &fd);
    parking_news(ANA, 4);
    assert_false(is_woken(fd));
    parking_leave(ticket);
}

static void a_cursor_of_another_life_is_woken(void **state)
{
    int fd;
    (void)state;
    parking_ticket ticket = parking_enter(ANA, 9, 1000, &fd);
    parking_news(ANA, 2);
    assert_true(is_woken(fd));
    parking_leave(ticket);
}

static void time_wakes_those_whose_deadline_has_come(void **state)
{
    int early, late;
    (void)state;
    parking_ticket one = parking_enter(ANA, 0, 1000, &early),
                   two = parking_enter(ANA, 0, 2000, &late);
    parking_tick(1500);
    assert_true(is_woken(early));
    assert_false(is_woken(late));
    parking_leave(one);
    parking_leave(two);
}

static void no_more_than_the_pace_are_woken_at_once(void **state)
{
    int fd[4];
    parking_ticket ticket[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        ticket[i] = parking_enter(ANA, 0, 1000, &fd[i]);
    parking_news(ANA, 1);
    int woken = 0;
    for (int i = 0; i < 4; i++)
        woken += is_woken(fd[i]);
    assert_int_equal(woken, 2);
    for (int i = 3; i >= 0; i--)
        parking_leave(ticket[i]);
    assert_int_equal(parking_waiting(), 0);
}

static void whoever_leaves_makes_room_for_the_next_wake(void **state)
{
    int fd[4];
    parking_ticket ticket[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        ticket[i] = parking_enter(i < 2 ? ANA : LUIS, 0, 1000, &fd[i]);
    parking_news(ANA, 1);
    parking_news(LUIS, 1);
    assert_false(is_woken(fd[2]) || is_woken(fd[3]));
    parking_leave(ticket[0]);
    parking_leave(ticket[1]);
    assert_true(is_woken(fd[2]) && is_woken(fd[3]));
    parking_leave(ticket[2]);
    parking_leave(ticket[3]);
}

static void a_full_parking_takes_nobody(void **state)
{
    int fd;
    parking_ticket ticket[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_true((ticket[i] = parking_enter(ANA, 0, 1000, &fd)) != 0);
    assert_true(parking_enter(ANA, 0, 1000, &fd) == 0);
    for (int i = 0; i < 4; i++)
        parking_leave(ticket[i]);
}

static void one_session_takes_four_places_at_most(void **state)
{
    int fd;
    parking_ticket ticket[6];
    (void)state;
    parking_end();
    assert_true(parking_begin(6, 2));
    for (int i = 0; i < 4; i++)
        assert_true((ticket[i] = parking_enter(ANA, i, 1000, &fd)) != 0);
    assert_true(parking_enter(ANA, 0, 1000, &fd) == 0);
    assert_true((ticket[4] = parking_enter(LUIS, 0, 1000, &fd)) != 0);
    parking_leave(ticket[1]);
    assert_true((ticket[5] = parking_enter(ANA, 0, 1000, &fd)) != 0);
    for (int i = 0; i < 6; i++)
        parking_leave(ticket[i]);
    assert_int_equal(parking_waiting(), 0);
}

static void a_ticket_of_an_earlier_stay_wakes_nobody(void **state)
{
    int fd;
    (void)state;
    parking_ticket old = parking_enter(ANA, 0, 1000, &fd);
    parking_leave(old);
    parking_ticket fresh = parking_enter(LUIS, 0, 1000, &fd);
    parking_wake(old);
    assert_false(is_woken(fd));
    parking_leave(old);
    assert_int_equal(parking_waiting(), 1);
    parking_leave(fresh);
}

static void a_stop_wakes_all_and_takes_nobody_any_more(void **state)
{
    int fd, none;
    (void)state;
    parking_ticket ticket = parking_enter(ANA, 0, INT64_MAX - 1, &fd);
    parking_stop();
    assert_true(is_woken(fd));
    assert_true(parking_enter(ANA, 0, 1000, &none) == 0);
    parking_leave(ticket);
}

static void all_sessions_are_told_in_pieces(void **state)
{
    int fd;
    unsigned from = 0, told = 0, count;
    char names[1][SESSION_NAME_LEN + 1];
    parking_ticket one = parking_enter(ANA, 0, 1000, &fd), two = parking_enter(LUIS, 0, 1000, &fd);
    (void)state;
    while ((count = parking_sessions(&from, names, 1)) > 0)
        told += count;
    assert_int_equal(told, 2);
    parking_leave(one);
    parking_leave(two);
}

int main(void)
{
#define FACT(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        FACT(news_wake_only_their_session),
        FACT(news_that_are_known_wake_nobody),
        FACT(a_cursor_of_another_life_is_woken),
        FACT(time_wakes_those_whose_deadline_has_come),
        FACT(no_more_than_the_pace_are_woken_at_once),
        FACT(whoever_leaves_makes_room_for_the_next_wake),
        FACT(a_full_parking_takes_nobody),
        FACT(one_session_takes_four_places_at_most),
        FACT(a_ticket_of_an_earlier_stay_wakes_nobody),
        FACT(a_stop_wakes_all_and_takes_nobody_any_more),
        FACT(all_sessions_are_told_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
