/* Several smppd and what they share; see switches.h. */
#include "test/unit/switches.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "smpp/logbook/log.h"
#include "smpp/storer/storer_inner.h"
#include "smpp/switch/closing.h"

enum { CONVERSATION_MS = 60000, DAY_MS = 86400000, LIMIT = 1000 };

struct switches switches;

static const char *const name[SWITCHES] = {"anna", "bert", "carl"};

/* ---- the clock ---- */

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)wanted, (void)left;
    return 0;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    (void)id;
    *time = (struct timespec){switches.now / 1000, switches.now % 1000 * 1000000};
    return 0;
}

int64_t switch_now(const struct switchboard *sb)
{
    (void)sb;
    return switches.now;
}

/* ---- in the place of switch.c and the door ---- */

bool switch_is_mobile(const char *digits)
{
    return strlen(digits) == 10;
}

bool switch_is_session(const char *session)
{
    return session != NULL;
}

bool switch_spool_has_room(const struct switchboard *sb)
{
    (void)sb;
    return true;
}

void door_news(struct door *door, const char *line, size_t len)
{
    (void)door, (void)line, (void)len;
}

/* ---- life ---- */

static void job_told(struct played_spool *disk, const struct job *job)
{
    for (unsigned i = 0; i < switches.count; i++)
        if (&switches.one[i].disk == disk && switches.committed)
            switches.committed(&switches.one[i], job);
}

static void wakes(void *ctx)
{
    (void)ctx;
}

void switch_start(struct played_switch *one)
{
    struct switchboard *sb = &one->sb;
    char others[STORER_OTHERS_ROOM], why[256];
    played_spool_start(&one->disk);
    *sb = (struct switchboard){.conf = &switches.conf[one - switches.one],
                               .spool = (struct spool *)(void *)&one->disk,
                               .started = switches.now,
                               .ticked = switches.now};
    switch_tables_start(sb);
    fellows_recall(&sb->fellows, sb->spool, sb->started, others);
    struct storer_options options = {.servers = "",
                                     .prefix = "",
                                     .instance = sb->conf->instance,
                                     .limit = LIMIT,
                                     .started = sb->started,
                                     .others = others,
                                     .patience_ms = 2 * sb->conf->conversation_ms,
                                     .lost = refill_lost,
                                     .wake = wakes,
                                     .ctx = sb};
    sb->storer = storer_start(&options, why, sizeof why);
    if (!sb->storer || refill_start(sb) < 0)
        abort();
    storer_check(sb->storer);
    one->up = true;
    one->looked = switches.now;
}

static void switch_down(struct played_switch *one, bool commit)
{
    struct switchboard *sb = &one->sb;
    storer_stop(sb->storer);
    if (commit)
        played_spool_stop(&one->disk);
    else
        played_spool_kill(&one->disk);
    switch_tables_end(sb);
    one->up = false;
}

void switch_kill(struct played_switch *one)
{
    switch_down(one, false);
}

void switch_stop(struct played_switch *one)
{
    switch_down(one, true);
}

void switch_turn(struct played_switch *one)
{
    struct switchboard *sb = &one->sb;
    storer_reap(sb->storer);
    switch_tables_tick(sb, switches.now);
    if (switches.now - one->looked < 1000)
        return;
    one->looked = switches.now;
    played_spool_push(&one->disk, JOB_TICK, &(struct tick_request){switches.now, switches.now},
                      (struct spool_done){0});
}

bool switch_store(struct played_switch *one)
{
    struct storer *storer = one->sb.storer;
    pthread_mutex_lock(&storer->lock);
    bool turned = storer_turn(storer);
    pthread_mutex_unlock(&storer->lock);
    return turned;
}

void switches_begin(unsigned count, int64_t now)
{
    const struct spool_options options = {.text_keep_ms = DAY_MS,
                                          .cdr_records = 50000,
                                          .cdr_period_ms = 3600000,
                                          .repeat_ms = 6 * 3600000,
                                          .batch = 1};
    log_tune(LOG_AT_ERROR, 10000);
    memory_empty();
    switches.count = count;
    switches.now = memory_now = now;
    memory_away = false;
    for (unsigned i = 0; i < count; i++) {
        struct played_switch *one = &switches.one[i];
        memset(one, 0, sizeof *one);
        switches.conf[i] = (struct conf){.instance = name[i],
                                         .conversation_ms = CONVERSATION_MS,
                                         .memory_ms = DAY_MS,
                                         .validity_ms = DAY_MS,
                                         .queue_max = LIMIT,
                                         .answers_max = LIMIT,
                                         .codes = {2, {"2333", "2024"}}};
        one->disk.told = job_told;
        played_spool_begin(&one->disk, &options);
        switch_start(one);
    }
}

void switches_end(void)
{
    for (unsigned i = 0; i < switches.count; i++) {
        if (switches.one[i].up)
            switch_kill(&switches.one[i]);
        played_spool_end(&switches.one[i].disk);
    }
}
