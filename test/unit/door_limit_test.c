/* Facts about the socket: no peer hurts another, and strangers stay outside. */
#include <event2/event.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "smpp/logbook/counters.h"
#include "test/unit/house.h"

static void the_longest_line_is_taken_and_a_longer_one_cut_off(void **state)
{
    struct house *house = *state;
    static char line[LINE_MAX_OCTETS + 2];
    int fd = house_enter(house, "module");
    memset(line, 'x', sizeof line);
    memcpy(line, "list 1 a=", 9);
    strcpy(line + LINE_MAX_OCTETS - 1, "\n");
    house_say(house, fd, line);
    assert_string_equal(house_hear(house, fd), "ok 1\n");
    memcpy(line + LINE_MAX_OCTETS - 1, "x", 2);
    house_say(house, fd, line);
    assert_string_equal(house_hear(house, fd), "no 0 reason=bad-line\n<end>");
    close(fd);
}

static unsigned descriptors_open(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void a_passed_descriptor_is_refused_and_never_received(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    char room[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec octets = {(char[]){"echo 1\n"}, 7};
    struct msghdr msg = {
        .msg_iov = &octets, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *passed = CMSG_FIRSTHDR(&msg);
    *passed = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(passed), &(int){STDERR_FILENO}, sizeof(int));
    unsigned before = descriptors_open();
    assert_int_equal(sendmsg(fd, &msg, 0), 7);
    assert_string_equal(house_hear(house, fd), "no 0 reason=bad-line\n<end>");
    assert_int_equal(descriptors_open(), before - 1); /* its own connection */
    close(fd);
}

static void no_more_than_256_requests_of_one_peer_are_under_way(void **state)
{
    struct house *house = *state;
    static char lines[300 * 9 + 1];
    int fd = house_enter(house, "module");
    for (int i = 0; i < 300; i++)
        sprintf(lines + strlen(lines), "keep %d\n", i);
    house_say(house, fd, lines);
    assert_int_equal(house->count, 256);
    struct request *first = house->kept[0];
    house->kept[0] = house->kept[--house->count];
    request_yes(first);
    assert_string_equal(house_hear(house, fd), "ok 0\n");
    assert_int_equal(house->count, 256);
    while (house->count > 100)
        request_yes(house->kept[--house->count]);
    house_hear(house, fd);
    assert_int_equal(house->count, 100 + 43);
    close(fd);
}

static void a_peer_that_does_not_read_its_answers_is_not_read(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    uint64_t before = counter_get(COUNTER_DOOR_REQUESTS), sent = 0;
    for (int i = 0; i < 20000; i++) {
        static const char line[] = "list 1 count=20\n";
        if (send(fd, line, sizeof line - 1, MSG_NOSIGNAL) != sizeof line - 1)
            break;
        sent++;
        house_turn(house);
    }
    assert_true(counter_get(COUNTER_DOOR_REQUESTS) - before < sent);
    uint64_t waited = 0;
    for (const char *heard = house_hear(house, fd); (heard = strstr(heard, "ok 1\n")); heard++)
        waited++;
    assert_int_equal(waited, counter_get(COUNTER_DOOR_REQUESTS) - before);
    close(fd);
}

static void news_go_to_subscribers_alone(void **state)
{
    struct house *house = *state;
    int one = house_enter(house, "module"), other = house_enter(house, "module");
    house_say(house, one, "subscribe 1\n");
    assert_string_equal(house_hear(house, one), "ok 1\n");
    door_news(house->door, "news session=a last=1\n", 22);
    assert_string_equal(house_hear(house, one), "news session=a last=1\n");
    assert_string_equal(house_hear(house, other), "");
    close(one);
    close(other);
}

static void a_subscriber_that_does_not_read_is_cut_off_and_the_other_is_not(void **state)
{
    struct house *house = *state;
    int lazy = house_enter(house, "module"), eager = house_enter(house, "module");
    house_say(house, lazy, "subscribe 1\n");
    house_say(house, eager, "subscribe 1\n");
    house_hear(house, eager);
    size_t heard = 0;
    unsigned count = 0;
    uint64_t cut = counter_get(COUNTER_DOOR_CUT);
    while (counter_get(COUNTER_DOOR_CUT) == cut && count < 100000) {
        door_news(house->door, "news session=a last=1\n", 22);
        if (++count % 1000 == 0)
            heard += strlen(house_hear(house, eager));
    }
    assert_true(count < 100000);
    heard += strlen(house_hear(house, eager));
    assert_int_equal(heard, count * 22);
    close(lazy);
    close(eager);
}

static void no_user_has_more_connections_than_may_be(void **state)
{
    struct house *house = *state;
    int fd[17];
    for (int i = 0; i < 16; i++)
        fd[i] = house_enter(house, "module");
    fd[16] = house_knock(house);
    assert_string_equal(house_hear(house, fd[16]), "no 0 reason=too-many\n<end>");
    close(fd[0]);
    house_turn(house);
    close(fd[16]);
    fd[0] = house_enter(house, "module");
    struct door_parts parts = house_parts(house);
    parts.per_uid = 17;
    door_tune(house->door, &parts);
    fd[16] = house_enter(house, "module");
    for (int i = 0; i < 17; i++)
        close(fd[i]);
}

/* As another user in a process of its own: says both hellos, leaves what it hears in `heard`. */
static void stranger_visits(struct house *house, uid_t uid, char *heard, size_t room)
{
    int told[2], status = 0;
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        char text[512];
        ssize_t n;
        struct sockaddr_un name = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        strcpy(name.sun_path, house->path);
        if (setuid(uid) < 0 || connect(fd, (struct sockaddr *)&name, sizeof name) < 0)
            _exit(1);
        (void)!write(fd, "hello 1 role=ctl\nhello 2 role=module\n", 37);
        shutdown(fd, SHUT_WR);
        while ((n = read(fd, text, sizeof text)) > 0)
            (void)!write(told[1], text, (size_t)n);
        _exit(0);
    }
    close(told[1]);
    while (waitpid(child, &status, WNOHANG) == 0)
        house_turn(house);
    assert_int_equal(status, 0);
    ssize_t n = read(told[0], heard, room - 1);
    heard[n > 0 ? n : 0] = '\0';
    close(told[0]);
}

static void other_users_come_in_only_where_named_and_never_as_operators(void **state)
{
    struct house *house = *state;
    struct door_parts parts = house_parts(house);
    const uid_t stranger = 12345;
    char heard[512], run[64];
    if (geteuid() != 0)
        skip(); /* only root can be somebody else */
    snprintf(run, sizeof run, "%s/run", house->directory);
    chmod(house->directory, 0755);
    chmod(run, 0755);
    chmod(house->path, 0666);
    stranger_visits(house, stranger, heard, sizeof heard);
    assert_string_equal(heard, "no 0 reason=not-allowed\n");
    parts.uids = &stranger;
    parts.uid_count = 1;
    door_tune(house->door, &parts);
    stranger_visits(house, stranger, heard, sizeof heard);
    assert_string_equal(heard, "smppd 1 now=7\nno 1 reason=not-allowed\nok 2\n");
}

/* With no descriptor left nobody gets in, the loop rests, and once there are some it goes on. */
static void without_descriptors_accepting_rests_and_recovers(void **state)
{
    struct house *house = *state;
    struct rlimit limit, few;
    int inside = house_enter(house, "module");
    int late = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strcpy(name.sun_path, house->path);
    getrlimit(RLIMIT_NOFILE, &limit);
    few = limit;
    int lowest = dup(0); /* from here on there are none */
    few.rlim_cur = (rlim_t)lowest;
    close(lowest);
    setrlimit(RLIMIT_NOFILE, &few);
    connect(late, (struct sockaddr *)&name, sizeof name);
    for (int i = 0; i < 5; i++)
        house_turn(house);
    char octet;
    assert_int_equal(recv(late, &octet, 1, 0), 0); /* turned away, not left waiting */
    house_say(house, inside, "echo 1\n");
    assert_string_equal(house_hear(house, inside), "ok 1\n");
    setrlimit(RLIMIT_NOFILE, &limit);
    close(late);
    int fd = house_knock(house);
    assert_string_equal(house_hear(house, fd), ""); /* it rests */
    event_base_loop(house->base, EVLOOP_ONCE);
    assert_string_equal(house_hear(house, fd), "smppd 1 now=7\n");
    close(fd);
    close(inside);
}

/* Nothing as large as a request is left; smaller things are. */
static void without_memory_for_a_request_its_peer_is_told_and_not_blamed(void **state)
{
    struct house *house = *state;
    struct rlimit limit, none;
    struct held {
        struct held *next;
    } *all = NULL, *one;
    int fd = house_enter(house, "module");
    getrlimit(RLIMIT_AS, &limit);
    none = limit;
    none.rlim_cur = 1;
    setrlimit(RLIMIT_AS, &none);
    for (size_t size = 65536; size >= sizeof(struct line); size -= one ? 0 : 16)
        if ((one = malloc(size)))
            all = memcpy(one, &all, sizeof all);
    house_say(house, fd, "echo 1\n");
    setrlimit(RLIMIT_AS, &limit);
    for (; (one = all); free(one))
        all = one->next;
    assert_string_equal(house_hear(house, fd), "no 0 reason=no-memory\n<end>");
    close(fd);
    fd = house_enter(house, "module");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(the_longest_line_is_taken_and_a_longer_one_cut_off),
        FACT(a_passed_descriptor_is_refused_and_never_received),
        FACT(no_more_than_256_requests_of_one_peer_are_under_way),
        FACT(a_peer_that_does_not_read_its_answers_is_not_read),
        FACT(news_go_to_subscribers_alone),
        FACT(a_subscriber_that_does_not_read_is_cut_off_and_the_other_is_not),
        FACT(no_user_has_more_connections_than_may_be),
        FACT(other_users_come_in_only_where_named_and_never_as_operators),
        FACT(without_descriptors_accepting_rests_and_recovers),
        FACT(without_memory_for_a_request_its_peer_is_told_and_not_blamed),
    };
    house_quiet();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
