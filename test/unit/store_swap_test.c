/* Facts about store_swap_many (smpp/store/store.h): each swap hears its own answer, whatever else
 * happens to the connection. memcached is played on a Unix socket. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "smpp/store/store.h"

enum { BIG = 300000 };

static char directory[] = "/tmp/store-test-XXXXXX", path[80];
static int listener = -1;
static struct store *store;

/* What a connection is asked and what it says to it: what ends within a line closes it, NULL says
 * nothing. */
static struct turn {
    size_t wants; /* octets */
    const char *says;
} turns[4];
static unsigned accepted;
static char asked[BIG * 3];

static void *play(void *ctx)
{
    struct turn *turn = ctx;
    int fd = -1;
    for (; turn->wants; turn++) {
        size_t got = 0;
        if (fd < 0) {
            fd = accept(listener, NULL, NULL);
            accepted++;
        }
        while (got < turn->wants) {
            ssize_t n = recv(fd, asked + got, turn->wants - got, 0);
            if (n <= 0)
                break;
            got += (size_t)n;
        }
        asked[got] = '\0';
        if (turn->says)
            (void)!write(fd, turn->says, strlen(turn->says));
        if (turn->says && turn->says[strlen(turn->says) - 1] == '\n')
            continue;
        if (!turn->says) /* until the other side has had enough */
            (void)!recv(fd, asked + BIG, 1, 0);
        close(fd);
        fd = -1;
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static int begin(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char why[200];
    (void)state;
    memset(turns, 0, sizeof turns);
    accepted = 0;
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(address.sun_path, path, sizeof path);
    unlink(path);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4) < 0)
        return -1;
    store = store_open(path, "p:", why, sizeof why);
    if (store)
        store_patience(store, 10000);
    return store ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    close(listener);
    return 0;
}

static const char five_asked[] = "add p:a 0 5 1\r\n1\r\n"
                                 "cas p:b 0 5 2 7\r\n22\r\n"
                                 "cas p:c 0 5 1 8\r\n3\r\n"
                                 "add p:d 0 5 1\r\n4\r\n"
                                 "cas p:e 0 5 1 9\r\n5\r\n";
static struct store_swap five[] = {{.key = "a", .value = "1", .len = 1, .life = 5},
                                   {.key = "b", .value = "22", .len = 2, .life = 5, .cas = 7},
                                   {.key = "c", .value = "3", .len = 1, .life = 5, .cas = 8},
                                   {.key = "d", .value = "4", .len = 1, .life = 5},
                                   {.key = "e", .value = "5", .len = 1, .life = 5, .cas = 9}};

static void play_and_swap(void)
{
    pthread_t player;
    assert_int_equal(pthread_create(&player, NULL, play, turns), 0);
    store_swap_many(store, five, 5);
    assert_int_equal(pthread_join(player, NULL), 0);
}

static void each_swap_hears_its_own_answer(void **state)
{
    (void)state;
    turns[0] =
        (struct turn){sizeof five_asked - 1, "STORED\r\nEXISTS\r\nNOT_FOUND\r\nNOT_STORED\r\n"
                                             "SERVER_ERROR object too large for cache\r\n"};
    play_and_swap();
    assert_string_equal(asked, five_asked);
    assert_int_equal(five[0].e, 0);
    assert_int_equal(five[1].e, -EEXIST);
    assert_int_equal(five[2].e, -ENOENT);
    assert_int_equal(five[3].e, -EEXIST);
    assert_int_equal(five[4].e, -E2BIG);
}

static void a_memcached_without_memory_has_not_stored(void **state)
{
    (void)state;
    turns[0] = (struct turn){sizeof five_asked - 1, "SERVER_ERROR out of memory storing object\r\n"
                                                    "STORED\r\nSTORED\r\nSTORED\r\nSTORED\r\n"};
    play_and_swap();
    assert_int_equal(five[0].e, -EAGAIN);
    for (int i = 1; i < 5; i++)
        assert_int_equal(five[i].e, 0);
}

static void what_was_not_answered_before_the_end_is_not_known(void **state)
{
    (void)state;
    turns[0] = (struct turn){sizeof five_asked - 1, "STORED\r\nEXISTS\r\nSTOR"};
    turns[1] =
        (struct turn){sizeof five_asked - 1, "STORED\r\nSTORED\r\nSTORED\r\nSTORED\r\nSTORED\r\n"};
    pthread_t player;
    assert_int_equal(pthread_create(&player, NULL, play, turns), 0);
    store_swap_many(store, five, 5);
    assert_int_equal(five[0].e, 0);
    assert_int_equal(five[1].e, -EEXIST);
    for (int i = 2; i < 5; i++)
        assert_int_equal(five[i].e, -EAGAIN);
    store_swap_many(store, five, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(five[i].e, 0);
    assert_int_equal(pthread_join(player, NULL), 0);
    assert_int_equal(accepted, 2);
}

static void what_cannot_be_understood_ends_the_connection(void **state)
{
    (void)state;
    turns[0] = (struct turn){sizeof five_asked - 1, "STORED\r\nCLIENT_ERROR bad data chunk\r\n"
                                                    "STORED\r\nSTORED\r\nSTORED"};
    play_and_swap();
    assert_int_equal(five[0].e, 0);
    for (int i = 1; i < 5; i++)
        assert_int_equal(five[i].e, -EAGAIN);
}

static void a_server_that_says_nothing_is_not_waited_for_long(void **state)
{
    (void)state;
    store_patience(store, STORE_WAIT_MS);
    turns[0] = (struct turn){sizeof five_asked - 1, NULL};
    play_and_swap();
    for (int i = 0; i < 5; i++)
        assert_int_equal(five[i].e, -EAGAIN);
}

static void a_connection_that_was_closed_meanwhile_is_opened_anew(void **state)
{
    static const char stored[] = "STORED\r\nSTORED\r\nSTORED\r\nSTORED\r\nSTORED\r\n";
    pthread_t player;
    (void)state;
    turns[0] = (struct turn){sizeof five_asked - 1, stored};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&player, NULL, play, turns), 0);
        store_swap_many(store, five, 5);
        assert_int_equal(pthread_join(player, NULL), 0); /* and it has closed */
        for (int k = 0; k < 5; k++)
            assert_int_equal(five[k].e, 0);
    }
    assert_int_equal(accepted, 2);
}

/* More than socket buffers hold, both ways at once. */
static void large_values_go_while_answers_come(void **state)
{
    static char value[BIG];
    struct store_swap large[2] = {{.key = "a", .value = value, .len = BIG},
                                  {.key = "b", .value = value, .len = BIG, .cas = 1}};
    pthread_t player;
    (void)state;
    memset(value, 'x', sizeof value);
    turns[0] = (struct turn){(sizeof "add p:a 0 0 300000\r\n\r\n" - 1) + BIG, "STORED\r\n"};
    turns[1] = (struct turn){(sizeof "cas p:b 0 0 300000 1\r\n\r\n" - 1) + BIG, "EXISTS\r\n"};
    assert_int_equal(pthread_create(&player, NULL, play, turns), 0);
    store_swap_many(store, large, 2);
    assert_int_equal(pthread_join(player, NULL), 0);
    assert_int_equal(large[0].e, 0);
    assert_int_equal(large[1].e, -EEXIST);
}

static void a_key_that_would_inject_is_not_sent(void **state)
{
    struct store_swap one = {.key = "a\r\nflush_all", .value = "1", .len = 1};
    (void)state;
    store_swap_many(store, &one, 1);
    assert_int_equal(one.e, -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_swap_hears_its_own_answer),
        TEST(a_memcached_without_memory_has_not_stored),
        TEST(what_was_not_answered_before_the_end_is_not_known),
        TEST(what_cannot_be_understood_ends_the_connection),
        TEST(a_server_that_says_nothing_is_not_waited_for_long),
        TEST(a_connection_that_was_closed_meanwhile_is_opened_anew),
        TEST(large_values_go_while_answers_come),
        TEST(a_key_that_would_inject_is_not_sent),
    };
    int failed;
    if (!mkdtemp(directory))
        return 1;
    (void)snprintf(path, sizeof path, "%s/memcached", directory);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(directory);
    return failed;
}
