/* A line left for other smppd; see stray.h. */
#include "smpp/switch/switchboard.h"

#include <stdlib.h>

#include "smpp/wire/line.h"

static void told(struct stray_post *post)
{
    free(post); /* its teller knows what it means where memcached did not take it */
}

struct stray_post *strays_tell_begin(struct switchboard *sb, struct line_writer *w,
                                     const char *verb, unsigned life_s)
{
    struct stray_post *post = calloc(1, sizeof *post);
    if (!post)
        return NULL;
    post->life = life_s;
    post->then = told;
    line_begin(w, post->line, sizeof post->line);
    line_verb(w, verb, NULL);
    line_put(w, "from", sb->conf->instance);
    return post;
}

void strays_tell(struct switchboard *sb, struct stray_post *post, struct line_writer *w)
{
    if (line_end(w) < 0 || stray_post_put(sb->storer, post) < 0)
        free(post);
}
