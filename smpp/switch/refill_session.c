/* One session's transcript put back, with its conversations; see refill.h. */
#include "smpp/switch/refill_inner.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/log.h"
#include "smpp/storer/refill_job.h"

struct session_refill {
    struct switchboard *sb;
    struct lines *lines;
};

static void session_line(void *ctx, const struct spool_row *row)
{
    struct session_refill *one = ctx;
    if (lines_add(one->lines, row->event.line) < 0)
        log_error("SD0348", "out of memory: an event is not put back");
}

/* Its events, and behind them the lines of its conversations. */
static void session_done(void *ctx, const struct spool_result *result)
{
    struct session_refill *one = ctx;
    struct switchboard *sb = one->sb;
    char name[ROUTE_ID_ROOM];
    struct conversation *conversation;
    memcpy(name, one->lines->session, sizeof name);
    if (result->error < 0 || refill_put_lines(sb->storer, one->lines, switch_now(sb)) < 0)
        log_error("SD0349", "a transcript could not be put back into memcached");
    if (result->error < 0)
        lines_free(one->lines);
    free(one);
    struct session *session = session_find(&sb->conversations, name);
    if (!session)
        return;
    session->filling = false;
    TAILQ_FOREACH(conversation, &session->own, in_session)
    {
        struct spool_conversation row = conversation_row(conversation, false);
        refill_conversation(sb, &row);
    }
}

void refill_session(struct switchboard *sb, const char *session)
{
    struct session *known = session_find(&sb->conversations, session);
    struct session_refill *one = known && !known->filling ? calloc(1, sizeof *one) : NULL;
    if (!one)
        return;
    one->sb = sb;
    one->lines = lines_new(session);
    struct spool_reader reader = {.row = session_line, .done = {session_done, one}};
    known->lost = known->filling = true;
    if (!one->lines || spool_scan(sb->spool, SPOOL_SCAN_EVENTS, session, &reader) < 0) {
        known->filling = false;
        lines_free(one->lines);
        free(one);
    }
}
