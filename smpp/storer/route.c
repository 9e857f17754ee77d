/* Reads, decides on and writes the routes of one mobile; see route.h for the rules. */
#include "smpp/storer/route.h"

#include <errno.h>
#include <string.h>

#include "smpp/wire/copy.h"
#include "smpp/wire/line.h"

static const int64_t hour_ms = 3600000;

static void route_take(struct routes *routes, const struct line *line)
{
    const char *code = line_get(line, "code"), *conversation = line_get(line, "conversation"),
               *session = line_get(line, "session");
    if (!code || !conversation || !session || !*code || routes->count == ROUTE_CODES ||
        route_of_code(routes, code))
        return;
    struct route *route = &routes->route[routes->count++];
    *route = (struct route){
        .until = line_number(line, "until", 0),
        .last = line_number(line, "last", 0),
        .before_until = line_number(line, "before-until", 0),
        .seen = line_number(line, "seen", 0),
        .answered = line_number(line, "answered", 0) != 0,
        .ended = line_number(line, "ended", 0) != 0,
        .reserved = line_number(line, "reserved", 0),
    };
    copy_put(route->code, sizeof route->code, code);
    copy_put(route->conversation, sizeof route->conversation, conversation);
    copy_put(route->session, sizeof route->session, session);
    copy_put(route->name, sizeof route->name, line_get(line, "name"));
    copy_put(route->before_name, sizeof route->before_name, line_get(line, "before-name"));
}

static int head_take(struct routes *routes, const struct line *line)
{
    if (strcmp(line->verb, "routes") != 0 || line_number(line, "v", 0) != 1)
        return -EINVAL;
    routes->hour = line_number(line, "hour", 0);
    routes->sent = (unsigned)line_number(line, "sent", 0);
    return 0;
}

int route_read(struct routes *routes, char *value, size_t len)
{
    struct line line;
    bool headed = false;
    routes->count = routes->sent = routes->given.count = 0;
    routes->hour = 0;
    for (size_t at = 0; at < len;) {
        char *end = memchr(value + at, '\n', len - at);
        size_t size = end ? (size_t)(end - value) - at : len - at;
        char *text = value + at;
        at += size + 1;
        if (line_parse(&line, text, size) < 0)
            continue;
        if (!headed && head_take(routes, &line) < 0)
            return -EINVAL;
        headed = true;
        if (strcmp(line.verb, "route") == 0)
            route_take(routes, &line);
        if (strcmp(line.verb, "given") == 0)
            given_take(&routes->given, &line);
    }
    return headed || len == 0 ? 0 : -EINVAL;
}

static int route_line(struct line_writer *w, const struct route *route)
{
    line_verb(w, "route", NULL);
    line_put(w, "code", route->code);
    line_put(w, "conversation", route->conversation);
    line_put(w, "session", route->session);
    line_put(w, "name", route->name);
    line_put_number(w, "until", route->until);
    line_put_number(w, "last", route->last);
    if (route->before_until) {
        line_put_number(w, "before-until", route->before_until);
        line_put(w, "before-name", route->before_name);
    }
    if (route->seen)
        line_put_number(w, "seen", route->seen);
    if (route->answered)
        line_put_number(w, "answered", 1);
    if (route->ended)
        line_put_number(w, "ended", 1);
    if (route->reserved)
        line_put_number(w, "reserved", route->reserved);
    return line_end(w);
}

int route_write(const struct routes *routes, char *value, size_t room)
{
    struct line_writer w;
    line_begin(&w, value, room);
    line_verb(&w, "routes", NULL);
    line_put_number(&w, "v", 1);
    if (routes->hour) {
        line_put_number(&w, "hour", routes->hour);
        line_put_number(&w, "sent", routes->sent);
    }
    int len = line_end(&w);
    for (unsigned i = 0; i < routes->count; i++)
        len = route_line(&w, &routes->route[i]);
    if (len < 0 || given_write(&routes->given, &w) < 0)
        return -E2BIG;
    return (int)w.len;
}

void route_forget(struct routes *routes, int64_t now, int64_t memory)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < routes->count; i++) {
        struct route *route = &routes->route[i];
        if (route->before_until + memory <= now) {
            route->before_until = 0;
            route->before_name[0] = '\0';
        }
        if (route->until + memory > now)
            routes->route[kept++] = *route;
    }
    routes->count = kept;
}

int64_t route_last_until(const struct routes *routes)
{
    int64_t last = 0;
    for (unsigned i = 0; i < routes->count; i++)
        if (routes->route[i].until > last)
            last = routes->route[i].until;
    return last;
}

struct route *route_of_code(struct routes *routes, const char *code)
{
    for (unsigned i = 0; i < routes->count; i++)
        if (strcmp(routes->route[i].code, code) == 0)
            return &routes->route[i];
    return NULL;
}

struct route *route_of_conversation(struct routes *routes, const char *conversation)
{
    for (unsigned i = 0; i < routes->count; i++)
        if (strcmp(routes->route[i].conversation, conversation) == 0)
            return &routes->route[i];
    return NULL;
}

bool route_is_live(const struct route *route, int64_t now)
{
    return !route->ended && route->until > now;
}

static bool route_is_free(const struct route *route, int64_t now)
{
    return !route_is_live(route, now) && route->reserved <= now;
}

/* Among the first so many codes. */
static bool is_among(const struct route_wish *wish, unsigned count, const char *code)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(wish->codes[i], code) == 0)
            return true;
    return false;
}

/* The visitor's own line: the live one, else the one used last. A live one is theirs even when its
 * code has left the pool, as long as a link carries it: the conversation goes on where it began. */
static struct route *route_own(struct routes *routes, const struct route_wish *wish)
{
    struct route *own = NULL;
    for (unsigned i = 0; i < routes->count; i++) {
        struct route *route = &routes->route[i];
        if (strcmp(route->session, wish->session) != 0)
            continue;
        if (route_is_live(route, wish->now) && is_among(wish, wish->carried, route->code))
            return route;
        if (is_among(wish, wish->count, route->code) && route_is_free(route, wish->now) &&
            (!own || route->last > own->last))
            own = route;
    }
    return own;
}

/* Among codes[from..to): a code nobody used (`*unused`), else the free one used least recently. */
static struct route *route_oldest(struct routes *routes, const struct route_wish *wish,
                                  unsigned from, unsigned to, const char **unused)
{
    struct route *oldest = NULL;
    *unused = NULL;
    for (unsigned i = from; i < to; i++) {
        struct route *route = route_of_code(routes, wish->codes[i]);
        if (!route && routes->count < ROUTE_CODES) {
            *unused = wish->codes[i];
            return NULL;
        }
        if (route && route_is_free(route, wish->now) && (!oldest || route->last < oldest->last))
            oldest = route;
    }
    return oldest;
}

/* Where there is room for it. */
static struct route *route_new(struct routes *routes, const char *code)
{
    struct route *route = &routes->route[routes->count++];
    *route = (struct route){0};
    copy_put(route->code, sizeof route->code, code);
    return route;
}

static struct route *route_free(struct routes *routes, const struct route_wish *wish)
{
    const char *unused;
    struct route *route = route_oldest(routes, wish, 0, wish->up, &unused);
    if (!route && !unused)
        route = route_oldest(routes, wish, wish->up, wish->count, &unused);
    return unused ? route_new(routes, unused) : route;
}

static int64_t route_first_free(const struct routes *routes, const struct route_wish *wish)
{
    int64_t first = INT64_MAX;
    for (unsigned i = 0; i < routes->count; i++) {
        const struct route *route = &routes->route[i];
        int64_t at = route->reserved > route->until ? route->reserved : route->until;
        if (is_among(wish, wish->count, route->code) && at < first)
            first = at;
    }
    return first == INT64_MAX ? wish->now + wish->idle : first;
}

/* Whoever held the line before is remembered, but not the same visitor: their late answer is theirs
 * in the new conversation too. */
static void before_set(struct route *route, const struct route *before)
{
    if (strcmp(route->session, before->session) == 0 || before->until <= route->before_until)
        return;
    route->before_until = before->until;
    memcpy(route->before_name, before->name, sizeof route->before_name);
}

/* A conversation begins on this line. */
static void route_begin(struct route *route, const struct route_wish *wish)
{
    bool was_anothers = route->until && strcmp(route->session, wish->session) != 0;
    if (was_anothers || wish->lacking) {
        route->before_until = was_anothers ? route->until : wish->now;
        copy_put(route->before_name, sizeof route->before_name, was_anothers ? route->name : "");
        route->seen = 0;
        route->answered = false;
    }
    route->ended = false;
    copy_put(route->conversation, sizeof route->conversation, wish->conversation);
    copy_put(route->session, sizeof route->session, wish->session);
}

/* One more message to the mobile in this hour, unless there are enough. */
static int quota_take(struct routes *routes, const struct route_wish *wish, int64_t *retry_at)
{
    int64_t hour = wish->now / hour_ms;
    if (routes->hour != hour)
        routes->sent = 0;
    routes->hour = hour;
    if (wish->hourly && routes->sent >= wish->hourly) {
        *retry_at = (hour + 1) * hour_ms;
        return -EDQUOT;
    }
    routes->sent++;
    return 0;
}

int route_claim(struct routes *routes, const struct route_wish *wish, struct route **taken,
                bool *fresh, int64_t *retry_at)
{
    struct route *mine = route_of_conversation(routes, wish->conversation);
    if (mine) { /* taken before, when nobody heard of it */
        *taken = mine;
        *fresh = true;
        return 0;
    }
    int e = quota_take(routes, wish, retry_at);
    if (e < 0)
        return e;
    route_forget(routes, wish->now, wish->memory);
    struct route *route = route_own(routes, wish);
    *fresh = !route || !route_is_live(route, wish->now);
    if (!route)
        route = route_free(routes, wish);
    if (!route) {
        *retry_at = route_first_free(routes, wish);
        return -EBUSY;
    }
    if (*fresh)
        route_begin(route, wish);
    copy_put(route->name, sizeof route->name, wish->name);
    route->until = wish->now + wish->idle;
    route->last = wish->now;
    *taken = route;
    return 0;
}

enum route_verdict route_judge(struct routes *routes, const char *code, int64_t now, int64_t guard,
                               struct route **route)
{
    struct route *line = *route = route_of_code(routes, code);
    if (!line || !*line->conversation) {
        *route = NULL;
        return ROUTE_NONE;
    }
    if (line->before_until && !line->answered && (line->seen == 0 || now < line->seen + guard))
        return ROUTE_HANDED;
    return route_is_live(line, now) ? ROUTE_LIVE : ROUTE_LATE;
}

void route_reserve(struct routes *routes, const char *code, int64_t until)
{
    struct route *route = route_of_code(routes, code);
    if (!route && routes->count < ROUTE_CODES)
        route = route_new(routes, code);
    if (route && !*route->conversation)
        route->until = until; /* so long it is remembered */
    if (route)
        route->reserved = until;
}

/* The same conversation as two daemons, or memory and memcached, know it. */
static void route_join(struct route *there, const struct route *mine)
{
    if (mine->ended == there->ended ? mine->until > there->until : mine->ended)
        there->until = mine->until;
    there->ended |= mine->ended;
    if (mine->last > there->last)
        there->last = mine->last;
    if (!there->seen || (mine->seen && mine->seen < there->seen))
        there->seen = mine->seen;
    there->answered |= mine->answered;
    if (mine->before_until > there->before_until) {
        there->before_until = mine->before_until;
        memcpy(there->before_name, mine->before_name, sizeof there->before_name);
    }
}

int route_merge(struct routes *routes, const struct route *mine)
{
    struct route *there = route_of_code(routes, mine->code), other;
    if (!there) {
        if (routes->count == ROUTE_CODES)
            return -E2BIG;
        routes->route[routes->count++] = *mine;
        return 0;
    }
    int64_t reserved = there->reserved; /* the answer that waits may be yet another's */
    if (!*there->conversation) {
        *there = *mine;
    } else if (strcmp(there->conversation, mine->conversation) == 0) {
        route_join(there, mine);
    } else {
        other = there->last < mine->last ? *there : *mine;
        if (there->last < mine->last)
            *there = *mine;
        before_set(there, &other);
    }
    there->reserved = reserved;
    return 0;
}
