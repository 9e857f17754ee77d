/* One request under way: from its line to its one answer, or its time-out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "smpp/logbook/clock.h"
#include "smpp/logbook/counters.h"
#include "smpp/door/door_inner.h"
#include "smpp/logbook/log.h"

const char *request_get(const struct request *request, const char *name)
{
    return line_get(&request->line, name);
}

int64_t request_number(const struct request *request, const char *name, int64_t otherwise)
{
    return line_number(&request->line, name, otherwise);
}

int64_t request_since(const struct request *request)
{
    return request->since;
}

void request_orphan(struct request *request)
{
    if (!request->peer)
        return;
    LIST_REMOVE(request, link);
    request->peer->in_flight--;
    request->peer = NULL;
    event_del(&request->timer);
}

/* An answer that does not fit a line is our own mistake; the peer still gets one. */
static void line_is_too_long(struct door *door, struct request *request)
{
    log_error("SD0021", "answer is longer than a line, left out: verb=%s", request->line.verb);
    line_begin(&door->writer, door->line, sizeof door->line);
    if (door->writing_ends) {
        line_verb(&door->writer, "no", request->line.tag);
        line_put(&door->writer, "reason", "too-long");
        line_end(&door->writer);
    }
}

/* Ends the line being written, whoever writes it, and gives it to its peer. */
static void line_finish(struct door *door)
{
    struct request *request = door->writing;
    door->writing = NULL;
    if (!request || !request->peer)
        return;
    if (line_end(&door->writer) < 0)
        line_is_too_long(door, request);
    connection_put(request->peer, door->line, door->writer.len);
}

static struct line_writer *line_start(struct request *request, const char *verb, bool ends)
{
    struct door *door = request->door;
    line_finish(door);
    door->writing = request;
    door->writing_ends = ends;
    line_begin(&door->writer, door->line, sizeof door->line - 1);
    line_verb(&door->writer, verb, request->line.tag);
    return &door->writer;
}

struct line_writer *request_item(struct request *request)
{
    return line_start(request, "item", false);
}

struct line_writer *request_ok(struct request *request)
{
    return line_start(request, "ok", true);
}

struct line_writer *request_no(struct request *request, const char *reason)
{
    struct line_writer *w = line_start(request, "no", true);
    line_put(w, "reason", reason);
    return w;
}

void request_done(struct request *request)
{
    struct door *door = request->door;
    if (door->writing == request)
        line_finish(door);
    struct connection *peer = request->peer;
    request_orphan(request);
    free(request);
    if (peer && (peer->paused || peer->ended) && !peer->dead)
        event_active(peer->writable, EV_WRITE, 0); /* reads on or ends, when the loop comes round */
    door->requests--;
    door_release(door);
}

void request_yes(struct request *request)
{
    request_ok(request);
    request_done(request);
}

void request_refuse(struct request *request, const char *reason)
{
    request_no(request, reason);
    request_done(request);
}

void request_refuse_for(struct request *request, const char *reason, int64_t retry_in_s)
{
    line_put_number(request_no(request, reason), "retry-in", retry_in_s);
    request_done(request);
}

void request_refuse_field(struct request *request, const char *field)
{
    line_put(request_no(request, "bad-field"), "field", field);
    request_done(request);
}

/* The handler keeps the request and finds nobody waiting when it is done with it. */
static void request_time_out(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct request *request = arg;
    counter_add(COUNTER_DOOR_TIMEOUTS, 1);
    request_no(request, "timeout");
    line_finish(request->door);
    request_orphan(request);
}

static bool role_is_allowed(const struct connection *peer, unsigned role)
{
    return role == DOOR_MODULE || peer->uid == 0 || peer->uid == getuid();
}

static void hello_handle(struct connection *peer, struct request *request)
{
    const char *role = request_get(request, "role");
    unsigned wanted = !role                         ? 0
                      : strcmp(role, "module") == 0 ? DOOR_MODULE
                      : strcmp(role, "ctl") == 0    ? DOOR_CTL
                                                    : 0;
    if (!wanted) {
        request_refuse_field(request, "role");
        return;
    }
    if (!role_is_allowed(peer, wanted)) {
        log_warning("SD0022", "a client may not be an operator: uid=%u", (unsigned)peer->uid);
        request_refuse(request, "not-allowed");
        return;
    }
    peer->role = wanted;
    request_yes(request);
}

static void subscribe_handle(struct connection *peer, struct request *request)
{
    peer->subscribed = true;
    request_yes(request);
}

/* The door's own verbs; those of door_parts come after them. */
static const struct {
    const char *verb;
    void (*handle)(struct connection *peer, struct request *request);
    bool before_hello;
} own_verbs[] = {
    {"hello", hello_handle, true},
    {"subscribe", subscribe_handle, false},
};

static const struct door_verb *verb_find(const struct door *door, const char *verb)
{
    for (unsigned i = 0; i < door->parts.verb_count; i++)
        if (strcmp(door->parts.verbs[i].verb, verb) == 0)
            return &door->parts.verbs[i];
    return NULL;
}

static void timer_set(struct request *request, unsigned patience_ms)
{
    struct timeval tv = {.tv_sec = patience_ms / 1000,
                         .tv_usec = (suseconds_t)(patience_ms % 1000) * 1000};
    event_add(&request->timer, patience_ms == PATIENCE_MS ? request->door->patience : &tv);
}

static void request_dispatch(struct connection *peer, struct request *request)
{
    const char *name = request->line.verb;
    for (unsigned i = 0; i < sizeof own_verbs / sizeof *own_verbs; i++)
        if (strcmp(own_verbs[i].verb, name) == 0 && (peer->role || own_verbs[i].before_hello)) {
            own_verbs[i].handle(peer, request);
            return;
        }
    if (!peer->role) {
        request_refuse(request, "hello-first");
        return;
    }
    const struct door_verb *verb = verb_find(peer->door, name);
    if (!verb || !(verb->roles & peer->role)) {
        request_refuse(request, verb ? "not-allowed" : "unknown-verb");
        return;
    }
    timer_set(request, verb->patience_ms ? verb->patience_ms : PATIENCE_MS);
    verb->handle(peer->door->parts.ctx, request);
}

/* NULL with errno: EINVAL or ENOMEM. */
static struct request *request_new(struct connection *peer, const char *text, size_t len)
{
    struct request *request = malloc(sizeof *request + len + 1);
    if (!request)
        return NULL;
    memcpy(request->text, text, len);
    if (line_parse(&request->line, request->text, len) < 0 || !request->line.tag[0]) {
        free(request);
        errno = EINVAL;
        return NULL;
    }
    request->door = peer->door;
    request->peer = peer;
    request->since = clock_us();
    (void)evtimer_assign(&request->timer, peer->door->parts.base, request_time_out,
                         request); /* a timer's arguments are never wrong */
    return request;
}

int request_take(struct connection *peer, const char *text, size_t len)
{
    struct request *request = request_new(peer, text, len);
    if (!request)
        return -errno;
    LIST_INSERT_HEAD(&peer->requests, request, link);
    peer->in_flight++;
    peer->door->requests++;
    counter_add(COUNTER_DOOR_REQUESTS, 1);
    request_dispatch(peer, request);
    return 0;
}
