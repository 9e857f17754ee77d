/* Opt-outs, exports, links: what an operator changes; see verbs_operator.h. */
#include "smpp/switch/verbs_operator.h"

#include <errno.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/switch/switchboard.h"

static void refuse(struct request *request, int e)
{
    if (e == -ENOENT)
        request_refuse_field(request, "file");
    else
        request_refuse_for(request,
                           e == -EAGAIN   ? "queue-full"
                           : e == -ENOSPC ? "spool-full"
                                          : "spool-down",
                           5);
}

/* ---- opt-outs ---- */

static void optout_row(void *ctx, const struct spool_row *row)
{
    if (optout_is_taken_back(&row->optout))
        return;
    struct line_writer *w = request_item(ctx);
    line_put(w, "mobile", row->optout.mobile);
    line_put_number(w, "since", row->optout.since);
    line_put(w, "how", row->optout.how);
    line_put(w, "whom", *row->optout.session ? "one" : "all");
}

static void yes(void *ctx, const struct spool_result *result)
{
    if (result->error < 0)
        refuse(ctx, result->error);
    else
        request_yes(ctx);
}

void verb_optout_list(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    struct spool_reader reader = {.row = optout_row, .done = {yes, request}};
    int e = spool_scan(sb->spool, SPOOL_SCAN_OPTOUTS, "", &reader);
    if (e < 0)
        refuse(request, e);
}

static const char *mobile_take(struct request *request)
{
    const char *mobile = request_get(request, "mobile");
    if (mobile && switch_is_mobile(mobile))
        return mobile;
    request_refuse_field(request, "mobile");
    return NULL;
}

/* What a mobile refuses or takes back is always told to memcached; an operator's list waits. */
static bool storer_is_full(const struct switchboard *sb)
{
    return storer_waiting(sb->storer) >= sb->conf->store_queue;
}

void verb_optout_add(void *ctx, struct request *request)
{
    struct spool_done done = {yes, request};
    const char *mobile = mobile_take(request);
    if (!mobile)
        return;
    int e = storer_is_full(ctx) ? -EAGAIN : optouts_add(ctx, mobile, "", "operator", &done);
    if (e < 0)
        refuse(request, e);
}

void verb_optout_remove(void *ctx, struct request *request)
{
    struct spool_done done = {yes, request};
    const char *mobile = mobile_take(request);
    if (!mobile)
        return;
    int e = storer_is_full(ctx) ? -EAGAIN : optouts_remove(ctx, mobile, &done);
    if (e < 0)
        refuse(request, e);
}

/* ---- charging records ---- */

static void exported(void *ctx, const struct spool_result *result)
{
    if (result->error < 0) {
        refuse(ctx, result->error);
        return;
    }
    counter_add(COUNTER_CDRS_EXPORTED, result->records);
    struct line_writer *w = request_ok(ctx);
    line_put(w, "file", result->file && *result->file ? result->file : NULL);
    line_put_number(w, "files", result->files);
    line_put_number(w, "records", (int64_t)result->records);
    request_done(ctx);
}

/* What a request says under a name, -1 where it says nothing; false, and refused, where that is no
 * number. */
static bool number_take(struct request *request, const char *name, int64_t *number)
{
    *number = request_number(request, name, -1);
    if (*number >= 0 || !request_get(request, name))
        return true;
    request_refuse_field(request, name);
    return false;
}

/* Without a range the file under way is closed; with one a copy is written; `file` writes a closed
 * one again. */
void verb_cdr_export(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    struct spool_done done = {exported, request};
    int64_t from, to, file;
    int e;
    if (!number_take(request, "from", &from) || !number_take(request, "to", &to) ||
        !number_take(request, "file", &file))
        return;
    if ((from < 0) != (to < 0) || from > to) {
        request_refuse_field(request, from < 0 ? "from" : "to");
        return;
    }
    if (file == 0)
        e = -ENOENT; /* the first one is 1 */
    else if (file > 0)
        e = spool_cdr_again(sb->spool, (uint64_t)file, done);
    else if (from >= 0)
        e = spool_cdr_copy(sb->spool, from, to, done);
    else
        e = spool_cdr_close(sb->spool, clock_wall(), done);
    if (e < 0)
        refuse(request, e);
}

/* ---- links ---- */

static struct link *link_take(struct switchboard *sb, struct request *request)
{
    const char *name = request_get(request, "name");
    for (size_t i = 0; name && i < sb->links.count; i++)
        if (!link_is_leaving(sb->links.links[i]) &&
            strcmp(link_conf(sb->links.links[i])->name, name) == 0)
            return sb->links.links[i];
    request_refuse_field(request, "name");
    return NULL;
}

void verb_link_pause(void *ctx, struct request *request)
{
    struct link *link = link_take(ctx, request);
    if (!link)
        return;
    link_pause(link);
    request_yes(request);
}

void verb_link_resume(void *ctx, struct request *request)
{
    struct link *link = link_take(ctx, request);
    if (!link)
        return;
    link_resume(link);
    request_yes(request);
}

/* ---- the main program's ---- */

void verb_drain(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    if (sb->parts.drain)
        sb->parts.drain(sb->parts.ctx, request);
    else
        request_refuse(request, "unknown-verb");
}

void verb_reload(void *ctx, struct request *request)
{
    struct switchboard *sb = ctx;
    if (sb->parts.reload)
        sb->parts.reload(sb->parts.ctx, request);
    else
        request_refuse(request, "unknown-verb");
}
