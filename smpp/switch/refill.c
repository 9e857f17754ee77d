/* Reads the spool's tables one after the other; see refill.h. */
#include "smpp/switch/refill_inner.h"

#include <errno.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/storer/refill_job.h"

/* Another daemon looks at memcached once a second and then needs a moment. */
enum { GAPS_MS = 4000 };

/* The order matters: conversations first, for the others ask whether their session lives. */
static const enum spool_scan at_start[] = {
    SPOOL_SCAN_CONVERSATIONS, SPOOL_SCAN_OPTOUTS,  SPOOL_SCAN_NOTICES, SPOOL_SCAN_EVENTS,
    SPOOL_SCAN_SETTLED,       SPOOL_SCAN_MESSAGES, SPOOL_SCAN_REPLIES, SPOOL_SCAN_EARLY};
static const enum spool_scan at_loss[] = {SPOOL_SCAN_CONVERSATIONS, SPOOL_SCAN_OPTOUTS,
                                          SPOOL_SCAN_EVENTS, SPOOL_SCAN_EARLY};

bool refill_is_read(const struct switchboard *sb)
{
    return sb->refill.step != REFILL_READING;
}

static void scan_done(void *ctx, const struct spool_result *result);

/* Ids begin with the time: messages of live conversations have greater ones than the oldest of
 * those. */
static uint64_t before_the_live(const struct switchboard *sb)
{
    uint64_t least = INT64_MAX;
    const struct due *all = &sb->conversations.due;
    for (unsigned i = 0; i < all->count; i++)
        if (all->at[i]->id < least)
            least = all->at[i]->id;
    return least;
}

static int scan_next(struct switchboard *sb)
{
    bool start = sb->refill.step == REFILL_READING;
    enum spool_scan scan = start ? at_start[sb->refill.scan] : at_loss[sb->refill.scan];
    /* What another smppd has shown meanwhile, or a visitor wiped, is not shown again. */
    if (start && scan == SPOOL_SCAN_SETTLED && !sb->strays.asked && strays_look(sb))
        return 0;
    struct spool_reader reader = {.row = refill_row, .done = {scan_done, sb}};
    if (scan == SPOOL_SCAN_SETTLED)
        reader.after = before_the_live(sb);
    return spool_scan(sb->spool, scan, "", &reader);
}

static void filling_begin(struct switchboard *sb)
{
    struct refill *refill = &sb->refill;
    refill->lost = false;
    refill->step = REFILL_FILLING;
    refill->scan = 0;
    refill->rows = 0;
    refill->since = clock_us();
    if (scan_next(sb) < 0) { /* the spool is full: the storer finds memcached empty again */
        refill->step = REFILL_IDLE;
        refill->lost = true;
    }
}

static void filling_over(struct switchboard *sb)
{
    refill_lines_flush(sb);
    storer_filled(sb->storer);
    sb->refill.filled_at = switch_now(sb);
    counter_add(COUNTER_REFILLS, 1);
    log_notice("SD0345", "memcached is filled from the spool: rows=%llu ms=%lld",
               (unsigned long long)sb->refill.rows,
               (long long)((clock_us() - sb->refill.since) / 1000));
}

/* The last table is read. */
static void scans_over(struct switchboard *sb)
{
    struct refill *refill = &sb->refill;
    if (refill->step == REFILL_FILLING)
        filling_over(sb);
    else
        log_info("SD0347", "read back from the spool: rows=%llu conversations=%u messages=%u",
                 (unsigned long long)refill->rows, sb->conversations.ids.count, sb->outbox.count);
    refill->step = REFILL_IDLE;
    if (refill->lost)
        filling_begin(sb);
    sends_go(sb);
    outbox_run(sb);
}

static void scan_done(void *ctx, const struct spool_result *result)
{
    struct switchboard *sb = ctx;
    struct refill *refill = &sb->refill;
    size_t scans = refill->step == REFILL_READING ? sizeof at_start / sizeof *at_start
                                                  : sizeof at_loss / sizeof *at_loss;
    if (result->error == -ECANCELED)
        return;
    if (result->error < 0) /* one table cannot be read: the others may */
        log_error("SD0346", "the spool cannot be read back: table=%u error=%s", refill->scan,
                  strerror(-result->error));
    if (++refill->scan == scans || scan_next(sb) < 0)
        scans_over(sb);
}

void refill_strays_are_read(struct switchboard *sb)
{
    if (sb->refill.step == REFILL_READING && scan_next(sb) < 0)
        scans_over(sb);
}

int refill_start(struct switchboard *sb)
{
    sb->refill = (struct refill){.step = REFILL_READING};
    return scan_next(sb);
}

void refill_end(struct refill *refill)
{
    lines_free(refill->lines);
}

void refill_lost(void *ctx)
{
    struct switchboard *sb = ctx;
    sb->refill.lost = sb->strays.lost = true;
    sb->refill.losses++;
    if (sb->refill.step == REFILL_IDLE)
        filling_begin(sb);
}

bool refill_gaps_are_over(struct switchboard *sb, int64_t now)
{
    if (!sb->refill.filled_at || now < sb->refill.filled_at + GAPS_MS)
        return false;
    sb->refill.filled_at = 0;
    return true;
}
