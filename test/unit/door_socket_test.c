/* Facts about the socket in the file system: whose it is, and what is done with what lies there. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/unit/house.h"

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

static void a_living_daemons_socket_is_not_taken(void **state)
{
    struct house *house = *state;
    struct door_parts parts = house_parts(house);
    char why[256] = "";
    assert_null(door_open(&parts, why, sizeof why));
    assert_non_null(strstr(why, "a smppd already listens on"));
    int fd = house_enter(house, "module");
    close(fd);
}

static void a_dead_daemons_socket_is_replaced(void **state)
{
    struct house *house = *state;
    struct door_parts parts = house_parts(house);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char why[256] = "";
    door_close(house->door);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(name.sun_path, house->path);
    assert_int_equal(bind(dead, (struct sockaddr *)&name, sizeof name), 0);
    close(dead);
    house->door = door_open(&parts, why, sizeof why);
    assert_non_null(house->door);
    close(house_enter(house, "module"));
}

static void what_is_no_socket_is_left_alone(void **state)
{
    struct house *house = *state;
    struct door_parts parts = house_parts(house);
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
    struct door_parts parts = house_parts(house);
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
    int fd = house_enter(house, "module");
    door_shut(house->door);
    assert_int_equal(access(house->path, F_OK), -1);
    house_say(house, fd, "echo 1\n");
    assert_string_equal(house_hear(house, fd), "ok 1\n");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(the_socket_is_for_user_and_group_alone),
        FACT(a_living_daemons_socket_is_not_taken),
        FACT(a_dead_daemons_socket_is_replaced),
        FACT(what_is_no_socket_is_left_alone),
        FACT(a_path_too_long_for_a_socket_is_told),
        FACT(a_door_that_is_shut_takes_nobody_and_serves_who_is_in),
    };
    house_quiet();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
