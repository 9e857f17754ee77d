/* Puts routes and transcripts back into memcached, on the storer's thread; see refill_job.h. */
#include "smpp/storer/refill_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/store/store.h"
#include "smpp/wire/copy.h"

enum { LINES_FIRST = 4096, LINES_AT_ONCE = 32768 };

struct lines *lines_new(const char *session)
{
    struct lines *lines = calloc(1, sizeof *lines);
    if (lines)
        copy_put(lines->session, sizeof lines->session, session);
    return lines;
}

int lines_add(struct lines *lines, const char *line)
{
    size_t len = strlen(line);
    if (lines->len + len + 2 > lines->room) {
        size_t room = lines->room ? lines->room : LINES_FIRST;
        while (lines->len + len + 2 > room)
            room *= 2;
        char *wider = realloc(lines->octets, room);
        if (!wider)
            return -ENOMEM;
        lines->octets = wider;
        lines->room = room;
    }
    memcpy(lines->octets + lines->len, line, len);
    lines->len += len;
    lines->octets[lines->len++] = '\n';
    return 0;
}

void lines_free(struct lines *lines)
{
    if (lines)
        free(lines->octets);
    free(lines);
}

/* ---- routes ---- */

/* Of a mobile's routes, or of a session's transcript: two jobs, so that each joins the swaps of its
 * batch. */
struct route_job {
    struct storer_job job;
    char mobile[MOBILE_ROOM];
    struct route route;
    char instance[GIVEN_INSTANCE_ROOM];
    uint32_t given[GIVEN_ANSWERS];
    struct transcript_conversation line;
    int64_t now, memory;
    bool is_taken;
    void (*taken)(void *ctx, const char *conversation);
    void *ctx;
};

static int route_merge_edit(struct routes *routes, void *ctx)
{
    struct route_job *job = ctx;
    (void)route_merge(routes, &job->route); /* what stands there is newer than what finds no room */
    const struct route *there = route_of_code(routes, job->route.code);
    job->is_taken = there && strcmp(there->conversation, job->route.conversation) != 0;
    for (unsigned i = GIVEN_ANSWERS; i > 0; i--)
        if (job->given[i - 1])
            (void)given_note(&routes->given, job->instance, job->given[i - 1], job->route.last);
    return 0;
}

static int route_work(struct storer_job *storer_job, struct store *store)
{
    struct route_job *job = (struct route_job *)storer_job;
    int e = routes_change(store, job->mobile, &storer_job->value[0], job->now, job->memory,
                          route_merge_edit, job);
    return e < 0 ? e : 0;
}

static int line_merge_edit(struct transcript_book *book, void *ctx)
{
    const struct route_job *job = ctx;
    const struct transcript_conversation *there = transcript_find(book, job->line.id);
    if (there && (there->ended || (!job->line.ended && there->until >= job->line.until)))
        return 1;
    struct transcript_conversation mine = job->line;
    if (there)
        mine.unanswered = there->unanswered;
    int e = transcript_put(book, &mine);
    return e == -ENOSPC ? 1 : e;
}

static int line_work(struct storer_job *storer_job, struct store *store)
{
    struct route_job *job = (struct route_job *)storer_job;
    int e = transcript_change(store, job->route.session, &storer_job->value[0], job->now,
                              line_merge_edit, job);
    return e < 0 ? e : 0;
}

/* memcached failing on the way is noticed, and all of it done again. */
static void job_done(struct storer_job *storer_job)
{
    struct route_job *job = (struct route_job *)storer_job;
    if (storer_job->e == 0 && job->is_taken)
        job->taken(job->ctx, job->route.conversation);
    free(job);
}

static int job_put(struct storer *storer, const struct route_job *what)
{
    struct route_job *job = malloc(sizeof *job);
    if (!job)
        return -ENOMEM;
    *job = *what;
    job->job.class = STORER_REFILL;
    job->job.done = job_done;
    job->job.joins = true;
    int e = storer_put(storer, &job->job);
    if (e < 0)
        free(job);
    return e;
}

static struct transcript_conversation line_of(const struct refill_route *known)
{
    const struct route *route = &known->route;
    struct transcript_conversation line = {
        .until = route->until, .unanswered = (int)known->unanswered, .ended = route->ended};
    memcpy(line.id, route->conversation, sizeof line.id);
    memcpy(line.code, route->code, sizeof line.code);
    memcpy(line.name, route->name, sizeof line.name);
    copy_put(line.to, sizeof line.to, known->mobile);
    return line;
}

int refill_put_route(struct storer *storer, const struct refill_route *known, int64_t now,
                     int64_t memory)
{
    struct route_job job = {.job = {.work = route_work},
                            .route = known->route,
                            .now = now,
                            .memory = memory,
                            .taken = known->taken,
                            .ctx = known->ctx};
    copy_put(job.mobile, sizeof job.mobile, known->mobile);
    copy_put(job.instance, sizeof job.instance, known->instance);
    memcpy(job.given, known->given, known->answers * sizeof *known->given);
    routes_key(job.job.key[0], known->mobile);
    int e = job_put(storer, &job);
    if (e < 0 || !known->shown)
        return e;
    job.job.work = line_work;
    job.line = line_of(known);
    transcript_key(job.job.key[0], known->route.session);
    return job_put(storer, &job);
}

/* ---- events ---- */

struct lines_job {
    struct storer_job job;
    struct lines *lines;
    size_t from, to; /* the octets of one change */
    int64_t now;
};

static int lines_edit(struct transcript_book *book, void *ctx)
{
    struct lines_job *job = ctx;
    const char *at = job->lines->octets + job->from, *end = job->lines->octets + job->to;
    while (at < end) {
        size_t size = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) - at) + 1;
        int64_t n = strncmp(at, "event n=", 8) == 0 ? strtoll(at + 8, NULL, 10) : 0;
        /* What has left for an o: piece stands there. */
        if (n >= book->first && transcript_restore(book, n, at, size) == -E2BIG)
            return -E2BIG;
        at += size;
    }
    return 0;
}

/* So many lines at a time that a transcript can take them and spill. */
static size_t lines_end(const struct lines *lines, size_t from)
{
    size_t to = from;
    while (to < lines->len) {
        const char *end = memchr(lines->octets + to, '\n', lines->len - to);
        size_t next = (size_t)(end - lines->octets) + 1;
        if (to > from && next - from > LINES_AT_ONCE)
            break;
        to = next;
    }
    return to;
}

static int lines_work(struct storer_job *storer_job, struct store *store)
{
    struct lines_job *job = (struct lines_job *)storer_job;
    struct storer_value *read = &storer_job->value[0];
    int e = 0;
    for (job->from = 0; job->from < job->lines->len && e >= 0; job->from = job->to, read = NULL) {
        job->to = lines_end(job->lines, job->from);
        e = transcript_change(store, job->lines->session, read, job->now, lines_edit, job);
    }
    return e < 0 ? e : 0;
}

static void lines_done(struct storer_job *storer_job)
{
    struct lines_job *job = (struct lines_job *)storer_job;
    lines_free(job->lines);
    free(job);
}

int refill_put_lines(struct storer *storer, struct lines *lines, int64_t now)
{
    struct lines_job *job = calloc(1, sizeof *job);
    int e = job ? 0 : -ENOMEM;
    if (e == 0) {
        job->job =
            (struct storer_job){.class = STORER_REFILL, .work = lines_work, .done = lines_done};
        job->lines = lines;
        job->now = now;
        job->job.joins = lines_end(lines, 0) == lines->len; /* one change only */
        transcript_key(job->job.key[0], lines->session);
        e = storer_put(storer, &job->job);
    }
    if (e < 0) {
        lines_free(lines);
        free(job);
    }
    return e;
}
