/* A spool in a directory of its own, and jobs whose result is waited for. */
#ifndef TEST_UNIT_SPOOL_FIXTURE_H
#define TEST_UNIT_SPOOL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "smpp/spool/spool.h"

#define T0 INT64_C(1795392000000) /* a Monday, 12:00:00 UTC */

struct fixture {
    char directory[64];
    struct spool_options options;
    struct spool *spool;
    unsigned errors_logged, warnings_logged;
    unsigned billed_twice; /* SD0205 */
    unsigned updates;      /* from an older version */
};

/* What the last job came to; strings are copies. */
struct outcome {
    bool done;
    struct spool_result result;
    char code[64], session[80], reason[64], file[4200];
};

static inline void fixture_log(void *context, int level, const char *id, const char *sentence,
                               const char *fields)
{
    struct fixture *f = context;

    (void)sentence;
    (void)fields;
    f->billed_twice += strcmp(id, "SD0205") == 0;
    if (level <= SPOOL_LOG_ERROR)
        f->errors_logged++;
    else if (level == SPOOL_LOG_WARNING)
        f->warnings_logged++;
}

static inline void fixture_open(struct fixture *f)
{
    char why[512] = "";

    f->options.directory = f->directory;
    f->options.log = fixture_log;
    f->options.log_ctx = f;
    f->spool = spool_open(&f->options, why, sizeof why);
    if (!f->spool)
        fail_msg("%s", why);
}

static inline void fixture_reopen(struct fixture *f)
{
    spool_close(f->spool);
    fixture_open(f);
}

static inline int fixture_begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    strcpy(f->directory, "/tmp/spool-test-XXXXXX");
    if (!mkdtemp(f->directory))
        return -1;
    fixture_open(f);
    *state = f;
    return 0;
}

static inline void directory_remove(const char *directory)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    char path[400];

    while (dir && (entry = readdir(dir))) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(directory);
}

static inline int fixture_end(void **state)
{
    struct fixture *f = *state;

    spool_close(f->spool);
    directory_remove(f->directory);
    free(f);
    return 0;
}

static inline void outcome_note(void *context, const struct spool_result *result)
{
    struct outcome *o = context;

    o->done = true;
    o->result = *result;
    snprintf(o->code, sizeof o->code, "%s", result->code);
    snprintf(o->session, sizeof o->session, "%s", result->session);
    snprintf(o->reason, sizeof o->reason, "%s", result->reason);
    snprintf(o->file, sizeof o->file, "%s", result->file);
}

/* Collects until *done; a spool that says nothing for 20 s fails the test. */
static inline void spool_wait(struct spool *spool, const bool *done)
{
    struct pollfd ready = {spool_fd(spool), POLLIN, 0};

    while (!*done) {
        if (poll(&ready, 1, 20000) == 0)
            fail_msg("the spool does not report");
        spool_collect(spool);
    }
}

/* Runs one spool_...(f->spool, ..., done) and waits for its outcome. */
#define AWAIT(f, o, call)                                                                          \
    do {                                                                                           \
        struct spool_done done = {outcome_note, &(o)};                                             \
        memset(&(o), 0, sizeof(o));                                                                \
        assert_int_equal(call, 0);                                                                 \
        spool_wait((f)->spool, &(o).done);                                                         \
    } while (0)

static inline struct spool_message a_message(struct spool *spool, const char *key,
                                             const char *nonce)
{
    return (struct spool_message){.id = spool_id_next(spool, T0),
                                  .conversation = 77,
                                  .session = "5e551011",
                                  .mobile = "8095551234",
                                  .code = "2333",
                                  .name = "Ana",
                                  .text = "Hola",
                                  .prepared = {"\x00\x01prepared", 10},
                                  .concat_ref = 200,
                                  .parts = 1,
                                  .key = key,
                                  .nonce = nonce,
                                  .accepted = T0,
                                  .expiry = T0 + 900000,
                                  .until = T0 + 300000};
}

/* A message of conversation n, with a key of its own. */
static inline void key_put(unsigned n, char key[32])
{
    snprintf(key, 32, "key-%016u", n);
}

static inline int keyed_keep(struct spool *spool, unsigned n, struct spool_done done)
{
    char key[32];
    struct spool_message message;

    key_put(n, key);
    message = a_message(spool, key, key);
    message.conversation = n;
    return spool_keep(spool, &message, done);
}

static inline struct spool_reply a_reply(const char *text)
{
    struct spool_reply reply = {.conversation = 77,
                                .session = "5e551011",
                                .mobile = "8095551234",
                                .code = "2333",
                                .octets = {text, strlen(text)},
                                .total = 1,
                                .seq = 1,
                                .smsc = "claro",
                                .smsc_id = "",
                                .received = T0,
                                .wall = T0};
    const struct charge_tariff tariff = {
        .from = 0, .price = 100, .taxes = 3, .tax = {{"ITBIS", 1800}, {"ISC", 1000}, {"CDT", 200}}};

    charge_of(&tariff, 1, T0, &reply.charge);
    return reply;
}

/* All rows of a scan, as strings made by the test's own function. */
struct rows {
    bool done;
    int error;
    unsigned count;
    struct spool_row row[64];
    char text[64][2][512];
};

static inline void rows_end(void *context, const struct spool_result *result)
{
    struct rows *rows = context;

    rows->done = true;
    rows->error = result->error;
}

/* Keeps numbers of a row, and of its strings the two a test may ask for. */
static inline void rows_take(void *context, const struct spool_row *row)
{
    struct rows *rows = context;
    unsigned n = rows->count++ % 64;
    const char *first = "", *second = "";

    rows->row[n] = *row;
    switch (row->scan) {
    case SPOOL_SCAN_MESSAGES:
        first = row->message.text;
        second = row->message.name;
        break;
    case SPOOL_SCAN_SETTLED:
        first = row->settled.session;
        second = row->settled.reason;
        break;
    case SPOOL_SCAN_REPLIES:
        snprintf(rows->text[n][0], 512, "%.*s", (int)row->reply.octets.length,
                 (const char *)row->reply.octets.at);
        first = rows->text[n][0];
        second = row->reply.mobile;
        break;
    case SPOOL_SCAN_CONVERSATIONS:
        first = row->conversation.name;
        second = row->conversation.code;
        break;
    case SPOOL_SCAN_EVENTS:
        first = row->event.session;
        second = row->event.line;
        break;
    case SPOOL_SCAN_OPTOUTS:
        first = row->optout.mobile;
        second = row->optout.session;
        break;
    case SPOOL_SCAN_NOTICES:
        first = row->notice.mobile;
        break;
    case SPOOL_SCAN_EARLY:
        first = row->early.keys;
        second = row->early.reason;
        break;
    }
    if (first != rows->text[n][0])
        snprintf(rows->text[n][0], 512, "%s", first);
    snprintf(rows->text[n][1], 512, "%s", second);
}

static inline void scan(struct fixture *f, enum spool_scan what, const char *session,
                        struct rows *rows)
{
    struct spool_reader reader = {.row = rows_take, .done = {rows_end, rows}};

    memset(rows, 0, sizeof *rows);
    assert_int_equal(spool_scan(f->spool, what, session, &reader), 0);
    spool_wait(f->spool, &rows->done);
    assert_int_equal(rows->error, 0);
}

#endif
