/* Facts about the socket: who comes in, what is a request, and that no peer hurts another. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
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

#include "smpp/daemon/counters.h"
#include "smpp/daemon/door.h"
#include "smpp/daemon/log.h"

enum { KEPT = 400, PEERS = 80 };

struct house {
    struct event_base *base;
    struct door *door;
    char directory[32], path[64];
    struct request *kept[KEPT]; /* requests not answered yet */
    unsigned count;
};

/* ---- verbs of a switchboard that is not there ---- */

static void echo(void *ctx, struct request *request)
{
    (void)ctx;
    line_put(request_ok(request), "text", request_get(request, "text"));
    request_done(request);
}

static void list(void *ctx, struct request *request)
{
    (void)ctx;
    for (int64_t i = 0; i < request_number(request, "count", 0); i++)
        line_put_number(request_item(request), "n", i);
    request_yes(request);
}

static void keep(void *ctx, struct request *request)
{
    struct house *house = ctx;
    assert_true(house->count < KEPT);
    house->kept[house->count++] = request;
}

static void giant(void *ctx, struct request *request)
{
    static char text[LINE_MAX_OCTETS];
    (void)ctx;
    memset(text, 'x', sizeof text - 1);
    line_put(request_ok(request), "text", text);
    request_done(request);
}

static void greet(void *ctx, struct line_writer *w)
{
    (void)ctx;
    line_put_number(w, "now", 7);
}

static const struct door_verb verbs[] = {
    {"echo", DOOR_MODULE, echo, 0}, {"list", DOOR_ANY, list, 0},   {"keep", DOOR_ANY, keep, 60000},
    {"brief", DOOR_ANY, keep, 50},  {"giant", DOOR_ANY, giant, 0}, {"rule", DOOR_CTL, echo, 0},
};

/* ---- a house for each test ---- */

static struct door_parts parts_of(struct house *house)
{
    return (struct door_parts){.base = house->base,
                               .path = house->path,
                               .group = (gid_t)-1,
                               .verbs = verbs,
                               .verb_count = sizeof verbs / sizeof *verbs,
                               .ctx = house,
                               .greet = greet};
}

static int house_build(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    char why[256] = "";
    strcpy(house->directory, "/tmp/door-test-XXXXXX");
    assert_non_null(mkdtemp(house->directory));
    snprintf(house->path, sizeof house->path, "%s/run/socket", house->directory);
    house->base = event_base_new();
    struct door_parts parts = parts_of(house);
    house->door = door_open(&parts, why, sizeof why);
    if (!house->door)
        fail_msg("%s", why);
    *state = house;
    return 0;
}

static int house_leave(void **state)
{
    struct house *house = *state;
    char run[64];
    for (unsigned i = 0; i < house->count; i++)
        request_yes(house->kept[i]);
    door_close(house->door);
    event_base_free(house->base);
    snprintf(run, sizeof run, "%s/run", house->directory);
    unlink(house->path);
    rmdir(run);
    int e = rmdir(house->directory);
    free(house);
    return e;
}

static void turn(struct house *house)
{
    event_base_loop(house->base, EVLOOP_NONBLOCK);
}

static int knock(struct house *house)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(name.sun_path, house->path);
    assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    turn(house);
    return fd;
}

static void say(struct house *house, int fd, const char *text)
{
    size_t len = strlen(text);
    while (len) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n < 0)
            return; /* cut off meanwhile; what is heard will tell */
        text += n;
        len -= (size_t)n;
        turn(house);
    }
    turn(house);
}

/* Everything that comes until nothing more does. "<end>" where the door hung up. */
static const char *hear(struct house *house, int fd)
{
    static char heard[1 << 20];
    size_t len = 0;
    for (int quiet = 0; quiet < 3;) {
        turn(house);
        ssize_t n = recv(fd, heard + len, sizeof heard - 16 - len, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN)) {
            strcpy(heard + len, "<end>");
            return heard;
        }
        quiet = n < 0 ? quiet + 1 : 0;
        len += n > 0 ? (size_t)n : 0;
    }
    heard[len] = '\0';
    return heard;
}

static int enter(struct house *house, const char *role)
{
    char line[64];
    int fd = knock(house);
    assert_string_equal(hear(house, fd), "smppd 1 now=7\n");
    snprintf(line, sizeof line, "hello 0 role=%s\n", role);
    say(house, fd, line);
    assert_string_equal(hear(house, fd), "ok 0\n");
    return fd;
}

/* ---- facts ---- */

static void the_socket_is_for_user_and_group_alone(void **state)
{
    struct house *house = *state;
    struct stat st;
    char run[64];
    assert_int_equal(lstat(house->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    snprintf(run, sizeof run, "%s/run", house->directory);
    assert_int_equal(lstat(run, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);
}

static void nothing_goes_before_hello(void **state)
{
    struct house *house = *state;
    int fd = knock(house);
    hear(house, fd);
    say(house, fd, "echo 1 text=a\nsubscribe 2\nhello 3 role=king\nhello 4\n");
    assert_string_equal(hear(house, fd), "no 1 reason=hello-first\nno 2 reason=hello-first\n"
                                         "no 3 reason=bad-field field=role\n"
                                         "no 4 reason=bad-field field=role\n");
    close(fd);
}

static void each_verb_is_for_its_role(void **state)
{
    struct house *house = *state;
    int module = enter(house, "module"), ctl = enter(house, "ctl");
    say(house, module, "echo 1 text=a%20b\nrule 2\nsing 3\n");
    assert_string_equal(hear(house, module),
                        "ok 1 text=a%20b\nno 2 reason=not-allowed\nno 3 reason=unknown-verb\n");
    say(house, ctl, "rule 1 text=a\necho 2\n");
    assert_string_equal(hear(house, ctl), "ok 1 text=a\nno 2 reason=not-allowed\n");
    close(module);
    close(ctl);
}

static void lines_may_come_in_any_pieces(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    static const char text[] = "echo 1 text=a\necho 2 text=b\necho 3 text=c\n";
    for (const char *c = text; *c; c++)
        say(house, fd, (char[]){*c, '\0'});
    assert_string_equal(hear(house, fd), "ok 1 text=a\nok 2 text=b\nok 3 text=c\n");
    close(fd);
}

static void answers_may_come_in_any_order(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    say(house, fd, "keep 1\nkeep 2\necho 3\n");
    assert_string_equal(hear(house, fd), "ok 3\n");
    request_yes(house->kept[1]);
    request_refuse_for(house->kept[0], "codes-busy", 12);
    house->count = 0;
    assert_string_equal(hear(house, fd), "ok 2\nno 1 reason=codes-busy retry-in=12\n");
    close(fd);
}

static void items_come_before_the_answer(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    say(house, fd, "list 1 count=2\n");
    assert_string_equal(hear(house, fd), "item 1 n=0\nitem 1 n=1\nok 1\n");
    close(fd);
}

static void two_requests_may_be_answered_line_by_line_in_turns(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    say(house, fd, "keep 1\nkeep 2\n");
    line_put(request_item(house->kept[0]), "a", "x");
    line_put(request_item(house->kept[1]), "b", "y");
    request_yes(house->kept[0]);
    request_yes(house->kept[1]);
    house->count = 0;
    assert_string_equal(hear(house, fd), "item 1 a=x\nitem 2 b=y\nok 1\nok 2\n");
    close(fd);
}

static void whoever_breaks_the_grammar_is_cut_off(void **state)
{
    struct house *house = *state;
    static const char *const broken[] = {"\n",       "echo\n",          "echo text=a\n",
                                         "ECHO 1\n", "a  b\n",          "echo 1 x=%0\n",
                                         "\x01\n",   "echo 1 a=1 a=2\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        int fd = enter(house, "module");
        say(house, fd, broken[i]);
        const char *heard = hear(house, fd);
        if (strcmp(heard, "no 0 reason=bad-line\n<end>") != 0)
            fail_msg("<<%s>> heard <<%s>>", broken[i], heard);
        close(fd);
    }
}

static void the_longest_line_is_taken_and_a_longer_one_cut_off(void **state)
{
    struct house *house = *state;
    static char line[LINE_MAX_OCTETS + 2];
    int fd = enter(house, "module");
    memset(line, 'x', sizeof line);
    memcpy(line, "list 1 a=", 9);
    strcpy(line + LINE_MAX_OCTETS - 1, "\n");
    say(house, fd, line);
    assert_string_equal(hear(house, fd), "ok 1\n");
    memcpy(line + LINE_MAX_OCTETS - 1, "x", 2);
    say(house, fd, line);
    assert_string_equal(hear(house, fd), "no 0 reason=bad-line\n<end>");
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
    int fd = enter(house, "module");
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
    assert_string_equal(hear(house, fd), "no 0 reason=bad-line\n<end>");
    assert_int_equal(descriptors_open(), before - 1); /* its own connection */
    close(fd);
}

static void a_peer_that_says_no_more_still_gets_its_answers(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    say(house, fd, "keep 1\nkeep 2\n");
    shutdown(fd, SHUT_WR);
    turn(house);
    assert_true(request_is_awaited(house->kept[0]));
    request_yes(house->kept[0]);
    assert_string_equal(hear(house, fd), "ok 1\n");
    request_yes(house->kept[1]);
    house->count = 0;
    assert_string_equal(hear(house, fd), "ok 2\n<end>");
    close(fd);
}

static void a_request_outlives_its_peer(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    say(house, fd, "keep 1 text=still%20here\n");
    close(fd);
    turn(house);
    turn(house);
    assert_false(request_is_awaited(house->kept[0]));
    assert_string_equal(request_get(house->kept[0], "text"), "still here");
    line_put(request_item(house->kept[0]), "a", "b");
    request_yes(house->kept[0]);
    house->count = 0;
}

static void a_request_outlives_the_door(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    say(house, fd, "keep 1 text=x\n");
    door_close(house->door);
    request_refuse_field(house->kept[0], "text");
    house->count = 0;
    struct door_parts parts = parts_of(house);
    char why[256];
    house->door = door_open(&parts, why, sizeof why);
    assert_non_null(house->door);
    close(fd);
}

static void an_answer_that_comes_too_late_is_dropped(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    uint64_t before = counter_get(COUNTER_DOOR_TIMEOUTS);
    say(house, fd, "brief 1\n");
    assert_true(request_is_awaited(house->kept[0]));
    event_base_loop(house->base, EVLOOP_ONCE); /* its timer is all there is to wait for */
    assert_string_equal(hear(house, fd), "no 1 reason=timeout\n");
    assert_int_equal(counter_get(COUNTER_DOOR_TIMEOUTS), before + 1);
    assert_false(request_is_awaited(house->kept[0]));
    request_yes(house->kept[0]);
    house->count = 0;
    say(house, fd, "echo 2\n");
    assert_string_equal(hear(house, fd), "ok 2\n");
    close(fd);
}

static void an_answer_too_long_for_a_line_is_still_an_answer(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    say(house, fd, "giant 1\n");
    assert_string_equal(hear(house, fd), "no 1 reason=too-long\n");
    close(fd);
}

static void no_more_than_256_requests_of_one_peer_are_under_way(void **state)
{
    struct house *house = *state;
    static char lines[300 * 9 + 1];
    int fd = enter(house, "module");
    for (int i = 0; i < 300; i++)
        sprintf(lines + strlen(lines), "keep %d\n", i);
    say(house, fd, lines);
    assert_int_equal(house->count, 256);
    struct request *first = house->kept[0];
    house->kept[0] = house->kept[--house->count];
    request_yes(first);
    assert_string_equal(hear(house, fd), "ok 0\n");
    assert_int_equal(house->count, 256);
    while (house->count > 100)
        request_yes(house->kept[--house->count]);
    hear(house, fd);
    assert_int_equal(house->count, 100 + 43);
    close(fd);
}

static void a_peer_that_does_not_read_its_answers_is_not_read(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    uint64_t before = counter_get(COUNTER_DOOR_REQUESTS), sent = 0;
    for (int i = 0; i < 20000; i++) {
        static const char line[] = "list 1 count=20\n";
        if (send(fd, line, sizeof line - 1, MSG_NOSIGNAL) != sizeof line - 1)
            break;
        sent++;
        turn(house);
    }
    assert_true(counter_get(COUNTER_DOOR_REQUESTS) - before < sent);
    uint64_t waited = 0;
    for (const char *heard = hear(house, fd); (heard = strstr(heard, "ok 1\n")); heard++)
        waited++;
    assert_int_equal(waited, counter_get(COUNTER_DOOR_REQUESTS) - before);
    close(fd);
}

static void news_go_to_subscribers_alone(void **state)
{
    struct house *house = *state;
    int one = enter(house, "module"), other = enter(house, "module");
    say(house, one, "subscribe 1\n");
    assert_string_equal(hear(house, one), "ok 1\n");
    assert_int_equal(door_subscribers(house->door), 1);
    door_news(house->door, "news session=a last=1\n", 22);
    assert_string_equal(hear(house, one), "news session=a last=1\n");
    assert_string_equal(hear(house, other), "");
    close(one);
    close(other);
}

static void a_subscriber_that_does_not_read_is_cut_off_and_the_other_is_not(void **state)
{
    struct house *house = *state;
    int lazy = enter(house, "module"), eager = enter(house, "module");
    say(house, lazy, "subscribe 1\n");
    say(house, eager, "subscribe 1\n");
    hear(house, eager);
    size_t heard = 0;
    unsigned count = 0;
    while (door_subscribers(house->door) == 2 && count < 100000) {
        door_news(house->door, "news session=a last=1\n", 22);
        if (++count % 1000 == 0)
            heard += strlen(hear(house, eager));
    }
    assert_true(count < 100000);
    heard += strlen(hear(house, eager));
    assert_int_equal(heard, count * 22);
    close(lazy);
    close(eager);
}

static void no_user_has_more_connections_than_may_be(void **state)
{
    struct house *house = *state;
    int fd[17];
    for (int i = 0; i < 16; i++)
        fd[i] = enter(house, "module");
    fd[16] = knock(house);
    assert_string_equal(hear(house, fd[16]), "no 0 reason=too-many\n<end>");
    close(fd[0]);
    turn(house);
    close(fd[16]);
    fd[0] = enter(house, "module");
    struct door_parts parts = parts_of(house);
    parts.per_uid = 17;
    door_tune(house->door, &parts);
    fd[16] = enter(house, "module");
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
        turn(house);
    assert_int_equal(status, 0);
    ssize_t n = read(told[0], heard, room - 1);
    heard[n > 0 ? n : 0] = '\0';
    close(told[0]);
}

static void other_users_come_in_only_where_named_and_never_as_operators(void **state)
{
    struct house *house = *state;
    struct door_parts parts = parts_of(house);
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

static void a_living_daemons_socket_is_not_taken(void **state)
{
    struct house *house = *state;
    struct door_parts parts = parts_of(house);
    char why[256] = "";
    assert_null(door_open(&parts, why, sizeof why));
    assert_non_null(strstr(why, "a smppd already listens on"));
    int fd = enter(house, "module");
    close(fd);
}

static void a_dead_daemons_socket_is_replaced(void **state)
{
    struct house *house = *state;
    struct door_parts parts = parts_of(house);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char why[256] = "";
    door_close(house->door);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(name.sun_path, house->path);
    assert_int_equal(bind(dead, (struct sockaddr *)&name, sizeof name), 0);
    close(dead);
    house->door = door_open(&parts, why, sizeof why);
    assert_non_null(house->door);
    close(enter(house, "module"));
}

static void what_is_no_socket_is_left_alone(void **state)
{
    struct house *house = *state;
    struct door_parts parts = parts_of(house);
    char why[256] = "";
    door_close(house->door);
    close(open(house->path, O_CREAT | O_WRONLY, 0600));
    house->door = door_open(&parts, why, sizeof why);
    assert_null(house->door);
    assert_non_null(strstr(why, "is no socket"));
    assert_int_equal(access(house->path, F_OK), 0);
}

static void a_path_too_long_for_a_socket_is_told(void **state)
{
    struct house *house = *state;
    struct door_parts parts = parts_of(house);
    char why[256] = "", path[200];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    parts.path = path;
    assert_null(door_open(&parts, why, sizeof why));
    assert_non_null(strstr(why, "longer than 107"));
}

static void a_door_that_is_shut_takes_nobody_and_serves_who_is_in(void **state)
{
    struct house *house = *state;
    int fd = enter(house, "module");
    door_shut(house->door);
    assert_int_equal(access(house->path, F_OK), -1);
    say(house, fd, "echo 1\n");
    assert_string_equal(hear(house, fd), "ok 1\n");
    close(fd);
}

/* With no descriptor left nobody gets in, the loop rests, and once there are some it goes on. */
static void without_descriptors_accepting_rests_and_recovers(void **state)
{
    struct house *house = *state;
    struct rlimit limit, few;
    int inside = enter(house, "module");
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
        turn(house);
    char octet;
    assert_int_equal(recv(late, &octet, 1, 0), 0); /* turned away, not left waiting */
    say(house, inside, "echo 1\n");
    assert_string_equal(hear(house, inside), "ok 1\n");
    setrlimit(RLIMIT_NOFILE, &limit);
    close(late);
    int fd = knock(house);
    assert_string_equal(hear(house, fd), ""); /* it rests */
    event_base_loop(house->base, EVLOOP_ONCE);
    assert_string_equal(hear(house, fd), "smppd 1 now=7\n");
    close(fd);
    close(inside);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, house_build, house_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(the_socket_is_for_user_and_group_alone),
        FACT(nothing_goes_before_hello),
        FACT(each_verb_is_for_its_role),
        FACT(lines_may_come_in_any_pieces),
        FACT(answers_may_come_in_any_order),
        FACT(items_come_before_the_answer),
        FACT(two_requests_may_be_answered_line_by_line_in_turns),
        FACT(whoever_breaks_the_grammar_is_cut_off),
        FACT(the_longest_line_is_taken_and_a_longer_one_cut_off),
        FACT(a_passed_descriptor_is_refused_and_never_received),
        FACT(a_peer_that_says_no_more_still_gets_its_answers),
        FACT(a_request_outlives_its_peer),
        FACT(a_request_outlives_the_door),
        FACT(an_answer_that_comes_too_late_is_dropped),
        FACT(an_answer_too_long_for_a_line_is_still_an_answer),
        FACT(no_more_than_256_requests_of_one_peer_are_under_way),
        FACT(a_peer_that_does_not_read_its_answers_is_not_read),
        FACT(news_go_to_subscribers_alone),
        FACT(a_subscriber_that_does_not_read_is_cut_off_and_the_other_is_not),
        FACT(no_user_has_more_connections_than_may_be),
        FACT(other_users_come_in_only_where_named_and_never_as_operators),
        FACT(a_living_daemons_socket_is_not_taken),
        FACT(a_dead_daemons_socket_is_replaced),
        FACT(what_is_no_socket_is_left_alone),
        FACT(a_path_too_long_for_a_socket_is_told),
        FACT(a_door_that_is_shut_takes_nobody_and_serves_who_is_in),
        FACT(without_descriptors_accepting_rests_and_recovers),
    };
    signal(SIGPIPE, SIG_IGN); /* as smppd does */
    log_tune(LOG_AT_ERROR, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
