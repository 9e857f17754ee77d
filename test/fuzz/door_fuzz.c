/* What a client may write to smppd's socket: the line parser, then a whole door with a peer whose
 * octets come in pieces. */
#include <assert.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "smpp/door/door_inner.h"
#include "smpp/logbook/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct request *kept[IN_FLIGHT_MAX];
static unsigned kept_count;

static void echo(void *ctx, struct request *request)
{
    (void)ctx;
    const struct line *line = &request->line;
    struct line_writer *w = request_ok(request);
    for (unsigned i = 0; i < line->fields; i++)
        line_put(w, line->field[i].name, line->field[i].value);
    request_done(request);
}

static void keep(void *ctx, struct request *request)
{
    (void)ctx;
    assert(kept_count < IN_FLIGHT_MAX);
    kept[kept_count++] = request;
}

static void list(void *ctx, struct request *request)
{
    (void)ctx;
    int64_t count = request_number(request, "count", 3);
    for (int64_t i = 0; i < count && i < 1000; i++)
        line_put_number(request_item(request), "n", i);
    request_yes(request);
}

static const struct door_verb verbs[] = {
    {"echo", DOOR_ANY, echo, 0}, {"keep", DOOR_MODULE, keep, 60000}, {"list", DOOR_CTL, list, 0}};

static struct door *door_make(void)
{
    char path[] = "/tmp/door-fuzz-XXXXXX", why[256];
    assert(mkdtemp(path));
    char socket_path[sizeof path + 8];
    strcat(strcpy(socket_path, path), "/s");
    struct door_parts parts = {.base = event_base_new(),
                               .path = socket_path,
                               .group = (gid_t)-1,
                               .verbs = verbs,
                               .verb_count = sizeof verbs / sizeof *verbs};
    struct door *door = door_open(&parts, why, sizeof why);
    assert(door);
    door_shut(door); /* peers come as pairs of sockets: only their octets matter here */
    rmdir(path);
    signal(SIGPIPE, SIG_IGN);
    log_tune(LOG_AT_ERROR, 3600000);
    return door;
}

/* What was parsed, written again and parsed again is the same. */
static void line_round_trip(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), out[4 * LINE_MAX_OCTETS];
    struct line line, again;
    struct line_writer w;
    memcpy(text, data, size);
    if (line_parse(&line, text, size) == 0) {
        line_begin(&w, out, sizeof out);
        line_verb(&w, line.verb, *line.tag ? line.tag : NULL);
        for (unsigned i = 0; i < line.fields; i++)
            line_put(&w, line.field[i].name, line.field[i].value);
        int len = line_end(&w);
        assert(len > 0);
        if (len <= LINE_MAX_OCTETS) {
            assert(line_parse(&again, out, (size_t)len) == 0);
            assert(again.fields == line.fields && strcmp(again.verb, line.verb) == 0);
            for (unsigned i = 0; i < line.fields; i++)
                assert(strcmp(line.field[i].value, again.field[i].value) == 0);
        }
    }
    free(text);
}

static void turn(struct door *door, int fd)
{
    char heard[65536];
    event_base_loop(door->parts.base, EVLOOP_NONBLOCK);
    while (read(fd, heard, sizeof heard) > 0)
        event_base_loop(door->parts.base, EVLOOP_NONBLOCK);
}

/* The first octet says how long the pieces are, so that lines are split everywhere. */
static void peer_run(struct door *door, const uint8_t *data, size_t size)
{
    int pair[2];
    size_t piece = size ? 1 + data[0] * 16u : 1;
    assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    assert(connection_open(door, pair[0], getuid()) == 0);
    for (size_t at = 1; at < size; at += piece) {
        size_t len = size - at < piece ? size - at : piece;
        if (send(pair[1], data + at, len, MSG_NOSIGNAL) < 0)
            break;
        turn(door, pair[1]);
    }
    if (size % 3 == 0) {
        shutdown(pair[1], SHUT_WR);
        turn(door, pair[1]);
    }
    if (size % 2) /* some are answered before the peer goes, some after */
        while (kept_count)
            request_yes(kept[--kept_count]);
    turn(door, pair[1]);
    close(pair[1]);
    event_base_loop(door->parts.base, EVLOOP_NONBLOCK);
    while (kept_count)
        request_refuse_for(kept[--kept_count], "draining", 1);
    event_base_loop(door->parts.base, EVLOOP_NONBLOCK);
    assert(door->connected == 0 && door->requests == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct door *door;
    if (!door)
        door = door_make();
    line_round_trip(data, size);
    peer_run(door, data, size);
    return 0;
}
