/* What a spool says to another smppd that asks, and what it has in files then. */
#ifndef TEST_UNIT_SPOOL_ASKED_H
#define TEST_UNIT_SPOOL_ASKED_H

#include "test/unit/spool_fixture.h"

/* ms after ours: when others were given it. */
enum { ASKER = 4998, ANOTHER = 4999 };

static inline uint64_t keep(struct fixture *f, const struct spool_reply *reply)
{
    struct outcome o;

    AWAIT(f, o, spool_reply(f->spool, reply, done));
    assert_int_equal(o.result.error, 0);
    assert_int_equal(o.result.verdict, SPOOL_KEPT);
    return o.result.reply;
}

static inline struct spool_twin twin_of(const struct spool_reply *reply, int asker)
{
    return (struct spool_twin){.mobile = reply->mobile,
                               .code = reply->code,
                               .smsc_id = reply->smsc_id,
                               .likeness = spool_likeness(reply),
                               .received = reply->received + asker};
}

static inline enum spool_verdict told(struct fixture *f, const struct spool_twin *twin)
{
    struct outcome o;

    AWAIT(f, o, spool_reply_asked(f->spool, twin, done));
    assert_int_equal(o.result.error, 0);
    return o.result.verdict;
}

/* Whether its answer repeats one of ours. */
static inline enum spool_verdict asked(struct fixture *f, const struct spool_reply *reply,
                                       int asker, enum spool_standing standing)
{
    struct spool_twin twin = twin_of(reply, asker);

    twin.standing = standing;
    return told(f, &twin);
}

static inline enum spool_verdict end(struct fixture *f, uint64_t reply, enum spool_end how)
{
    struct outcome o;

    AWAIT(f, o, spool_reply_end(f->spool, reply, how, done));
    assert_int_equal(o.result.error, 0);
    return o.result.verdict;
}

static inline void connection_lost(struct fixture *f)
{
    struct outcome o;

    AWAIT(f, o, spool_doubt(f->spool, "claro", T0 - 10000, done));
}

/* The last of so many records in a file that was just written. */
static inline void written(const struct outcome *o, uint64_t records, const char *end_of_line)
{
    char line[4096] = "";
    FILE *file;

    assert_int_equal(o->result.error, 0);
    assert_int_equal(o->result.records, records);
    if (records == 0)
        return;
    file = fopen(o->file, "r");
    assert_non_null(file);
    for (uint64_t i = 0; i <= records; i++)
        assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_non_null(strstr(line, end_of_line));
}

static inline void filed(struct fixture *f, uint64_t records, const char *end_of_line)
{
    struct outcome o;

    AWAIT(f, o, spool_cdr_close(f->spool, T0 + 1000, done));
    written(&o, records, end_of_line);
}

#endif
