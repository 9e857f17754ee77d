/* The switchboard's tables: begun, looked through as time passes, ended. */
#include "smpp/logbook/clock.h"
#include "smpp/logbook/counters.h"
#include "smpp/logbook/log.h"
#include "smpp/switch/closing.h"
#include "smpp/switch/switchboard.h"

void switch_tables_start(struct switchboard *sb)
{
    conversations_start(&sb->conversations, SWITCH_CONVERSATIONS);
    outbox_start(&sb->outbox);
    strays_start(&sb->strays, sb->spool, sb->conf->instance);
    repeats_start(&sb->repeats);
    answers_start(&sb->answers, clock_wall());
    notices_start(&sb->notices);
    transcripts_start(&sb->transcripts);
    sb->links.carries = conf_carries;
    sb->sends.reference = (unsigned)clock_wall();
}

void switch_tables_end(struct switchboard *sb)
{
    outbox_end(&sb->outbox);
    answers_end(&sb->answers);
    transcripts_end(&sb->transcripts);
    awaited_free(&sb->awaited);
    strays_end(&sb->strays);
    repeats_end(&sb->repeats);
    notices_end(&sb->notices);
    optouts_end(&sb->optouts);
    sends_end(&sb->sends);
    refill_end(&sb->refill);
    conversations_end(&sb->conversations);
}

void switch_tables_tick(struct switchboard *sb, int64_t now)
{
    answers_tick(sb, now);
    outbox_tick(sb, now);
    closing_tick(sb, now);
    transcripts_tick(sb, now);
    delivery_tick(sb, now);
    fellows_tick(sb, now);
    strays_tick(sb, now);
    repeats_tick(sb, now);
    counter_set(GAUGE_QUEUE, sb->outbox.count);
    if (now - sb->ticked >= 1000 || now < sb->ticked) {
        sb->ticked = now;
        log_held(false);
        if (refill_is_read(sb))
            (void)strays_look(sb); /* what it finds comes by itself */
        storer_check(sb->storer);
    }
}
