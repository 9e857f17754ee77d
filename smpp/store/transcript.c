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
