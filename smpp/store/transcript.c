/* A transcript is read in place, line by line, by the grammar of PROTOCOL.md; see transcript.h. */
#include "smpp/store/transcript.h"

#include <errno.h>
#include <string.h>

bool transcript_next(struct transcript *t, struct line *line)
{
    while (t->left > 0) {
        char *end = memchr(t->rest, '\n', t->left);
        size_t len = end ? (size_t)(end - t->rest) : t->left;
        char *text = t->rest;
        size_t past = end ? len + 1 : len;
        t->rest += past;
        t->left -= past;
        if (len > 0 && line_parse(line, text, len) == 0)
            return true;
    }
    return false;
}

/* The number of the event that comes next, as smppd writes it; -1 where that is none. */
static int64_t number_ahead(const struct transcript *t)
{
    static const char begin[] = "event n=";
    size_t at = sizeof begin - 1;
    int64_t number = 0;
    if (t->left < at || memcmp(t->rest, begin, at) != 0)
        return -1;
    size_t digits = at;
    for (; at < t->left && at - digits < 18 && t->rest[at] >= '0' && t->rest[at] <= '9'; at++)
        number = number * 10 + (t->rest[at] - '0');
    return at > digits && at < t->left && t->rest[at] == ' ' ? number : -1;
}

void transcript_skip(struct transcript *t, int64_t after)
{
    for (int64_t n; (n = number_ahead(t)) >= 0 && n <= after;) {
        const char *end = memchr(t->rest, '\n', t->left);
        size_t past = end ? (size_t)(end - t->rest) + 1 : t->left;
        t->rest += past;
        t->left -= past;
    }
}

int transcript_read(struct transcript *t, char *value, size_t len)
{
    struct line head;
    *t = (struct transcript){.rest = value, .left = len};
    if (!transcript_next(t, &head) || strcmp(head.verb, "transcript") != 0 ||
        line_number(&head, "v", 0) != 1)
        return -EINVAL;
    t->last = line_number(&head, "last", 0);
    t->first = line_number(&head, "first", 1);
    t->until = line_number(&head, "until", 0);
    return 0;
}
