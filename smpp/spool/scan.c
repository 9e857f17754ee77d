/* Tables read back a page at a time, so that the writer never waits long for a reader. */
#include "smpp/spool/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/spool/job.h"
#include "smpp/spool/ledger.h"
#include "smpp/spool/message.h"
#include "smpp/spool/repeat.h"

enum { PAGE_ROWS = 256, PAGE_OCTETS = 131072 };

/* Where a scan goes on: after this number, this number of a name's, or this pair of texts. */
struct position {
    int64_t number;
    char first[SPOOL_NAME_MAX + 1];
    char second[SPOOL_NAME_MAX + 1];
};

struct page {
    struct position from, after; /* of this page's first row, and of its last */
    bool more;
    uint64_t records; /* of the pages told so far */
    unsigned rows;
    struct spool_row *row; /* PAGE_ROWS */
    char *arena;           /* what the rows' strings point to */
    size_t room, used;
};

/* How a table is scanned: its statement, its rows' shape, and how it goes on after one. */
struct scan_type {
    enum query_name query;
    const struct record *record;
    void (*bind)(struct query *query, const struct position *after);
    void (*note)(struct position *after, const struct spool_row *row, struct query *query,
                 int column);
};

static void number_bind(struct query *query, const struct position *after)
{
    query_bind(query, 1, after->number);
}

static void pair_bind(struct query *query, const struct position *after)
{
    query_bind_text(query, 1, after->first);
    query_bind_text(query, 2, after->second);
}

static void named_bind(struct query *query, const struct position *after)
{
    query_bind_text(query, 1, after->first);
    query_bind(query, 2, after->number);
}

static void position_text(char *to, const char *from)
{
    /* Every text that comes here was measured against SPOOL_NAME_MAX when it was kept. */
    strncpy(to, from, SPOOL_NAME_MAX);
}

static void message_note(struct position *after, const struct spool_row *row, struct query *query,
                         int column)
{
    struct spool_message *message = (struct spool_message *)&row->message;
    uint64_t states = (uint64_t)query_number(query, column);

    for (unsigned part = 1; part <= message->parts && part <= SPOOL_PARTS; part++)
        message->state[part - 1] = (uint8_t)message_state_of(states, part);
    after->number = (int64_t)message->id;
}

static void settled_note(struct position *after, const struct spool_row *row, struct query *query,
                         int column)
{
    struct spool_settled *settled = (struct spool_settled *)&row->settled;
    uint64_t states = (uint64_t)query_number(query, column);

    settled->state = message_state_whole(states, settled->parts);
    after->number = (int64_t)settled->id;
}

static void reply_note(struct position *after, const struct spool_row *row, struct query *query,
                       int column)
{
    struct spool_reply *reply = (struct spool_reply *)&row->reply;

    int64_t original = query_number(query, column);

    reply->held = original == REPLY_HELD;
    reply->claimed = original == REPLY_CLAIMED || original == REPLY_CLAIMED_SHOWN;
    reply->shown = original == REPLY_CLAIMED_SHOWN;
    after->number = (int64_t)row->reply.id;
}

static void conversation_note(struct position *after, const struct spool_row *row,
                              struct query *query, int column)
{
    (void)query;
    (void)column;
    position_text(after->first, row->conversation.session);
    after->number = (int64_t)row->conversation.id;
}

static void event_note(struct position *after, const struct spool_row *row, struct query *query,
                       int column)
{
    (void)query;
    (void)column;
    position_text(after->first, row->event.session);
    after->number = row->event.n;
}

static void optout_note(struct position *after, const struct spool_row *row, struct query *query,
                        int column)
{
    (void)query;
    (void)column;
    position_text(after->first, row->optout.mobile);
    position_text(after->second, row->optout.session);
}

static void notice_note(struct position *after, const struct spool_row *row, struct query *query,
                        int column)
{
    (void)row;
    after->number = query_number(query, column);
}

static void early_note(struct position *after, const struct spool_row *row, struct query *query,
                       int column)
{
    (void)query;
    (void)column;
    after->number = (int64_t)row->early.id;
}

static const struct scan_type SCAN_TYPE[] = {
    [SPOOL_SCAN_MESSAGES] = {QUERY_MESSAGE_SCAN, &MESSAGE_RECORD, number_bind, message_note},
    [SPOOL_SCAN_SETTLED] = {QUERY_SETTLED_SCAN, &SETTLED_RECORD, number_bind, settled_note},
    [SPOOL_SCAN_REPLIES] = {QUERY_REPLY_SCAN, &REPLY_RECORD, number_bind, reply_note},
    [SPOOL_SCAN_CONVERSATIONS] = {QUERY_CONVERSATION_SCAN, &CONVERSATION_RECORD, named_bind,
                                  conversation_note},
    [SPOOL_SCAN_EVENTS] = {QUERY_EVENT_SCAN, &EVENT_RECORD, named_bind, event_note},
    [SPOOL_SCAN_OPTOUTS] = {QUERY_OPTOUT_SCAN, &OPTOUT_RECORD, pair_bind, optout_note},
    [SPOOL_SCAN_NOTICES] = {QUERY_NOTICE_SCAN, &NOTICE_RECORD, number_bind, notice_note},
    [SPOOL_SCAN_EARLY] = {QUERY_EARLY_SCAN, &EARLY_RECORD, number_bind, early_note},
};

static struct page *page_new(const struct scan_request *request)
{
    struct page *page = calloc(1, sizeof *page);

    if (!page)
        return NULL;
    page->row = calloc(PAGE_ROWS, sizeof *page->row);
    page->room = PAGE_OCTETS;
    page->arena = malloc(page->room);
    page->from.number = request->after ? (int64_t)request->after : -1;
    position_text(page->from.first, request->session);
    if (page->row && page->arena)
        return page;
    page_free(page);
    return NULL;
}

void page_free(struct page *page)
{
    if (!page)
        return;
    free(page->row);
    free(page->arena);
    free(page);
}

/* Takes the row the query stands on into the page: 1, or 0 where it is full. */
static int page_take(struct page *page, const struct scan_type *type, enum spool_scan scan,
                     struct query *query)
{
    struct spool_row *row = &page->row[page->rows];
    struct spool_row seen;
    size_t octets;
    int column;

    if (page->rows == PAGE_ROWS)
        return 0;
    memset(&seen, 0, sizeof seen);
    seen.scan = scan;
    column = record_read(type->record, query, &seen.message);
    octets = (size_t)record_measure(type->record, &seen.message);
    if (octets > page->room - page->used)
        return 0;
    type->note(&page->after, &seen, query, column);
    row->scan = scan;
    page->used =
        (size_t)(record_copy(type->record, &row->message, &seen.message, page->arena + page->used) -
                 page->arena);
    page->rows++;
    return 1;
}

int scan_read(struct ledger *ledger, struct job *job)
{
    const struct scan_request *request = (const void *)job->request;
    const struct scan_type *type = &SCAN_TYPE[request->scan];
    bool one = request->scan == SPOOL_SCAN_EVENTS && *request->session;
    struct query *query = db_query(ledger->db, one ? QUERY_EVENT_SCAN_SESSION : type->query);
    struct page *page = job->page ? job->page : page_new(request);
    struct position from;
    int stepped;

    if (!page)
        return -ENOMEM;
    job->page = page;
    page->after = page->from; /* the transaction may have been undone and run again */
    page->rows = 0;
    page->used = 0;
    page->more = true;
    from = page->after; /* what is bound must stand still while rows move `after` */
    type->bind(query, &from);
    while ((stepped = query_step(query)) == 1)
        if (!page_take(page, type, request->scan, query))
            break;
    query_end(query);
    if (stepped == 0 && page->rows < PAGE_ROWS)
        page->more = false;
    job->result.records = page->records + page->rows;
    return stepped < 0 ? stepped : 0;
}

int page_tell(struct job *job)
{
    struct page *page = job->page;

    if (!page)
        return 0;
    for (unsigned i = 0; i < page->rows; i++)
        job->row(job->done.ctx, &page->row[i]);
    page->records += page->rows;
    page->from = page->after;
    return page->more;
}
