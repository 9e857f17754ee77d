/* Opt-outs in memory, memcached and spool; see optouts.h. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/store/store.h"

enum { OPTOUT_VALUE = 16384 };

struct optout {
    struct index_hook hook;
    char mobile[MOBILE_ROOM], session[ROUTE_ID_ROOM];
};

void optouts_end(struct optouts *optouts)
{
    for (unsigned i = 0; i < optouts->index.buckets; i++)
        for (struct index_hook *hook = optouts->index.bucket[i], *next; hook; hook = next) {
            next = hook->next;
            free(index_thing(hook, struct optout, hook));
        }
    index_free(&optouts->index);
}

/* The next one of a mobile after `hook`, the first one where that is NULL. */
static struct optout *optout_next(const struct optouts *optouts, struct index_hook *hook,
                                  const char *mobile)
{
    hook = hook ? index_next(hook) : index_first(&optouts->index, index_hash_text(0, mobile));
    for (; hook; hook = index_next(hook)) {
        struct optout *optout = index_thing(hook, struct optout, hook);
        if (strcmp(optout->mobile, mobile) == 0)
            return optout;
    }
    return NULL;
}

bool optouts_has(const struct optouts *optouts, const char *mobile, const char *session)
{
    struct optout *optout = NULL;
    while ((optout = optout_next(optouts, optout ? &optout->hook : NULL, mobile)))
        if (!*optout->session || strcmp(optout->session, session) == 0)
            return true;
    return false;
}

static int memory_add(struct optouts *optouts, const char *mobile, const char *session)
{
    struct optout *optout = NULL;
    while ((optout = optout_next(optouts, optout ? &optout->hook : NULL, mobile)))
        if (strcmp(optout->session, session) == 0)
            return 0;
    optout = calloc(1, sizeof *optout);
    if (!optout)
        return -ENOMEM;
    (void)snprintf(optout->mobile, sizeof optout->mobile, "%s", mobile);
    (void)snprintf(optout->session, sizeof optout->session, "%s", session);
    int e = index_put(&optouts->index, &optout->hook, index_hash_text(0, mobile));
    if (e < 0)
        free(optout);
    return e;
}

static void memory_remove(struct optouts *optouts, const char *mobile)
{
    struct optout *optout;
    while ((optout = optout_next(optouts, NULL, mobile))) {
        index_drop(&optouts->index, &optout->hook);
        free(optout);
    }
}

/* ---- on the storer's thread ---- */

struct optout_job {
    struct storer_job job;
    char mobile[MOBILE_ROOM], session[ROUTE_ID_ROOM];
    int64_t since;
    bool remove;
};

/* Appends the line unless it stands there. */
static int value_add(const struct optout_job *job, char *value, size_t len)
{
    char line[128];
    struct line_writer w;
    line_begin(&w, line, sizeof line);
    line_verb(&w, "optout", NULL);
    line_put_number(&w, "since", job->since);
    line_put(&w, job->session[0] ? "sid" : "all", job->session[0] ? job->session : "yes");
    int size = line_end(&w);
    const char *what = strchr(line + strlen("optout "), ' '); /* the part that names whom */
    if (size < 0 || !what || memmem(value, len, what, strlen(what)) ||
        len + (size_t)size >= OPTOUT_VALUE)
        return 0;
    memcpy(value + len, line, (size_t)size + 1);
    return size;
}

static int optout_work(struct storer_job *storer_job, struct store *store)
{
    struct optout_job *job = (struct optout_job *)storer_job;
    char *key = job->job.key[0], value[OPTOUT_VALUE];
    struct storer_value read;
    if (job->remove) {
        int e = store_delete(store, key);
        return e == -ENOENT ? 0 : e;
    }
    int e = -EEXIST;
    for (int turn = 0; turn < 16 && e == -EEXIST; turn++) {
        int there = storer_again(store, key, value, sizeof value, &read);
        if (there < 0 && there != -ENOENT)
            return there;
        size_t len = there == 0 ? read.len : 0;
        int more = value_add(job, value, len);
        if (more == 0)
            return 0;
        e = there == 0 ? store_cas(store, key, value, len + (size_t)more, 0, read.cas)
                       : store_add(store, key, value, len + (size_t)more, 0);
    }
    return e;
}

static void optout_done(struct storer_job *job)
{
    free(job); /* where memcached is away the refill puts it in */
}

static void optout_publish(struct switchboard *sb, const char *mobile, const char *session,
                           int64_t since, bool remove, enum storer_class class)
{
    struct optout_job *job = calloc(1, sizeof *job);
    if (!job)
        return; /* known here all the same, and published at the next refill */
    job->job = (struct storer_job){.class = class, .work = optout_work, .done = optout_done};
    (void)snprintf(job->mobile, sizeof job->mobile, "%s", mobile);
    (void)snprintf(job->session, sizeof job->session, "%s", session);
    job->since = since;
    job->remove = remove;
    optout_key(job->job.key[0], mobile);
    /* Without a key the batch reads nothing for it; the work reads itself. */
    if (storer_put(sb->storer, &job->job) < 0)
        free(job);
}

/* ---- on the loop ---- */

int optouts_add(struct switchboard *sb, const char *mobile, const char *session, const char *how,
                const struct spool_done *done)
{
    struct spool_optout row = {
        .mobile = mobile, .session = session, .how = how, .since = switch_now(sb)};
    int e = spool_optout_add(sb->spool, &row, done ? *done : (struct spool_done){0});
    if (e < 0)
        return e;
    counter_add(COUNTER_OPTOUTS, 1);
    optout_publish(sb, mobile, session, row.since, false, STORER_URGENT);
    outbox_refuse(sb, mobile, session);
    return memory_add(&sb->optouts, mobile, session);
}

int optouts_remove(struct switchboard *sb, const char *mobile, const struct spool_done *done)
{
    int e = spool_optout_remove(sb->spool, mobile, "", done ? *done : (struct spool_done){0});
    if (e < 0)
        return e;
    memory_remove(&sb->optouts, mobile);
    optout_publish(sb, mobile, "", 0, true, STORER_URGENT);
    return 0;
}

void optouts_found(struct switchboard *sb, const char *mobile, const char *session, int64_t since,
                   bool publish)
{
    (void)memory_add(&sb->optouts, mobile, session); /* memcached has it all the same */
    if (publish)
        optout_publish(sb, mobile, session, since, false, STORER_REFILL);
}
