/* A child hears of everything from the moment it believes to be subscribed; smppd is
 * played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mod_smsinteractivo/wait/news.h"
#include "mod_smsinteractivo/wait/parking.h"

#define ANA "0123456789abcdef0123456789abcdef"

static char directory[] = "/tmp/news-test-XXXXXX", path[sizeof directory + 8];
static int listening;

static int begin(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    (void)state;
    if (!mkdtemp(directory) || !parking_begin(4, 2))
        return -1;
    (void)snprintf(path, sizeof path, "%s/socket", directory);
    memcpy(at.sun_path, path, strlen(path) + 1);
    listening = socket(AF_UNIX, SOCK_STREAM, 0);
    return bind(listening, (struct sockaddr *)&at, sizeof at) < 0 || listen(listening, 1) < 0;
}

static int end(void **state)
{
    (void)state;
    parking_end();
    close(listening);
    unlink(path);
    return rmdir(directory);
}

static void say(int peer, const char *text)
{
    (void)send(peer, text, strlen(text), MSG_NOSIGNAL); /* it may have hung up */
}

/* Says `answer` to the subscription, then waits until the child hangs up. */
static void *smppd(void *answer)
{
    char text[256];
    int peer = accept(listening, NULL, NULL);
    say(peer, "smppd 1 now=1 policy=translit idle=300000 instance=one\n");
    (void)!read(peer, text, sizeof text); /* hello */
    say(peer, "ok 0\n");
    (void)!read(peer, text, sizeof text); /* subscribe */
    say(peer, answer);
    while (read(peer, text, sizeof text) > 0)
        continue;
    close(peer);
    return NULL;
}

/* Whether it is subscribed where smppd says this. */
static bool is_subscribed(const char *answer)
{
    struct news news;
    pthread_t peer;
    char said[128];
    (void)snprintf(said, sizeof said, "%s", answer);
    pthread_create(&peer, NULL, smppd, said);
    news_begin(&news, path);
    bool subscribed = news_connect(&news, boottime_ms());
    assert_int_equal(subscribed, news.link.fd >= 0);
    news_end(&news);
    pthread_join(peer, NULL);
    return subscribed;
}

static void who_was_told_yes_is_subscribed(void **state)
{
    (void)state;
    assert_true(is_subscribed("ok news\n"));
}

static void who_was_told_nothing_or_no_is_not(void **state)
{
    (void)state;
    assert_false(is_subscribed(""));
    assert_false(is_subscribed("no news reason=role\n"));
}

static void news_that_come_together_with_the_yes_wake(void **state)
{
    eventfd_t count;
    int fd;
    (void)state;
    parking_ticket ticket = parking_enter(ANA, 3, 1000, &fd);
    assert_true(is_subscribed("ok news\nnews session=" ANA " last=4 until=9\n"));
    assert_int_equal(eventfd_read(fd, &count), 0);
    parking_leave(ticket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_told_yes_is_subscribed),
        cmocka_unit_test(who_was_told_nothing_or_no_is_not),
        cmocka_unit_test(news_that_come_together_with_the_yes_wake),
    };
    return cmocka_run_group_tests_name("news", tests, begin, end);
}
