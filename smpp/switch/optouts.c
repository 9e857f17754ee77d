/* Opt-outs in memory, memcached and spool; see optouts.h. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/store/store.h"
#include "smpp/wire/copy.h"

enum {
    OPTOUT_VALUE = 16384,
    TOLD_LIFE_S = 2592000 /* memcached takes more for a date */
};

/* Of a mobile that has taken back what it refused before. It is kept, for an smppd that was down
 * and a memcached that was emptied know nothing of it. */
static const char taken_back[] = "in";

struct optout {
    struct index_hook hook;
    char mobile[MOBILE_ROOM], session[ROUTE_ID_ROOM];
    int64_t since;
    bool taken_back;
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
        if (!optout->taken_back && (!*optout->session || strcmp(optout->session, session) == 0))
            return true;
    return false;
}

bool optout_is_taken_back(const struct spool_optout *row)
{
    return strcmp(row->how, taken_back) == 0;
}

/* When the mobile took back what came before; 0: never. */
static int64_t taken_back_at(const struct optouts *optouts, const char *mobile)
{
    struct optout *optout = NULL;
    while ((optout = optout_next(optouts, optout ? &optout->hook : NULL, mobile)))
        if (optout->taken_back)
            return optout->since;
    return 0;
}

/* Without memory memcached knows it all the same. */
static void memory_add(struct optouts *optouts, const struct spool_optout *row)
{
    struct optout *optout = NULL;
    while ((optout = optout_next(optouts, optout ? &optout->hook : NULL, row->mobile)))
        if (strcmp(optout->session, row->session) == 0) {
            optout->since = row->since > optout->since ? row->since : optout->since;
            optout->taken_back = optout_is_taken_back(row);
            return;
        }
    optout = calloc(1, sizeof *optout);
    if (!optout)
        return;
    optout->since = row->since;
    optout->taken_back = optout_is_taken_back(row);
    copy_put(optout->mobile, sizeof optout->mobile, row->mobile);
    copy_put(optout->session, sizeof optout->session, row->session);
    if (index_put(&optouts->index, &optout->hook, index_hash_text(0, row->mobile)) < 0)
        free(optout);
}

static void memory_remove(struct optouts *optouts, const char *mobile, int64_t until)
{
    struct optout *optout = optout_next(optouts, NULL, mobile);
    for (struct optout *next; optout; optout = next) {
        next = optout_next(optouts, &optout->hook, mobile);
        if (optout->since > until)
            continue;
        index_drop(&optouts->index, &optout->hook);
        free(optout);
    }
}

/* Now, or later where what is known came from an smppd whose clock is ahead of ours. */
static int64_t known_until(const struct optouts *optouts, const char *mobile, int64_t now)
{
    struct optout *optout = NULL;
    while ((optout = optout_next(optouts, optout ? &optout->hook : NULL, mobile)))
        now = optout->since > now ? optout->since : now;
    return now;
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

/* Takes out the lines of what was taken back; what is left of the value's octets. */
static size_t value_remove(const struct optout_job *job, char *value, size_t len)
{
    size_t left = 0;
    for (size_t at = 0, size; at < len; at += size) {
        const char *since = memmem(value + at, len - at, "since=", 6);
        const char *end = memchr(value + at, '\n', len - at);
        size = end ? (size_t)(end - value) + 1 - at : len - at;
        if (since && since < value + at + size && strtoll(since + 6, NULL, 10) <= job->since)
            continue;
        memmove(value + left, value + at, size);
        left += size;
    }
    return left;
}

static int optout_work(struct storer_job *storer_job, struct store *store)
{
    struct optout_job *job = (struct optout_job *)storer_job;
    char *key = job->job.key[0], value[OPTOUT_VALUE];
    struct storer_value read;
    int e = -EEXIST;
    for (int turn = 0; turn < 16 && e == -EEXIST; turn++) {
        int there = storer_again(store, key, value, sizeof value, &read);
        if (there < 0 && there != -ENOENT)
            return there;
        size_t len = there == 0 ? read.len : 0;
        size_t wanted =
            job->remove ? value_remove(job, value, len) : len + (size_t)value_add(job, value, len);
        if (wanted == len)
            return 0;
        unsigned life = wanted ? 0 : 1; /* it goes by itself: a delete might hit a later one's */
        if (!wanted)
            value[wanted++] = '\n';
        e = there == 0 ? store_cas(store, key, value, wanted, life, read.cas)
                       : store_add(store, key, value, wanted, life);
    }
    return e;
}

static void optout_done(struct storer_job *job)
{
    free(job);
}

static void optout_publish(struct switchboard *sb, const struct spool_optout *row, bool remove,
                           enum storer_class class)
{
    struct optout_job *job = calloc(1, sizeof *job);
    if (!job)
        return; /* known here all the same, and published at the next refill */
    job->job = (struct storer_job){
        .class = class, .work = optout_work, .done = optout_done, .stubborn = true};
    copy_put(job->mobile, sizeof job->mobile, row->mobile);
    copy_put(job->session, sizeof job->session, row->session);
    job->since = row->since;
    job->remove = remove;
    optout_key(job->job.key[0], row->mobile);
    /* Without a key the batch reads nothing for it; the work reads itself. */
    if (storer_put(sb->storer, &job->job) < 0)
        free(job);
}

/* ---- told to others ---- */

/* Each smppd keeps what any of them heard, so that it holds though that one is down. */
static void others_tell(struct switchboard *sb, const char *verb, const struct spool_optout *row)
{
    struct line_writer w;
    struct stray_post *post = strays_tell_begin(sb, &w, verb, TOLD_LIFE_S);
    if (!post)
        return; /* they find it in memcached */
    post->job.stubborn = true;
    line_put(&w, "mobile", row->mobile);
    line_put(&w, "session", *row->session ? row->session : NULL);
    line_put(&w, "how", row->how);
    line_put_number(&w, "since", row->since);
    strays_tell(sb, post, &w);
}

/* ---- on the loop ---- */

static int row_add(struct switchboard *sb, const struct spool_optout *row,
                   const struct spool_done *done)
{
    int e = spool_optout_add(sb->spool, row, done ? *done : (struct spool_done){0});
    if (e < 0)
        return e;
    memory_add(&sb->optouts, row);
    outbox_refuse(sb, row->mobile, row->session, "opted-out");
    return 0;
}

/* All of the mobile's that is not younger. */
static int row_remove(struct switchboard *sb, const struct spool_optout *row,
                      const struct spool_done *done)
{
    struct spool_done told = done ? *done : (struct spool_done){0};
    struct spool_optout in = {
        .mobile = row->mobile, .session = "", .how = taken_back, .since = row->since};
    int e = spool_optout_remove(sb->spool, row->mobile, row->since, told);
    if (e < 0)
        return e;
    memory_remove(&sb->optouts, row->mobile, row->since);
    /* Where everybody is refused anew since, that is all there is to know. */
    if (!optouts_has(&sb->optouts, row->mobile, "") &&
        spool_optout_add(sb->spool, &in, (struct spool_done){0}) == 0)
        memory_add(&sb->optouts, &in);
    return 0;
}

int optouts_add(struct switchboard *sb, const char *mobile, const char *session, const char *how,
                const struct spool_done *done)
{
    int64_t now = switch_now(sb), back = taken_back_at(&sb->optouts, mobile);
    struct spool_optout row = {
        .mobile = mobile, .session = session, .how = how, .since = back >= now ? back + 1 : now};
    int e = row_add(sb, &row, done);
    if (e < 0)
        return e;
    counter_add(COUNTER_OPTOUTS, 1);
    optout_publish(sb, &row, false, STORER_URGENT);
    others_tell(sb, "optout", &row);
    return 0;
}

int optouts_remove(struct switchboard *sb, const char *mobile, const struct spool_done *done)
{
    struct spool_optout row = {.mobile = mobile,
                               .session = "",
                               .since = known_until(&sb->optouts, mobile, switch_now(sb))};
    int e = row_remove(sb, &row, done);
    if (e < 0)
        return e;
    optout_publish(sb, &row, true, STORER_URGENT);
    others_tell(sb, "optin", &row);
    return 0;
}

void optouts_heard(struct switchboard *sb, const struct line *line)
{
    const char *mobile = line_get(line, "mobile"), *session = line_get(line, "session"),
               *how = line_get(line, "how"), *from = line_get(line, "from");
    struct spool_optout row = {.mobile = mobile,
                               .session = session ? session : "",
                               .how = how ? how : "",
                               .since = line_number(line, "since", 0)};
    if (!mobile || !switch_is_mobile(mobile) || (session && !switch_is_session(session)) || !from)
        return; /* not written by an smppd */
    if (strcmp(from, sb->conf->instance) == 0 || taken_back_at(&sb->optouts, mobile) >= row.since)
        return; /* known, or of before it was taken back */
    if (strcmp(line->verb, "optout") == 0)
        (void)row_add(sb, &row, NULL);        /* memcached has it all the same */
    else if (row_remove(sb, &row, NULL) == 0) /* else it stays: better silent than a nuisance */
        optout_publish(sb, &row, true, STORER_URGENT);
}

/* Whether something younger was heard while the row was on its way from the spool. */
static bool is_overtaken(const struct optouts *optouts, const struct spool_optout *row)
{
    bool in = optout_is_taken_back(row);
    struct optout *optout = NULL;
    while ((optout = optout_next(optouts, optout ? &optout->hook : NULL, row->mobile)))
        if (optout->taken_back && !in
                ? optout->since >= row->since
                : optout->since > row->since && strcmp(optout->session, row->session) == 0)
            return true;
    return false;
}

void optouts_found(struct switchboard *sb, const struct spool_optout *row, bool publish)
{
    bool in = optout_is_taken_back(row);
    if (is_overtaken(&sb->optouts, row))
        return;
    if (in && row->since + (int64_t)TOLD_LIFE_S * 1000 <= switch_now(sb)) {
        /* Who was down for longer is told no more; where that fails it is found again. */
        (void)spool_optout_remove(sb->spool, row->mobile, row->since, (struct spool_done){0});
        return;
    }
    memory_add(&sb->optouts, row);
    if (publish)
        optout_publish(sb, row, in, STORER_REFILL);
    if (publish && in)
        others_tell(sb, "optin", row); /* what was told before is lost with memcached */
}
