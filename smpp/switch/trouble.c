/* What is wrong now; see trouble.h. */
#include "smpp/switch/trouble.h"

#include <string.h>

#include "smpp/switch/switchboard.h"

enum { SHORTAGE_LASTS_MS = 60000 };

static void trouble_tell(struct request *request, const char *trouble, const char *of,
                         const char *why)
{
    struct line_writer *w = request_item(request);
    line_put(w, "trouble", trouble);
    line_put(w, "of", of);
    line_put(w, "why", why);
}

static void spool_tell(const struct switchboard *sb, struct request *request)
{
    struct spool_stats stats;
    spool_stats(sb->spool, &stats);
    if (stats.full || stats.down)
        trouble_tell(request, "spool", sb->conf->state, stats.error_text);
    if (stats.log_error)
        trouble_tell(request, "spool-log", sb->conf->state, strerror(-stats.log_error));
    else if (stats.log_grows)
        trouble_tell(request, "spool-log", sb->conf->state, "somebody looks into the database");
    if (stats.export_error)
        trouble_tell(request, "cdr-files", sb->conf->cdr_directory, strerror(-stats.export_error));
}

static const struct link *link_called(const struct switchboard *sb, const char *name)
{
    for (size_t i = 0; i < sb->links.count; i++)
        if (!link_is_leaving(sb->links.links[i]) &&
            strcmp(link_conf(sb->links.links[i])->name, name) == 0)
            return sb->links.links[i];
    return NULL;
}

/* One that is paused is what its operator wanted, as long as answers come over it. */
static void link_tell(const struct switchboard *sb, struct request *request, const char *name)
{
    const struct link *link = link_called(sb, name);
    struct link_stats stats;
    if (!link) {
        trouble_tell(request, "link", name, "it cannot be made");
        return;
    }
    link_stats(link, &stats);
    if (!stats.receiving || (stats.state != LINK_UP && !stats.paused))
        trouble_tell(request, "link", name,
                     *stats.error ? stats.error : link_state_name(stats.state));
}

void troubles_tell(struct switchboard *sb, struct request *request)
{
    spool_tell(sb, request);
    if (!storer_up(sb->storer))
        trouble_tell(request, "memcached", sb->conf->store, "it does not answer");
    if (storer_is_shared(sb->storer))
        trouble_tell(request, "instance", sb->conf->instance, "another smppd has the same name");
    for (unsigned i = 0; i < sb->conf->links; i++)
        link_tell(sb, request, sb->conf->link[i].bind.name);
    if (sb->shortage.what && switch_now(sb) < sb->shortage.at + SHORTAGE_LASTS_MS)
        trouble_tell(request, "memory", sb->shortage.what, "refused within the last minute");
}
