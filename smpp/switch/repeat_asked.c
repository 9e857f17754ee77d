/* Another smppd asks about an answer that it holds, or tells that its own counts; see repeat.h. */
#include "smpp/switch/repeat_inner.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/wire/copy.h"
#include "smpp/wire/line.h"

struct asked {
    struct switchboard *sb;
    uint64_t reply; /* the asker's name for it */
    enum spool_standing standing;
    char from[GIVEN_INSTANCE_ROOM];
};

static void looked(void *ctx, const struct spool_result *result)
{
    struct asked *asked = ctx;
    struct verdict verdict = {.to = asked->from,
                              .reply = asked->reply,
                              .standing = asked->standing,
                              .verdict = result->verdict};
    if (result->error == 0)
        verdict_post(asked->sb, &verdict); /* else as if we were down */
    free(asked);
}

void repeat_asked(struct switchboard *sb, const struct line *line)
{
    const char *from = line_get(line, "from"), *to = line_get(line, "to"),
               *likeness = line_get(line, "likeness");
    uint64_t reply = (uint64_t)line_number(line, "reply", 0);
    if (!likeness || !to || strcmp(to, sb->conf->instance) != 0 ||
        strlen(from) >= GIVEN_INSTANCE_ROOM)
        return;
    struct asked *asked = calloc(1, sizeof *asked);
    if (!asked)
        return;
    *asked = (struct asked){.sb = sb, .reply = reply, .standing = standing_read(line->verb)};
    copy_put(asked->from, sizeof asked->from, from);
    struct spool_twin twin = {
        .mobile = line_get(line, "mobile"),
        .code = line_get(line, "code"),
        .smsc_id = line_get(line, "id"),
        .likeness = strtoull(likeness, NULL, 16),
        .received = line_number(line, "at", 0),
        .after = line_number(line, "after", 0),
        .standing = asked->standing,
    };
    if (spool_reply_asked(sb->spool, &twin, (struct spool_done){looked, asked}) < 0)
        free(asked);
}
