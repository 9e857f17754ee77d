/* What links tell: which there are, over which connection answers come, what became of a submit. */
#include <errno.h>
#include <stdlib.h>

#include "smpp/logbook/log.h"
#include "smpp/switch/switchboard.h"

enum { DOUBT_MS = 10000 }; /* a response handed to TCP that long ago has arrived */

static size_t link_index(const struct switchboard *sb, const struct link *link)
{
    size_t i = 0;
    while (i < sb->links.count && sb->links.links[i] != link)
        i++;
    return i;
}

bool switch_has_link(const struct switchboard *sb, const struct link *link)
{
    return link_index(sb, link) < sb->links.count;
}

uint64_t switch_arrival(const struct switchboard *sb, const struct link *link, uint32_t sequence)
{
    size_t i = link_index(sb, link);
    return i < sb->links.count && sb->connection[i] ? (uint64_t)sb->connection[i] << 32 | sequence
                                                    : 0;
}

int switch_links(struct switchboard *sb, struct link *const *links, size_t count)
{
    struct link **copy = calloc(count ? count : 1, sizeof(struct link *));
    uint32_t *connection = calloc(count ? count : 1, sizeof *connection);
    if (!copy || !connection) {
        free(copy);
        free(connection);
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        size_t before = link_index(sb, links[i]);
        copy[i] = links[i];
        connection[i] = before < sb->links.count ? sb->connection[before] : 0;
    }
    free(sb->links.links);
    free(sb->connection);
    sb->links.links = copy;
    sb->connection = connection;
    sb->links.count = count;
    outbox_run(sb);
    return 0;
}

static void link_is_up(void *ctx, struct link *link)
{
    (void)link; /* any lane may want it */
    outbox_run(ctx);
}

static void link_opened(void *ctx, struct link *link)
{
    struct switchboard *sb = ctx;
    size_t i = link_index(sb, link);
    if (i < sb->links.count)
        sb->connection[i] = ++sb->answers.connections;
}

static void link_closed(void *ctx, struct link *link)
{
    struct switchboard *sb = ctx;
    size_t i = link_index(sb, link);
    if (i < sb->links.count)
        sb->connection[i] = 0;
    if (spool_doubt(sb->spool, switch_link_conf(link)->peer, switch_now(sb) - DOUBT_MS,
                    (struct spool_done){0}) < 0)
        log_warning("SD0350", "an answer repeated by the SMSC may be shown twice: link=%s",
                    link_conf(link)->name);
}

/* What was answered last may not have left. */
void switch_cut(struct switchboard *sb)
{
    for (size_t i = 0; i < sb->links.count; i++)
        if (sb->connection[i])
            link_closed(sb, sb->links.links[i]);
}

static void link_submitted(void *ctx, struct link *link, const struct link_result *result)
{
    outbox_submitted(ctx, link, result);
}

static void link_in_doubt(void *ctx, struct link *link, uint64_t tag, const char *why)
{
    (void)link; /* the tag says it all */
    (void)why;  /* the link has logged it */
    outbox_in_doubt(ctx, tag);
}

static void link_unsent(void *ctx, struct link *link, uint64_t tag)
{
    (void)link; /* as above */
    outbox_unsent(ctx, tag);
}

static void link_has_room(void *ctx, struct link *link)
{
    (void)link; /* any lane may want it */
    outbox_run(ctx);
}

static void link_deliver(void *ctx, struct link *link, const struct message *message,
                         uint64_t token)
{
    if (!delivery_receipt(ctx, link, message, token))
        answers_deliver(ctx, link, message, token);
}

static void link_log(void *ctx, struct link *link, int level, const char *id, const char *line)
{
    (void)ctx; /* the log is the process's */
    log_at((enum log_level)level, id, "link %s: %s", link_conf(link)->name, line);
}

const struct link_events switch_link_events = {
    .up = link_is_up,
    .opened = link_opened,
    .closed = link_closed,
    .submitted = link_submitted,
    .in_doubt = link_in_doubt,
    .unsent = link_unsent,
    .room = link_has_room,
    .deliver = link_deliver,
    .log = link_log,
};
