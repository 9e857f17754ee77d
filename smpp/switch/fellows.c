/* Names and when they were seen, as one value of the spool; see fellows.h. */
#include "smpp/switch/fellows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/switchboard.h"
#include "smpp/wire/copy.h"

enum {
    LATELY_MS = 600000,
    REMEMBER_MS = 86400000,
    KEEP_MS = 60000,
    VALUE_ROOM = OTHERS_MAX * (STORER_KEY_ROOM + 24)
};

static const char value_name[] = "smppds";

/* The place of one; where there are too many it takes that of the one not seen for longest. */
static struct fellow *place_of(struct fellows *fellows, const char *instance, bool *found)
{
    struct fellow *oldest = fellows->fellow;
    *found = true;
    for (unsigned i = 0; i < fellows->count; i++) {
        if (strcmp(fellows->fellow[i].instance, instance) == 0)
            return &fellows->fellow[i];
        if (fellows->fellow[i].seen < oldest->seen)
            oldest = &fellows->fellow[i];
    }
    *found = false;
    return fellows->count < OTHERS_MAX ? &fellows->fellow[fellows->count++] : oldest;
}

/* Whether it is a new one. */
static bool fellow_see(struct fellows *fellows, const char *instance, int64_t now)
{
    bool found;
    struct fellow *fellow = place_of(fellows, instance, &found);
    copy_put(fellow->instance, sizeof fellow->instance, instance); /* a key holds it */
    fellow->seen = now;
    return !found;
}

void fellows_recall(struct fellows *fellows, struct spool *spool, int64_t now,
                    char names[STORER_OTHERS_ROOM])
{
    char value[VALUE_ROOM];
    size_t len = 0;
    *fellows = (struct fellows){0};
    *names = '\0';
    if (spool_meta_read(spool, value_name, value, sizeof value) < 0)
        return;
    char *rest = value;
    for (char *instance; (instance = strsep(&rest, " "));) {
        const char *seen = strsep(&rest, " ");
        int64_t at = seen ? strtoll(seen, NULL, 10) : 0;
        if (!*instance || fellows->count == OTHERS_MAX || now - at > REMEMBER_MS)
            continue;
        (void)fellow_see(fellows, instance, at);
        if (now - at > LATELY_MS)
            continue;
        len += (size_t)snprintf(names + len, STORER_OTHERS_ROOM - len, "%s%s", len ? " " : "",
                                instance);
    }
}

unsigned fellows_place(const struct fellows *fellows, const char *own, unsigned count)
{
    unsigned before = 0;
    for (unsigned i = 0; i < fellows->count; i++)
        before += strcmp(fellows->fellow[i].instance, own) < 0;
    return before * count / (fellows->count + 1);
}

static void fellows_keep(struct switchboard *sb, int64_t now)
{
    struct fellows *fellows = &sb->fellows;
    char value[VALUE_ROOM];
    size_t len = 0;
    for (unsigned i = 0; i < fellows->count; i++)
        len += (size_t)snprintf(value + len, sizeof value - len, "%s%s %lld", i ? " " : "",
                                fellows->fellow[i].instance, (long long)fellows->fellow[i].seen);
    if (spool_meta(sb->spool, value_name, value, (struct spool_done){0}) == 0)
        fellows->kept = now; /* else at the next look */
}

void fellows_tick(struct switchboard *sb, int64_t now)
{
    char names[STORER_OTHERS_ROOM], *rest = names;
    bool news = false, any = false;
    storer_others(sb->storer, names);
    for (char *instance; (instance = strsep(&rest, " "));) {
        if (!*instance)
            continue;
        any = true;
        news |= fellow_see(&sb->fellows, instance, now);
    }
    if (news || (any && now - sb->fellows.kept >= KEEP_MS))
        fellows_keep(sb, now);
}
