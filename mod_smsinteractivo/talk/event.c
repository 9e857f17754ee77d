/* See event.h. */
#include "mod_smsinteractivo/talk/event.h"
#include "mod_smsinteractivo/backend/backend.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PIECES_MOST = 64 };

static void lines_take(struct transcript *lines, int64_t after, int64_t before, event_seen *seen,
                       void *context)
{
    struct line line;
    transcript_skip(lines, after);
    while (transcript_next(lines, &line)) {
        int64_t n = line_number(&line, "n", 0);
        if (strcmp(line.verb, "event") == 0 && n > after && n < before)
            seen(context, &line);
    }
}

/* The pieces before `first`; they end with the first key that is missing. Each is copied, for the
 * lines handed out have to outlive the next read. */
static int pieces_take(struct visit *visit, int64_t after, int64_t first, event_seen *seen,
                       void *context)
{
    for (unsigned piece = 1; piece <= PIECES_MOST; piece++) {
        char key[64];
        size_t len;
        char *value = apr_palloc(visit->r->pool, TRANSCRIPT_MAX + 1);
        (void)snprintf(key, sizeof key, "o:%s:%u", visit->session.sid, piece); /* fits */
        int e = backend_note(
            store_get(visit->backend->store, key, value, TRANSCRIPT_MAX + 1, &len, NULL));
        if (e < 0)
            return e == -ENOENT ? 0 : -EAGAIN;
        struct transcript lines = {.rest = value, .left = len};
        lines_take(&lines, after, first, seen, context);
    }
    return 0;
}

int events_after(struct visit *visit, struct conversations *all, int64_t after, event_seen *seen,
                 void *context)
{
    int e = after + 1 < all->transcript.first
                ? pieces_take(visit, after, all->transcript.first, seen, context)
                : 0;
    if (e == 0)
        lines_take(&all->transcript, after, INT64_MAX, seen, context);
    return e;
}

void event_time(int64_t ms, char out[static EVENT_TIME_ROOM])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    size_t len = strftime(out, EVENT_TIME_ROOM, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out + len, EVENT_TIME_ROOM - len, ".%03dZ", (int)(ms % 1000)); /* fits */
}

void event_json(struct json *json, const struct line *event)
{
    static const char *const as_they_are[] = {"conversation", "type", "message", "from",
                                              "to",           "text", "state",   "reason"};
    char time[EVENT_TIME_ROOM];
    json_object(json, NULL);
    json_number(json, "n", line_number(event, "n", 0));
    for (size_t i = 0; i < sizeof as_they_are / sizeof *as_they_are; i++)
        json_string(json, as_they_are[i], line_get(event, as_they_are[i]));
    event_time(line_number(event, "time", 0), time);
    json_string(json, "time", time);
    if (line_get(event, "parts"))
        json_number(json, "parts", line_number(event, "parts", 1));
    if (line_get(event, "missing"))
        json_bool(json, "missing", true);
    json_object_end(json);
}
