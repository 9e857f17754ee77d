/* Extends and ends conversations in memcached, on the storer's thread; see closing_job.h. */
#include "smpp/storer/closing_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/store/store.h"

/* ---- whose mobile it is ---- */

static int mobile_edit(struct transcript_book *book, void *ctx)
{
    struct closing *closing = ctx;
    const struct transcript_conversation *line = transcript_find(book, closing->conversation);
    if (!line)
        return -ENOENT;
    memcpy(closing->mobile, line->to, sizeof closing->mobile);
    return 1;
}

/* ---- the route ---- */

/* An end stands in the route, so that no job that waited meanwhile, nor a clock that is behind,
 * renews what is over. */
static int route_edit(struct routes *routes, void *ctx)
{
    struct closing *closing = ctx;
    struct route *route = route_of_conversation(routes, closing->conversation);
    bool extend = closing->kind == CLOSING_EXTEND;
    bool live = route && route_is_live(route, closing->now), was_ended = !route || route->ended;
    closing->none = routes->count == 0;
    closing->goes_on = live && (extend || closing->kind == CLOSING_EXPIRE);
    if (extend && live)
        route->until = closing->now + closing->idle;
    if (route && !extend && !closing->goes_on) {
        route->ended = true;
        route->until = live ? closing->now : route->until;
    }
    if (route)
        closing->route = *route;
    if (extend)
        return live ? 0 : -ENOENT;
    return closing->goes_on || was_ended;
}

/* ---- the transcript ---- */

static int ended_add(struct closing *closing, struct transcript_book *book)
{
    struct transcript_event event = {
        .conversation = closing->conversation,
        .type = "ended",
        .reason = closing->kind == CLOSING_STOP ? "closed" : "idle",
        .time = closing->now,
    };
    struct transcript_line line;
    if (closing->job.lacking)
        transcript_leap(book, closing->now);
    int e = transcript_add(book, &event, &line);
    if (e < 0 || line.len > sizeof closing->line)
        return e < 0 ? e : -E2BIG;
    memcpy(closing->line, line.at, line.len);
    closing->line[line.len - 1] = '\0'; /* its LF */
    closing->n = line.n;
    return 0;
}

/* Whether what was there when the batch was read, with the alive: key, is gone. */
static bool is_lost(const struct closing *closing, unsigned nth, bool gone)
{
    return closing->kind == CLOSING_EXPIRE && gone && closing->job.value[nth].e == 0;
}

static int line_edit(struct transcript_book *book, void *ctx)
{
    struct closing *closing = ctx;
    bool is_new = transcript_is_new(book);
    struct transcript_conversation *there = transcript_find(book, closing->conversation);
    if (is_lost(closing, 0, is_new))
        return -EAGAIN;
    closing->line[0] = '\0';
    closing->last = book->last;
    closing->session_until = book->until;
    if (!there || there->ended)
        return there ? 1 : -ENOENT;
    struct transcript_conversation mine = *there;
    int e = 0;
    if (closing->goes_on && mine.until >= closing->route.until)
        return 1;
    if (closing->goes_on) { /* whoever renewed the route may have died before it could tell */
        mine.until = closing->route.until;
    } else {
        mine.ended = true;
        if (mine.until > closing->now)
            mine.until = closing->now;
        e = ended_add(closing, book);
    }
    if (e == 0)
        e = transcript_put(book, &mine);
    closing->last = book->last;
    closing->session_until = book->until;
    return e;
}

static int one_work(struct closing *closing, struct store *store)
{
    struct storer_value *read = &closing->job.value[0];
    int e = 0;
    if (!closing->mobile[0]) {
        e = transcript_change(store, closing->session, read, closing->now, mobile_edit, closing);
        read = NULL;
    }
    if (e < 0)
        return e;
    e = routes_change(store, closing->mobile, NULL, closing->now, closing->memory, route_edit,
                      closing);
    if (e < 0 || is_lost(closing, 1, closing->none))
        return e < 0 ? e : -EAGAIN;
    e = transcript_change(store, closing->session, read, closing->now, line_edit, closing);
    if (e != -EAGAIN && closing->kind == CLOSING_EXPIRE && closing->goes_on)
        return -EBUSY;
    return e < 0 ? e : 0;
}

/* ---- a whole session ---- */

struct whole {
    struct closing *closing;
    unsigned pieces, count;
    struct transcript_conversation conversation[TRANSCRIPT_CONVERSATIONS];
};

static int whole_edit(struct transcript_book *book, void *ctx)
{
    struct whole *whole = ctx;
    whole->pieces = book->pieces;
    whole->count = transcript_conversations(book);
    memcpy(whole->conversation, book->conversation, whole->count * sizeof *book->conversation);
    return 1;
}

/* The routes stay so that a late answer is recognised; what was written goes. */
static int end_work(struct closing *closing, struct store *store)
{
    struct whole whole = {.closing = closing};
    char key[STORER_KEY_ROOM];
    /* Read now: what went before in the batch may have begun one more conversation. */
    int e = transcript_change(store, closing->session, NULL, closing->now, whole_edit, &whole);
    for (unsigned i = 0; i < whole.count && e >= 0; i++) {
        memcpy(closing->conversation, whole.conversation[i].id, sizeof closing->conversation);
        e = routes_change(store, whole.conversation[i].to, NULL, closing->now, closing->memory,
                          route_edit, closing);
        closing->conversations++;
    }
    for (unsigned nth = 1; nth <= whole.pieces && e >= 0; nth++) {
        piece_key(key, closing->session, nth);
        e = store_delete(store, key);
        e = e == -ENOENT ? 0 : e;
    }
    if (e >= 0) {
        transcript_key(key, closing->session);
        e = store_delete(store, key);
    }
    return e < 0 && e != -ENOENT ? e : 0;
}

static int closing_work(struct storer_job *job, struct store *store)
{
    struct closing *closing = (struct closing *)job;
    return closing->kind == CLOSING_END ? end_work(closing, store) : one_work(closing, store);
}

static void closing_done(struct storer_job *job)
{
    struct closing *closing = (struct closing *)job;
    closing->then(closing);
}

struct closing *closing_new(enum closing_kind kind, void (*then)(struct closing *))
{
    struct closing *closing = calloc(1, sizeof *closing);
    if (!closing)
        return NULL;
    closing->kind = kind;
    closing->then = then;
    return closing;
}

int closing_put(struct storer *storer, struct closing *closing)
{
    closing->job.class = closing->kind == CLOSING_EXPIRE ? STORER_URGENT : STORER_NEW;
    closing->job.work = closing_work;
    closing->job.done = closing_done;
    transcript_key(closing->job.key[0], closing->session);
    if (closing->kind == CLOSING_EXPIRE)
        routes_key(closing->job.key[1], closing->mobile);
    return storer_put(storer, &closing->job);
}
