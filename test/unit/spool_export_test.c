/* Charging records as files: each record in exactly one, the same bytes whenever it is written. */
#include "test/unit/spool_fixture.h"

#include <sys/stat.h>

static void replies_at(struct fixture *f, unsigned count, int64_t wall)
{
    static unsigned n;
    struct outcome o = {0};
    char text[24];

    for (unsigned i = 0; i < count; i++) {
        struct spool_reply reply;
        struct spool_done done = {outcome_note, &o};

        snprintf(text, sizeof text, "respuesta %u", n++);
        reply = a_reply(text);
        reply.shown = true;
        reply.wall = wall;
        if (i + 1 < count)
            done = (struct spool_done){0};
        assert_int_equal(spool_reply(f->spool, &reply, done), 0);
    }
    spool_wait(f->spool, &o.done);
    assert_int_equal(o.result.error, 0);
}

static void replies(struct fixture *f, unsigned count)
{
    replies_at(f, count, T0);
}

static struct outcome cdr_close(struct fixture *f)
{
    struct outcome o;

    AWAIT(f, o, spool_cdr_close(f->spool, T0, done));
    assert_int_equal(o.result.error, 0);
    return o;
}

/* The octets of a file; the caller frees. */
static char *octets_of(const char *path, size_t *length)
{
    FILE *file = fopen(path, "r");
    char *octets = calloc(1, 1 << 20);

    if (!file)
        fail_msg("%s: %s", path, strerror(errno));
    *length = fread(octets, 1, (1 << 20) - 1, file);
    fclose(file);
    return octets;
}

static void path_of(struct fixture *f, unsigned number, char *path, size_t room)
{
    char instance[16];

    assert_int_equal(spool_meta_read(f->spool, "instance", instance, sizeof instance), 0);
    snprintf(path, room, "%s/cdr-%s-%08u.csv", f->directory, instance, number);
}

static unsigned lines_of(const char *path)
{
    size_t length;
    char *octets = octets_of(path, &length);
    unsigned lines = 0;

    for (size_t i = 0; i < length; i++)
        lines += octets[i] == '\n';
    free(octets);
    return lines;
}

static unsigned files_there(struct fixture *f)
{
    unsigned number = 0;
    char path[200];

    do
        path_of(f, ++number, path, sizeof path);
    while (access(path, F_OK) == 0);
    return number - 1;
}

static void closing_writes_what_came_since(void **context)
{
    struct fixture *f = *context;
    struct outcome o;
    char path[200];

    replies(f, 3);
    o = cdr_close(f);
    path_of(f, 1, path, sizeof path);
    assert_string_equal(o.file, path);
    assert_int_equal(o.result.files, 1);
    assert_int_equal(o.result.records, 3);
    assert_int_equal(lines_of(path), 4);
    replies(f, 2);
    o = cdr_close(f);
    path_of(f, 2, path, sizeof path);
    assert_string_equal(o.file, path);
    assert_int_equal(lines_of(path), 3);
}

static void closing_nothing_makes_no_file(void **context)
{
    struct fixture *f = *context;
    struct outcome o = cdr_close(f);

    assert_int_equal(o.result.files, 0);
    assert_string_equal(o.file, "");
    assert_int_equal(files_there(f), 0);
}

static void a_file_is_closed_at_its_size(void **context)
{
    struct fixture *f = *context;
    struct outcome o;
    char path[200];

    f->options.cdr_records = 10;
    fixture_reopen(f);
    replies(f, 25);
    spool_tick(f->spool, T0, T0);
    AWAIT(f, o, spool_meta(f->spool, "x", "1", done)); /* the tick's transaction is over */
    o = cdr_close(f);
    assert_int_equal(o.result.files, 1);
    assert_int_equal(o.result.records, 5);
    assert_int_equal(files_there(f), 3);
    path_of(f, 1, path, sizeof path);
    assert_int_equal(lines_of(path), 11);
    path_of(f, 3, path, sizeof path);
    assert_int_equal(lines_of(path), 6);
}

static void tick(struct fixture *f, int64_t wall)
{
    struct outcome o;

    spool_tick(f->spool, T0, wall);
    AWAIT(f, o, spool_cdr_copy(f->spool, 0, 1, done)); /* files are written in turn */
}

static void a_file_is_closed_when_its_period_is_over(void **context)
{
    struct fixture *f = *context;

    tick(f, T0);
    replies(f, 2);
    tick(f, T0 + 3599000);
    assert_int_equal(files_there(f), 0);
    tick(f, T0 + 3600000);
    assert_int_equal(files_there(f), 1);
    tick(f, T0 + 7200000);
    assert_int_equal(files_there(f), 1);
    fixture_reopen(f);
    replies_at(f, 2, T0 + 7200000);
    tick(f, T0 + 7201000);
    assert_int_equal(files_there(f), 1);
    tick(f, T0 + 10800000);
    assert_int_equal(files_there(f), 2);
}

static void a_file_written_again_has_the_same_bytes(void **context)
{
    struct fixture *f = *context;
    char path[200], *first, *second;
    size_t first_length, second_length;
    struct outcome o;

    replies(f, 3);
    cdr_close(f);
    replies(f, 3);
    path_of(f, 1, path, sizeof path);
    first = octets_of(path, &first_length);
    unlink(path);
    fixture_reopen(f);
    AWAIT(f, o, spool_cdr_again(f->spool, 1, done));
    assert_int_equal(o.result.error, 0);
    assert_string_equal(o.file, path);
    second = octets_of(path, &second_length);
    assert_int_equal(first_length, second_length);
    assert_memory_equal(first, second, first_length);
    free(first);
    free(second);
    AWAIT(f, o, spool_cdr_again(f->spool, 2, done));
    assert_int_equal(o.result.error, -ENOENT);
}

static void a_copy_holds_what_was_received_in_its_range(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("x");
    struct outcome o;

    for (int64_t wall = T0; wall < T0 + 5000; wall += 1000) {
        reply.arrival = (uint64_t)wall;
        reply.wall = wall;
        AWAIT(f, o, spool_reply(f->spool, &reply, done));
    }
    AWAIT(f, o, spool_cdr_copy(f->spool, T0 + 1000, T0 + 3000, done));
    assert_int_equal(o.result.records, 2);
    assert_int_equal(lines_of(o.file), 3);
    assert_int_equal(files_there(f), 0);
}

static void a_large_file_is_whole(void **context)
{
    struct fixture *f = *context;
    struct outcome o;

    replies(f, 2500);
    o = cdr_close(f);
    assert_int_equal(o.result.records, 2500);
    assert_int_equal(lines_of(o.file), 2501);
    AWAIT(f, o, spool_cdr_copy(f->spool, 0, T0 + 1, done));
    assert_int_equal(lines_of(o.file), 2501);
}

static void a_directory_that_refuses_is_told_and_tried_again(void **context)
{
    struct fixture *f = *context;
    char directory[100];
    struct outcome o;

    snprintf(directory, sizeof directory, "%s/cdr", f->directory);
    mkdir(directory, 0700);
    f->options.cdr_directory = directory;
    fixture_reopen(f);
    rmdir(directory);
    replies(f, 3);
    AWAIT(f, o, spool_cdr_close(f->spool, T0, done));
    assert_int_equal(o.result.error, -EIO);
    assert_true(f->errors_logged > 0);
    mkdir(directory, 0700);
    o = cdr_close(f);
    assert_int_equal(o.result.files, 0); /* decided before, written now */
    AWAIT(f, o, spool_cdr_again(f->spool, 1, done));
    assert_int_equal(o.result.records, 3);
    unlink(o.file);
    rmdir(directory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(closing_writes_what_came_since),
        TEST(closing_nothing_makes_no_file),
        TEST(a_file_is_closed_at_its_size),
        TEST(a_file_is_closed_when_its_period_is_over),
        TEST(a_file_written_again_has_the_same_bytes),
        TEST(a_copy_holds_what_was_received_in_its_range),
        TEST(a_large_file_is_whole),
        TEST(a_directory_that_refuses_is_told_and_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
