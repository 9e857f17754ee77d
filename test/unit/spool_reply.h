/* An answer kept in the fixture's spool, and the charging records that came of it. */
#ifndef TEST_UNIT_SPOOL_REPLY_H
#define TEST_UNIT_SPOOL_REPLY_H

#include "test/unit/spool_fixture.h"

static inline uint64_t keep(struct fixture *f, const struct spool_reply *reply,
                            enum spool_verdict verdict)
{
    struct outcome o;

    AWAIT(f, o, spool_reply(f->spool, reply, done));
    assert_int_equal(o.result.error, 0);
    assert_int_equal(o.result.verdict, verdict);
    assert_int_equal(o.result.conversation, reply->conversation);
    return verdict == SPOOL_DUPLICATE ? o.result.original : o.result.reply;
}

/* The records as a file of CSV, without its first line. */
static inline void records(struct fixture *f, char *out, size_t room)
{
    struct outcome o;
    FILE *file;
    size_t length;
    char *line;

    AWAIT(f, o, spool_cdr_copy(f->spool, T0 - 86400000, T0 + 86400000, done));
    assert_int_equal(o.result.error, 0);
    file = fopen(o.file, "r");
    assert_non_null(file);
    length = fread(out, 1, room - 1, file);
    out[length] = '\0';
    fclose(file);
    line = strchr(out, '\n');
    assert_non_null(line);
    memmove(out, line + 1, strlen(line));
}

#endif
