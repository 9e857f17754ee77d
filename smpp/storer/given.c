/* Rows of short digests, one for each smppd; see given.h. */
#include "smpp/storer/given.h"

#include <string.h>

#include "smpp/wire/copy.h"

void given_digest(char digest[GIVEN_DIGEST + 1], uint64_t likeness)
{
    for (int i = GIVEN_DIGEST - 1; i >= 0; i--, likeness >>= 4)
        digest[i] = "0123456789abcdef"[likeness & 15];
    digest[GIVEN_DIGEST] = '\0';
}

void given_take(struct given *given, const struct line *line)
{
    const char *instance = line_get(line, "to"), *digests = line_get(line, "answers");
    if (!instance || !digests || given->count == GIVEN_TO ||
        strlen(instance) >= GIVEN_INSTANCE_ROOM || strlen(digests) >= sizeof given->to->digests ||
        strlen(digests) % GIVEN_DIGEST)
        return;
    struct given_to *to = &given->to[given->count++];
    copy_put(to->instance, sizeof to->instance, instance);
    copy_put(to->digests, sizeof to->digests, digests);
    to->at = line_number(line, "at", 0);
}

int given_write(const struct given *given, struct line_writer *w)
{
    int len = 0;
    for (unsigned i = 0; i < given->count; i++) {
        line_verb(w, "given", NULL);
        line_put(w, "to", given->to[i].instance);
        line_put_number(w, "at", given->to[i].at);
        line_put(w, "answers", given->to[i].digests);
        len = line_end(w);
    }
    return len < 0 ? len : 0;
}

/* Its row, as the last one. Where there are too many the first makes room. */
static struct given_to *row_of(struct given *given, const char *instance)
{
    struct given_to to = {.digests = ""};
    unsigned i = 0;
    copy_put(to.instance, sizeof to.instance, instance); /* conf bounds it */
    while (i < given->count && strcmp(given->to[i].instance, instance) != 0)
        i++;
    if (i < given->count)
        to = given->to[i];
    else if (given->count < GIVEN_TO)
        given->count++;
    else
        i = 0;
    memmove(given->to + i, given->to + i + 1, (given->count - i - 1) * sizeof *given->to);
    given->to[given->count - 1] = to;
    return &given->to[given->count - 1];
}

int64_t given_note(struct given *given, const char *instance, uint64_t likeness, int64_t now)
{
    int64_t last = given->count ? given->to[given->count - 1].at : 0;
    struct given_to *to = row_of(given, instance);
    size_t len = strlen(to->digests);
    to->at = now > last ? now : last + 1;
    if (given_has(to, likeness))
        return to->at;
    if (len == GIVEN_ANSWERS * GIVEN_DIGEST) {
        len -= GIVEN_DIGEST;
        memmove(to->digests, to->digests + GIVEN_DIGEST, len);
    }
    given_digest(to->digests + len, likeness);
    return to->at;
}

bool given_has(const struct given_to *to, uint64_t likeness)
{
    char digest[GIVEN_DIGEST + 1];
    given_digest(digest, likeness);
    for (const char *at = to->digests; *at; at += GIVEN_DIGEST)
        if (memcmp(at, digest, GIVEN_DIGEST) == 0)
            return true;
    return false;
}
