/* What two smppd say to each other about an answer (smpp/store/README.md); see repeat_inner.h. */
#include "smpp/switch/repeat_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "smpp/wire/line.h"

enum { ASKED_LIFE_S = 60, KEPT_LIFE_S = 86400 };

static const char *const standing_verb[] = {
    [SPOOL_HELD] = "asked", [SPOOL_COUNTS] = "kept", [SPOOL_FILED] = "filed"};

static const char *const verdict_word[] = {
    [SPOOL_KEPT] = "no", [SPOOL_DUPLICATE] = "yes", [SPOOL_LATER] = "later"};

/* What memcached does not take is said again. */
void repeat_post(const struct repeat *repeat)
{
    struct line_writer w;
    char likeness[17];
    struct stray_post *post =
        strays_tell_begin(repeat->sb, &w, standing_verb[repeat->standing],
                          repeat->standing == SPOOL_HELD ? ASKED_LIFE_S : KEPT_LIFE_S);
    if (!post)
        return;
    (void)snprintf(likeness, sizeof likeness, "%016" PRIx64, repeat->likeness);
    line_put(&w, "to", repeat->twin[0]);
    line_put_number(&w, "reply", (int64_t)repeat->reply);
    line_put_number(&w, "at", repeat->received);
    line_put_number(&w, "after", repeat->after);
    line_put(&w, "mobile", repeat->mobile);
    line_put(&w, "code", repeat->code);
    line_put(&w, "id", *repeat->id ? repeat->id : NULL);
    line_put(&w, "likeness", likeness);
    strays_tell(repeat->sb, post, &w);
}

void verdict_post(struct switchboard *sb, const struct verdict *verdict)
{
    struct line_writer w;
    struct stray_post *post = strays_tell_begin(sb, &w, "verdict", ASKED_LIFE_S);
    if (!post)
        return;
    line_put(&w, "to", verdict->to);
    line_put_number(&w, "reply", (int64_t)verdict->reply);
    line_put(&w, "of", standing_verb[verdict->standing]);
    line_put(&w, "repeated", verdict_word[verdict->verdict]);
    strays_tell(sb, post, &w);
}

enum spool_standing standing_read(const char *verb)
{
    return strcmp(verb, "filed") == 0  ? SPOOL_FILED
           : strcmp(verb, "kept") == 0 ? SPOOL_COUNTS
                                       : SPOOL_HELD;
}

bool verdict_read(const struct switchboard *sb, const struct line *line, struct verdict *verdict)
{
    const char *to = line_get(line, "to"), *repeated = line_get(line, "repeated"),
               *of = line_get(line, "of");
    if (!to || !repeated || !of || strcmp(to, sb->conf->instance) != 0)
        return false;
    *verdict = (struct verdict){.to = line_get(line, "from"),
                                .reply = (uint64_t)line_number(line, "reply", 0),
                                .standing = standing_read(of)};
    for (unsigned i = 0; i < sizeof verdict_word / sizeof *verdict_word; i++)
        if (verdict_word[i] && strcmp(repeated, verdict_word[i]) == 0) {
            verdict->verdict = (enum spool_verdict)i;
            return true;
        }
    return false;
}
