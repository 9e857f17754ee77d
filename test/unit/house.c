/* A door with verbs of a switchboard that is not there; see house.h. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "smpp/logbook/log.h"
#include "test/unit/house.h"

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

struct door_parts house_parts(struct house *house)
{
    return (struct door_parts){.base = house->base,
                               .path = house->path,
                               .group = (gid_t)-1,
                               .verbs = verbs,
                               .verb_count = sizeof verbs / sizeof *verbs,
                               .ctx = house,
                               .greet = greet};
}

int house_build(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    char why[256] = "";
    strcpy(house->directory, "/tmp/door-test-XXXXXX");
    assert_non_null(mkdtemp(house->directory));
    snprintf(house->path, sizeof house->path, "%s/run/socket", house->directory);
    house->base = event_base_new();
    struct door_parts parts = house_parts(house);
    house->door = door_open(&parts, why, sizeof why);
    if (!house->door)
        fail_msg("%s", why);
    *state = house;
    return 0;
}

int house_leave(void **state)
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

void house_turn(struct house *house)
{
    event_base_loop(house->base, EVLOOP_NONBLOCK);
}

int house_knock(struct house *house)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(name.sun_path, house->path);
    assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    house_turn(house);
    return fd;
}

void house_say(struct house *house, int fd, const char *text)
{
    size_t len = strlen(text);
    while (len) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n < 0)
            return; /* cut off meanwhile; what is heard will tell */
        text += n;
        len -= (size_t)n;
        house_turn(house);
    }
    house_turn(house);
}

/* Everything that comes until nothing more does. "<end>" where the door hung up. */
const char *house_hear(struct house *house, int fd)
{
    static char heard[1 << 20];
    size_t len = 0;
    for (int quiet = 0; quiet < 3;) {
        house_turn(house);
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

int house_enter(struct house *house, const char *role)
{
    char line[64];
    int fd = house_knock(house);
    assert_string_equal(house_hear(house, fd), "smppd 1 now=7\n");
    snprintf(line, sizeof line, "hello 0 role=%s\n", role);
    house_say(house, fd, line);
    assert_string_equal(house_hear(house, fd), "ok 0\n");
    return fd;
}

void house_quiet(void)
{
    signal(SIGPIPE, SIG_IGN); /* as smppd does */
    log_tune(LOG_AT_ERROR, 0);
}
