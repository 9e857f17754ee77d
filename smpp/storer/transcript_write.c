/* Opens, changes and closes the value of a transcript; see transcript_write.h. */
#include "smpp/storer/transcript_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/wire/copy.h"

void transcript_new(struct transcript_book *book)
{
    book->last = book->highest = book->until = 0;
    book->first = 1;
    book->pieces = book->conversations = 0;
    book->pieces_until = 0;
    book->lines = NULL;
    book->top = book->events = 0;
}

bool transcript_is_new(const struct transcript_book *book)
{
    return book->highest == 0 && book->conversations == 0 && book->top == 0;
}

/* The length of the line at `at`, its LF counted; the octets end in LF. */
static size_t line_size(const char *at, size_t len)
{
    const char *end = memchr(at, '\n', len);
    return end ? (size_t)(end - at) + 1 : len;
}

static bool is_event(const char *at, size_t len)
{
    return len > 6 && memcmp(at, "event ", 6) == 0;
}

/* The number of an event's line: its first field. 0 where it has none. */
static int64_t event_number(const char *at, size_t len)
{
    static const char begin[] = "event n=";
    if (len < sizeof begin || memcmp(at, begin, sizeof begin - 1) != 0)
        return 0;
    return strtoll(at + sizeof begin - 1, NULL, 10); /* ends at the space or LF that follows */
}

static void head_take(struct transcript_book *book, const struct line *line)
{
    book->last = line_number(line, "last", 0);
    book->first = line_number(line, "first", 1);
    book->until = line_number(line, "until", 0);
    book->pieces = (unsigned)line_number(line, "pieces", 0);
    book->pieces_until = line_number(line, "pieces-until", 0);
}

static void conversation_take(struct transcript_book *book, const struct line *line)
{
    const char *id = line_get(line, "id"), *to = line_get(line, "to"),
               *code = line_get(line, "code"), *name = line_get(line, "name"),
               *state = line_get(line, "state");
    if (!id || !to || !code || book->conversations == TRANSCRIPT_CONVERSATIONS)
        return;
    struct transcript_conversation *c = &book->conversation[book->conversations++];
    *c = (struct transcript_conversation){
        .until = line_number(line, "until", 0),
        .unanswered = (int)line_number(line, "unanswered", 0),
        .ended = state && strcmp(state, "ended") == 0,
    };
    copy_put(c->id, sizeof c->id, id); /* never longer: we wrote it */
    copy_put(c->to, sizeof c->to, to);
    copy_put(c->code, sizeof c->code, code);
    copy_put(c->name, sizeof c->name, name);
}

/* The next line, parsed; `text` gets its octets. The octets read, or -EINVAL for too
 * long a line. */
static long line_take(struct line *line, char text[LINE_MAX_OCTETS + 1], const char *at, size_t len)
{
    size_t size = line_size(at, len);
    if (size > LINE_MAX_OCTETS)
        return -EINVAL;
    memcpy(text, at, size);
    if (line_parse(line, text, size) < 0)
        line->verb = "";
    return (long)size;
}

unsigned transcript_conversations(struct transcript_book *book)
{
    char text[LINE_MAX_OCTETS + 1];
    struct line line;
    for (size_t at = 0; book->lines && at < book->top;
         at += line_size(book->lines + at, book->top - at))
        if (line_take(&line, text, book->lines + at, book->top - at) > 0 &&
            strcmp(line.verb, "conversation") == 0)
            conversation_take(book, &line);
    book->lines = NULL;
    book->top = 0;
    return book->conversations;
}

/* Its octets, or -EINVAL. */
static long head_read(struct transcript_book *book, const char *value, size_t len)
{
    char text[LINE_MAX_OCTETS + 1];
    struct line line;
    long size = len ? line_take(&line, text, value, len) : -EINVAL;
    if (size < 0 || strcmp(line.verb, "transcript") != 0 || line_number(&line, "v", 0) != 1)
        return -EINVAL;
    head_take(book, &line);
    return size;
}

/* Moves `last` up to the first gap. */
static void numbers_follow(struct transcript_book *book)
{
    book->highest = book->last;
    for (size_t at = 0; at < book->events;) {
        size_t size = line_size(book->own + at, book->events - at);
        int64_t n = event_number(book->own + at, size);
        if (n == book->last + 1)
            book->last = n;
        if (n > book->highest)
            book->highest = n;
        at += size;
    }
}

int transcript_open(struct transcript_book *book, const char *value, size_t len)
{
    transcript_new(book);
    long head = head_read(book, value, len);
    if (head < 0)
        return -EINVAL;
    book->lines = value + head;
    len -= (size_t)head;
    while (book->top < len && !is_event(book->lines + book->top, len - book->top))
        book->top += line_size(book->lines + book->top, len - book->top);
    size_t events = len - book->top;
    if (events > TRANSCRIPT_MAX || (len && book->lines[len - 1] != '\n'))
        return -EINVAL;
    memcpy(book->own, book->lines + book->top, events);
    book->events = events;
    numbers_follow(book);
    return 0;
}

static int conversation_line(struct line_writer *w, const struct transcript_conversation *c)
{
    line_verb(w, "conversation", NULL);
    line_put(w, "id", c->id);
    line_put(w, "to", c->to);
    line_put(w, "code", c->code);
    line_put(w, "name", c->name);
    line_put_number(w, "until", c->until);
    line_put_number(w, "unanswered", c->unanswered);
    line_put(w, "state", c->ended ? "ended" : "live");
    return line_end(w);
}

int transcript_close(const struct transcript_book *book, char *value, size_t room)
{
    struct line_writer w;
    line_begin(&w, value, room);
    line_verb(&w, "transcript", NULL);
    line_put_number(&w, "v", 1);
    line_put_number(&w, "last", book->last);
    line_put_number(&w, "first", book->first);
    line_put_number(&w, "until", book->until);
    if (book->pieces) {
        line_put_number(&w, "pieces", book->pieces);
        line_put_number(&w, "pieces-until", book->pieces_until);
    }
    int head = line_end(&w);
    for (unsigned i = 0; i < book->conversations && head >= 0; i++)
        head = conversation_line(&w, &book->conversation[i]);
    if (head < 0 || (size_t)head + book->top + book->events >= room)
        return -E2BIG;
    size_t len = (size_t)head;
    if (book->lines)
        memcpy(value + len, book->lines, book->top);
    len += book->top;
    memcpy(value + len, book->own, book->events);
    len += book->events;
    value[len] = '\0';
    return (int)len;
}

struct transcript_conversation *transcript_find(struct transcript_book *book, const char *id)
{
    for (unsigned i = 0; i < transcript_conversations(book); i++)
        if (strcmp(book->conversation[i].id, id) == 0)
            return &book->conversation[i];
    return NULL;
}

/* Makes room by letting the first ended one go; NULL where all are live. */
static struct transcript_conversation *conversation_place(struct transcript_book *book)
{
    struct transcript_conversation *c = book->conversation;
    if (book->conversations < TRANSCRIPT_CONVERSATIONS)
        return &c[book->conversations++];
    for (unsigned i = 0; i < TRANSCRIPT_CONVERSATIONS; i++)
        if (c[i].ended) {
            memmove(&c[i], &c[i + 1], (TRANSCRIPT_CONVERSATIONS - 1 - i) * sizeof *c);
            return &c[TRANSCRIPT_CONVERSATIONS - 1];
        }
    return NULL;
}

int transcript_put(struct transcript_book *book, const struct transcript_conversation *mine)
{
    struct transcript_conversation *place = transcript_find(book, mine->id);
    if (!place)
        place = conversation_place(book);
    if (!place)
        return -ENOSPC;
    *place = *mine;
    if (mine->until > book->until)
        book->until = mine->until;
    return 0;
}

/* Its length, LF included, or -E2BIG. */
static int event_line(const struct transcript_event *event, char *out, size_t room)
{
    struct line_writer w;
    line_begin(&w, out, room);
    line_verb(&w, "event", NULL);
    line_put_number(&w, "n", event->n);
    line_put(&w, "conversation", event->conversation);
    line_put(&w, "type", event->type);
    line_put(&w, "message", event->message);
    line_put(&w, "from", event->from);
    line_put(&w, "to", event->to);
    line_put_number(&w, "time", event->time);
    line_put(&w, "text", event->text);
    line_put(&w, "state", event->state);
    line_put(&w, "reason", event->reason && *event->reason ? event->reason : NULL);
    if (event->parts)
        line_put_number(&w, "parts", event->parts);
    line_put(&w, "missing", event->missing ? "yes" : NULL);
    return line_end(&w);
}

int transcript_add(struct transcript_book *book, struct transcript_event *event,
                   struct transcript_line *line)
{
    size_t room = sizeof book->own - book->events;
    event->n = book->highest + 1;
    int len = event_line(event, book->own + book->events,
                         room < TRANSCRIPT_EVENT ? room : TRANSCRIPT_EVENT);
    if (len < 0)
        return len;
    *line = (struct transcript_line){event->n, book->own + book->events, (size_t)len};
    book->events += (size_t)len;
    if (book->last == book->highest)
        book->last = event->n;
    book->highest = event->n;
    return 0;
}

void transcript_leap(struct transcript_book *book, int64_t now)
{
    if (book->highest < now)
        book->highest = now;
    book->last = book->highest;
}

/* Whether a field stands in a line, which is not parsed for it: words are what spaces part. `begin`
 * is a space, the name and `=`; no octet of the value is ever escaped. */
static bool has_field(const char *at, size_t size, const char *begin, const char *value)
{
    size_t before = strlen(begin), len = strlen(value);
    const char *hit = memmem(at, size, begin, before), *end = at + size;
    return hit && (size_t)(end - hit) > before + len && memcmp(hit + before, value, len) == 0 &&
           (hit[before + len] == ' ' || hit[before + len] == '\n');
}

bool transcript_has(const struct transcript_book *book, const char *type, const char *message,
                    const char *state, struct transcript_line *line)
{
    for (size_t at = 0, size; at < book->events; at += size) {
        const char *here = book->own + at;
        size = line_size(here, book->events - at);
        if (!has_field(here, size, " message=", message) ||
            !has_field(here, size, " type=", type) ||
            (state && !has_field(here, size, " state=", state)))
            continue;
        *line = (struct transcript_line){event_number(here, size), here, size};
        return true;
    }
    return false;
}

int transcript_restore(struct transcript_book *book, int64_t n, const char *line, size_t len)
{
    size_t at = 0;
    if (len == 0 || len >= TRANSCRIPT_EVENT || n < 1 || event_number(line, len) != n)
        return -EINVAL;
    while (at < book->events) {
        size_t size = line_size(book->own + at, book->events - at);
        int64_t there = event_number(book->own + at, size);
        if (there == n)
            return 0;
        if (there > n)
            break;
        at += size;
    }
    bool ends = line[len - 1] == '\n';
    if (book->events + len + !ends > sizeof book->own)
        return -E2BIG;
    memmove(book->own + at + len + !ends, book->own + at, book->events - at);
    memcpy(book->own + at, line, len);
    if (!ends)
        book->own[at + len] = '\n';
    book->events += len + !ends;
    numbers_follow(book);
    return 0;
}

void transcript_settle(struct transcript_book *book)
{
    book->last = book->highest;
}

size_t transcript_spill(struct transcript_book *book, char *out, size_t room)
{
    size_t leaving = 0, most = room < TRANSCRIPT_PIECE ? room : TRANSCRIPT_PIECE;
    int64_t newest = 0;
    if (book->events <= TRANSCRIPT_KEEPS)
        return 0;
    while (leaving < book->events) {
        size_t size = line_size(book->own + leaving, book->events - leaving);
        if (leaving + size > most)
            break;
        newest = event_number(book->own + leaving, size);
        leaving += size;
    }
    memcpy(out, book->own, leaving);
    memmove(book->own, book->own + leaving, book->events - leaving);
    book->events -= leaving;
    book->first = newest + 1;
    book->pieces++;
    return leaving;
}
