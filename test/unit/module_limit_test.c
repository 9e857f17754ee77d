// Counting in windows, on a private memcached.
#include "mod_smsinteractivo/guard/limit.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char directory[] = "/tmp/limit-XXXXXX";
static char server[64];
static pid_t memcached;
static struct store *store;

static int begin(void **state)
{
    char why[200];
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(server, sizeof server, "%s/socket", directory);
    memcached = fork();
    if (memcached == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execlp("memcached", "memcached", "-u", "root", "-s", server, "-t", "1", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 500 && access(server, F_OK) != 0; i++)
        usleep(10000); /* until it listens; 5 s at most */
    store = store_open(server, "t:", why, sizeof why);
    return store ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    kill(memcached, SIGTERM);
    waitpid(memcached, NULL, 0);
    unlink(server);
    rmdir(directory);
    return 0;
}

static void one_more_than_the_most_is_refused(void **state)
{
    (void)state;
    struct limit limit = {.what = "aa", .who = "w", .most = 3, .seconds = 100};
    struct limit_full full = {.which = 9};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(limit_look(store, &limit, 1, 1000, &full), 0);
        assert_int_equal(limit_take(store, &limit, 1, 1000, &full), 0);
    }
    assert_int_equal(limit_look(store, &limit, 1, 1000, &full), -EDQUOT);
    assert_int_equal(limit_take(store, &limit, 1, 1099, &full), -EDQUOT);
    assert_int_equal(full.which, 0);
}

static void the_edge_of_a_window_lets_no_more_pass(void **state)
{
    (void)state;
    struct limit limit = {.what = "ab", .who = "w", .most = 10, .seconds = 100};
    struct limit_full full;
    for (int i = 0; i < 10; i++)
        assert_int_equal(limit_take(store, &limit, 1, 1099, &full), 0);
    assert_int_equal(limit_look(store, &limit, 1, 1101, &full), -EDQUOT);
    assert_int_equal(full.retry_in, 9);
    int64_t taken = 0;
    for (int64_t now = 1100; now < 1150; now++)
        taken += limit_take(store, &limit, 1, now, &full) == 0;
    assert_int_equal(taken, 4); /* one each 10 s from the tenth on; who is refused counts not */
    assert_int_equal(limit_recent(store, &limit, 1300), 0);
}

/* What memcached says to `command`. */
static void told(const char *command, char *out, size_t room)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int line = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", server);
    assert_int_equal(connect(line, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(write(line, command, strlen(command)), strlen(command));
    ssize_t len = read(line, out, room - 1);
    assert_true(len > 0);
    out[len] = '\0';
    close(line);
}

static void a_count_lives_through_the_window_after_its_own(void **state)
{
    (void)state;
    struct limit limit = {.what = "ad", .who = "w", .most = 3, .seconds = 3600};
    struct limit_full full;
    char answer[100];
    int life = 0;
    assert_int_equal(limit_take(store, &limit, 1, 36000, &full), 0);
    told("mg t:l:ad:w:10 t\r\n", answer, sizeof answer);
    assert_int_equal(sscanf(answer, "HD t%d", &life), 1);
    assert_in_range(life, 2 * 3600, 2 * 3600 + 1);
}

static void who_is_refused_is_told_the_first_second_with_room(void **state)
{
    (void)state;
    enum { SECONDS = 60 };
    unsigned asked = 0;
    for (uint64_t most = 1; most < 8; most++)
        for (int64_t begin = 0; begin < 4 * SECONDS; begin += 7) {
            struct limit limit = {.what = "ac", .most = most, .seconds = SECONDS};
            struct limit_full full;
            snprintf(limit.who, sizeof limit.who, "%u", asked++);
            for (uint64_t i = 0; i < most; i++)
                limit_take(store, &limit, 1, 10000 + begin + (int64_t)(i % 3) * 20, &full);
            int64_t now = 10000 + begin + 45;
            if (limit_look(store, &limit, 1, now, &full) == 0)
                continue;
            assert_int_equal(limit_look(store, &limit, 1, now + full.retry_in, &full), 0);
            limit_look(store, &limit, 1, now, &full);
            if (full.retry_in > 1)
                assert_int_equal(limit_look(store, &limit, 1, now + full.retry_in - 1, &full),
                                 -EDQUOT);
        }
}

static void the_full_one_of_several_is_named(void **state)
{
    (void)state;
    struct limit limits[] = {{.what = "ba", .who = "w", .most = 5, .seconds = 100},
                             {.what = "bb", .who = "w", .most = 1, .seconds = 100},
                             {.what = "bc", .who = "w", .most = 5, .seconds = 100}};
    struct limit_full full = {.which = 9};
    assert_int_equal(limit_take(store, limits, 3, 0, &full), 0);
    assert_int_equal(limit_look(store, limits, 3, 0, &full), -EDQUOT);
    assert_int_equal(full.which, 1);
}

static void what_is_given_back_was_not_counted(void **state)
{
    (void)state;
    struct limit limits[] = {{.what = "ea", .who = "w", .most = 1, .seconds = 100},
                             {.what = "eb", .who = "w", .most = 0, .seconds = 100}};
    struct limit_full full;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(limit_take(store, limits, 2, 0, &full), 0);
        assert_int_equal(limit_take(store, limits, 2, 0, &full), -EDQUOT);
        limit_return(store, limits, 2, 0);
    }
    limit_return(store, limits, 2, 0); /* more than was counted */
    assert_int_equal(limit_take(store, limits, 2, 0, &full), 0);
    assert_int_equal(limit_take(store, limits, 2, 0, &full), -EDQUOT);
}

static void a_lowered_limit_is_as_if_it_had_been_low_before(void **state)
{
    (void)state;
    struct limit limit = {.what = "af", .who = "w", .most = 9, .seconds = 100};
    struct limit_full full;
    for (int i = 0; i < 9; i++)
        assert_int_equal(limit_take(store, &limit, 1, 1000, &full), 0);
    limit.most = 2;
    assert_int_equal(limit_take(store, &limit, 1, 1149, &full), -EDQUOT);
    assert_int_equal(limit_take(store, &limit, 1, 1149 + full.retry_in, &full), 0);
    assert_in_range(full.retry_in, 1, 2);
}

/* One limit named twice: each finds room for one more, as two visitors do at the same moment. */
static void who_found_room_and_was_too_late_leaves_no_count(void **state)
{
    (void)state;
    struct limit limit = {.what = "ec", .who = "w", .most = 1, .seconds = 100};
    struct limit twice[] = {limit, limit};
    struct limit_full full;
    assert_int_equal(limit_look(store, twice, 2, 0, &full), 0);
    assert_int_equal(limit_take(store, twice, 2, 0, &full), -EDQUOT);
    assert_int_equal(limit_recent(store, &limit, 0), 0);
    assert_int_equal(limit_take(store, &limit, 1, 0, &full), 0);
}

static void a_limit_of_0_is_none(void **state)
{
    (void)state;
    struct limit limit = {.what = "ca", .who = "w", .most = 0, .seconds = 100};
    struct limit_full full;
    for (int i = 0; i < 20; i++)
        assert_int_equal(limit_take(store, &limit, 1, 0, &full), 0);
    assert_int_equal(limit_look(store, &limit, 1, 0, &full), 0);
}

static void *take_many(void *taken)
{
    char why[200];
    struct store *own = store_open(server, "t:", why, sizeof why);
    struct limit limit = {.what = "da", .who = "w", .most = 40, .seconds = 100};
    struct limit_full full;
    for (int i = 0; i < 20; i++)
        *(int *)taken += limit_take(own, &limit, 1, 0, &full) == 0;
    store_close(own);
    return NULL;
}

static void many_at_once_get_no_more_than_the_most(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    pthread_t thread[THREADS];
    int taken[THREADS] = {0}, all = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, take_many, &taken[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        all += taken[i];
    }
    assert_int_equal(all, 40);
}

static void a_dead_server_is_told_from_a_full_limit(void **state)
{
    (void)state;
    char why[200];
    struct store *dead = store_open("/nonexistent/socket", "t:", why, sizeof why);
    struct limit limit = {.what = "ea", .who = "w", .most = 1, .seconds = 100};
    struct limit_full full;
    assert_int_equal(limit_take(dead, &limit, 1, 0, &full), -EAGAIN);
    assert_int_equal(limit_look(dead, &limit, 1, 0, &full), -EAGAIN);
    store_close(dead);
}

static void a_network_is_a_24_or_a_64(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"203.0.113.9", "203.0.113"},
        {"2001:db8:1:2:3:4:5:6", "20010db800010002"},
        {"2001:db8:1:2::", "20010db800010002"},
        {"::ffff:203.0.113.9", "203.0.113"},
        {"nonsense", "?"},
        {"", "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[LIMIT_WHO_ROOM];
        limit_network(cases[i][0], out);
        assert_string_equal(out, cases[i][1]);
    }
}

static void an_ipv6_network_is_one_household(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"203.0.113.9", "203.0.113.9"},
        {"2001:db8:1:2:3:4:5:6", "20010db800010002"},
        {"2001:db8:1:2::", "20010db800010002"},
        {"::ffff:203.0.113.9", "203.0.113"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[LIMIT_WHO_ROOM];
        limit_household(cases[i][0], out);
        assert_string_equal(out, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_more_than_the_most_is_refused),
        cmocka_unit_test(the_edge_of_a_window_lets_no_more_pass),
        cmocka_unit_test(a_count_lives_through_the_window_after_its_own),
        cmocka_unit_test(who_is_refused_is_told_the_first_second_with_room),
        cmocka_unit_test(the_full_one_of_several_is_named),
        cmocka_unit_test(what_is_given_back_was_not_counted),
        cmocka_unit_test(a_lowered_limit_is_as_if_it_had_been_low_before),
        cmocka_unit_test(who_found_room_and_was_too_late_leaves_no_count),
        cmocka_unit_test(a_limit_of_0_is_none),
        cmocka_unit_test(many_at_once_get_no_more_than_the_most),
        cmocka_unit_test(a_dead_server_is_told_from_a_full_limit),
        cmocka_unit_test(a_network_is_a_24_or_a_64),
        cmocka_unit_test(an_ipv6_network_is_one_household),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
