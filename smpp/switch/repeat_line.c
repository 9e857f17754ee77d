/* What two smppd say to each other about an answer (smpp/store/README.md); see repeat_inner.h. */
#include "smpp/switch/repeat_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/wire/line.h"

enum { ASKED_LIFE_S = 60, KEPT_LIFE_S = 86400 };

static const char *const standing_verb[] = {
    [SPOOL_HELD] = "asked", [SPOOL_COUNTS] = "kept", [SPOOL_FILED] = "filed"};

static const char *const verdict_word[] = {
    [SPOOL_KEPT] = "no", [SPOOL_DUPLICATE] = "yes", [SPOOL_LATER] = "later"};

static void posted(struct stray_post *post)
{
    free(post); /* what memcached did not take is said again */
}

static struct stray_post *post_begin(struct line_writer *w, unsigned life)
{
    struct stray_post *post = calloc(1, sizeof *post);
    if (!post)
        return NULL;
    post->life = life;
    post->then = posted;
    line_begin(w, post->line, sizeof post->line);
    return post;
}

static void post_end(struct switchboard *sb, struct line_writer *w, struct stray_post *post)
{
    if (line_end(w) < 0 || stray_post_put(sb->storer, post) < 0)
        free(post);
}

void repeat_post(const struct repeat *repeat)
{
    struct line_writer w;
    char likeness[17];
    struct stray_post *post =
        post_begin(&w, repeat->standing == SPOOL_HELD ? ASKED_LIFE_S : KEPT_LIFE_S);
    if (!post)
        return;
    (void)snprintf(likeness, sizeof likeness, "%016" PRIx64, repeat->likeness);
    line_verb(&w, standing_verb[repeat->standing], NULL);
    line_put(&w, "from", repeat->sb->conf->instance);
    line_put(&w, "to", repeat->twin[0]);
    line_put_number(&w, "reply", (int64_t)repeat->reply);
    line_put_number(&w, "at", repeat->received);
    line_put_number(&w, "after", repeat->after);
    line_put(&w, "mobile", repeat->mobile);
    line_put(&w, "code", repeat->code);
    line_put(&w, "id", *repeat->id ? repeat->id : NULL);
    line_put(&w, "likeness", likeness);
    post_end(repeat->sb, &w, post);
}

void verdict_post(struct switchboard *sb, const struct verdict *verdict)
{
    struct line_writer w;
    struct stray_post *post = post_begin(&w, ASKED_LIFE_S);
    if (!post)
        return;
    line_verb(&w, "verdict", NULL);
    line_put(&w, "from", sb->conf->instance);
    line_put(&w, "to", verdict->to);
    line_put_number(&w, "reply", (int64_t)verdict->reply);
    line_put(&w, "of", standing_verb[verdict->standing]);
    line_put(&w, "repeated", verdict_word[verdict->verdict]);
    post_end(sb, &w, post);
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
