/* What the spool gives back to fill memcached again, and what it forgets. */
#include "test/unit/spool_fixture.h"

static void conversation(struct fixture *f, uint64_t id, const char *session, const char *name,
                         int64_t until)
{
    struct spool_conversation row = {.id = id,
                                     .session = session,
                                     .mobile = "8095551234",
                                     .code = "2333",
                                     .name = name,
                                     .until = until,
                                     .last = until - 1,
                                     .unanswered = 2,
                                     .more = {"more", 4}};
    struct outcome o;

    AWAIT(f, o, spool_conversation(f->spool, &row, done));
    assert_int_equal(o.result.error, 0);
}

static void event(struct fixture *f, const char *session, int64_t n, int64_t until,
                  const char *line)
{
    struct spool_event row = {.session = session, .n = n, .until = until, .line = line};
    struct outcome o;

    AWAIT(f, o, spool_event(f->spool, &row, done));
    assert_int_equal(o.result.error, 0);
}

static void optout(struct fixture *f, const char *mobile, const char *session)
{
    struct spool_optout row = {.mobile = mobile, .session = session, .how = "sms", .since = T0};
    struct outcome o;

    AWAIT(f, o, spool_optout_add(f->spool, &row, done));
    assert_int_equal(o.result.error, 0);
}

static void the_last_word_on_a_conversation_counts(void **context)
{
    struct fixture *f = *context;
    struct rows rows;

    conversation(f, 1, "s1", "Ana", T0);
    conversation(f, 2, "s2", "Eva", T0);
    conversation(f, 1, "s1", "Ana", T0 + 5);
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_CONVERSATIONS, "", &rows);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.row[0].conversation.until, T0 + 5);
    assert_int_equal(rows.row[0].conversation.unanswered, 2);
    assert_int_equal(rows.row[0].conversation.more.length, 4);
    assert_string_equal(rows.text[1][0], "Eva");
    assert_true(spool_id_next(f->spool, 0) > 2);
}

static void events_come_back_in_order_of_all_or_of_one_session(void **context)
{
    struct fixture *f = *context;
    struct rows rows;

    event(f, "s2", 1, T0, "event n=1");
    event(f, "s1", 2, T0, "event n=2");
    event(f, "s1", 10, T0, "event n=10");
    event(f, "s1", 1, T0, "event n=1");
    event(f, "s1", 2, T0, "event n=2 again");
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 4);
    assert_string_equal(rows.text[0][0], "s1");
    assert_int_equal(rows.row[0].event.n, 1);
    assert_int_equal(rows.row[1].event.n, 2);
    assert_string_equal(rows.text[1][1], "event n=2 again");
    assert_int_equal(rows.row[2].event.n, 10);
    assert_string_equal(rows.text[3][0], "s2");
    scan(f, SPOOL_SCAN_EVENTS, "s2", &rows);
    assert_int_equal(rows.count, 1);
    scan(f, SPOOL_SCAN_EVENTS, "s3", &rows);
    assert_int_equal(rows.count, 0);
}

static void long_transcripts_come_back_whole(void **context)
{
    struct fixture *f = *context;
    static char line[SPOOL_LINE_MAX + 2];
    struct spool_event row = {.session = "s1", .until = T0, .line = line};
    struct rows rows;

    memset(line, 'x', SPOOL_LINE_MAX);
    for (row.n = 1; row.n <= 600; row.n++)
        assert_int_equal(spool_event(f->spool, &row, (struct spool_done){0}), 0);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 600);
    scan(f, SPOOL_SCAN_EVENTS, "s1", &rows);
    assert_int_equal(rows.count, 600);
    line[SPOOL_LINE_MAX] = 'x';
    assert_int_equal(spool_event(f->spool, &row, (struct spool_done){0}), -EINVAL);
}

static void a_wiped_session_leaves_no_words_and_no_name(void **context)
{
    struct fixture *f = *context;
    struct spool_reply reply = a_reply("palabras de s1");
    struct outcome o;
    struct rows rows;

    conversation(f, 1, "s1", "Ana", T0);
    conversation(f, 2, "s2", "Eva", T0);
    event(f, "s1", 1, T0, "event text=secreto");
    event(f, "s2", 1, T0, "event text=queda");
    reply.session = "s1";
    AWAIT(f, o, spool_reply(f->spool, &reply, done));
    AWAIT(f, o, spool_wipe(f->spool, "s1", done));
    assert_int_equal(o.result.records, 3);
    scan(f, SPOOL_SCAN_CONVERSATIONS, "", &rows);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.text[0][0], "");
    assert_int_equal(rows.row[0].conversation.more.length, 0);
    assert_string_equal(rows.text[1][0], "Eva");
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 1);
    scan(f, SPOOL_SCAN_REPLIES, "", &rows);
    assert_int_equal(rows.count, 0);
}

/* Looks for words in every file of the closed spool. */
static bool disk_holds(struct fixture *f, const char *words)
{
    char path[200];
    static char octets[1 << 22];
    FILE *file;
    size_t length;

    spool_close(f->spool);
    snprintf(path, sizeof path, "%s/spool.db", f->directory);
    file = fopen(path, "r");
    assert_non_null(file);
    length = fread(octets, 1, sizeof octets, file);
    fclose(file);
    fixture_open(f);
    return memmem(octets, length, words, strlen(words)) != NULL;
}

static void wiped_words_are_gone_from_the_disk(void **context)
{
    struct fixture *f = *context;
    struct spool_message message =
        a_message(f->spool, "key-aaaaaaaaaaaaaaaa", "nonce-aaaaaaaaaaaa");
    struct spool_part part = {.message = message.id, .part = 1, .state = SPOOL_SUBMITTED};
    struct outcome o;

    message.text = "palabras del mensaje";
    AWAIT(f, o, spool_keep(f->spool, &message, done));
    event(f, "s1", 1, T0, "event text=secreto");
    assert_true(disk_holds(f, "secreto"));
    assert_true(disk_holds(f, "palabras del mensaje"));
    AWAIT(f, o, spool_wipe(f->spool, "s1", done));
    AWAIT(f, o, spool_part_state(f->spool, &part, done));
    assert_false(disk_holds(f, "secreto"));
    assert_false(disk_holds(f, "palabras del mensaje"));
}

static void a_session_is_forgotten_whole_when_its_newest_event_is_over(void **context)
{
    struct fixture *f = *context;
    struct rows rows;

    event(f, "s1", 1, T0 + 1000, "a");
    event(f, "s1", 2, T0 + 9000, "b");
    event(f, "s2", 1, T0 + 1000, "c");
    spool_tick(f->spool, T0 + 2000, T0);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.text[0][0], "s1");
    spool_tick(f->spool, T0 + 9001, T0);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 0);
}

/* A second looks at so many only, and goes on behind them. */
static void of_very_many_each_is_forgotten_in_its_turn(void **context)
{
    enum { WINDOW = 2000, MANY = WINDOW * 2 + 500 };
    struct fixture *f = *context;
    static struct rows rows;
    char name[24];

    for (int i = 1; i <= MANY; i++) {
        struct spool_event over = {.session = name, .n = 1, .until = T0 + 1000, .line = "a"};

        snprintf(name, sizeof name, "session-%06d", i * 7919 % 999983);
        if (i == 1) /* of the first window */
            over.until = T0 + 9000;
        while (spool_event(f->spool, &over, (struct spool_done){0}) == -EAGAIN)
            spool_collect(f->spool);
    }
    for (int left = MANY; left > 1;) {
        spool_tick(f->spool, T0 + 2000, T0);
        scan(f, SPOOL_SCAN_EVENTS, "", &rows);
        left = left > WINDOW ? left - WINDOW : 1;
        assert_in_range(rows.count, left, left + 1);
    }
    spool_tick(f->spool, T0 + 2000, T0); /* from the beginning again */
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 1);
    spool_tick(f->spool, T0 + 9001, T0);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 0);
}

static void a_session_that_was_forgotten_begins_anew(void **context)
{
    struct fixture *f = *context;
    struct rows rows;

    event(f, "s1", 1, T0 + 1000, "a");
    spool_tick(f->spool, T0 + 1001, T0);
    event(f, "s1", 1, T0 + 9000, "b");
    scan(f, SPOOL_SCAN_EVENTS, "s1", &rows);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.text[0][0], "s1");
}

/* Another smppd may have given it more time, of which this spool's events know nothing. */
static void a_session_is_whole_while_a_conversation_of_it_has_not_ended(void **context)
{
    struct fixture *f = *context;
    struct spool_conversation over = {.id = 1, .session = "s1", .until = T0, .ended = true};
    struct outcome o;
    struct rows rows;

    conversation(f, 1, "s1", "Ana", T0 + 1000);
    event(f, "s1", 1, T0 + 1000, "a");
    spool_tick(f->spool, T0 + 60000, T0);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 1);
    AWAIT(f, o, spool_conversation(f->spool, &over, done));
    spool_tick(f->spool, T0 + 60001, T0);
    scan(f, SPOOL_SCAN_EVENTS, "", &rows);
    assert_int_equal(rows.count, 0);
}

static void a_conversation_is_remembered_for_a_day(void **context)
{
    struct fixture *f = *context;
    struct rows rows;

    conversation(f, 1, "s1", "Ana", T0);
    conversation(f, 2, "s2", "Eva", T0 + 10);
    spool_tick(f->spool, T0 + 86400000, T0);
    scan(f, SPOOL_SCAN_CONVERSATIONS, "", &rows);
    assert_int_equal(rows.count, 2);
    spool_tick(f->spool, T0 + 86400001, T0);
    scan(f, SPOOL_SCAN_CONVERSATIONS, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.text[0][0], "Eva");
}

static void opt_outs_survive_everything_until_they_are_taken_back(void **context)
{
    struct fixture *f = *context;
    struct outcome o;
    struct rows rows;

    optout(f, "8095551234", "");
    optout(f, "8095551234", "s1");
    optout(f, "8095551234", "s1");
    optout(f, "8295551234", "s1");
    spool_tick(f->spool, T0 * 2, T0 * 2);
    fixture_reopen(f);
    scan(f, SPOOL_SCAN_OPTOUTS, "", &rows);
    assert_int_equal(rows.count, 3);
    assert_int_equal(rows.row[0].optout.since, T0);
    AWAIT(f, o, spool_optout_remove(f->spool, "8295551234", T0 - 1, done));
    assert_int_equal(o.result.records, 0);
    AWAIT(f, o, spool_optout_remove(f->spool, "8295551234", T0, done));
    assert_int_equal(o.result.records, 1);
    AWAIT(f, o, spool_optout_remove(f->spool, "8095551234", T0 + 1, done));
    assert_int_equal(o.result.records, 2);
    scan(f, SPOOL_SCAN_OPTOUTS, "", &rows);
    assert_int_equal(rows.count, 0);
}

static void many_opt_outs_are_all_read_back(void **context)
{
    struct fixture *f = *context;
    struct rows rows;
    char mobile[24];

    for (int i = 0; i < 1000; i++) {
        struct spool_optout row = {.mobile = mobile, .session = i % 2 ? "s" : "", .since = T0};

        snprintf(mobile, sizeof mobile, "809555%04d", i / 2);
        assert_int_equal(spool_optout_add(f->spool, &row, (struct spool_done){0}), 0);
    }
    scan(f, SPOOL_SCAN_OPTOUTS, "", &rows);
    assert_int_equal(rows.count, 1000);
}

static void notices_are_remembered_for_an_hour(void **context)
{
    struct fixture *f = *context;
    struct spool_notice row = {.mobile = "8095551234", .at = T0};
    struct outcome o;
    struct rows rows;

    AWAIT(f, o, spool_notice(f->spool, &row, done));
    row.at += 1000;
    AWAIT(f, o, spool_notice(f->spool, &row, done));
    fixture_reopen(f);
    spool_tick(f->spool, T0 + 3600001, T0);
    scan(f, SPOOL_SCAN_NOTICES, "", &rows);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.row[0].notice.at, T0 + 1000);
    assert_string_equal(rows.text[0][0], "8095551234");
}

static void the_daemons_own_values_are_there_at_the_next_start(void **context)
{
    struct fixture *f = *context;
    struct spool_done nobody = {0};
    struct outcome o;
    char value[8];

    assert_int_equal(spool_meta_read(f->spool, "boot-id", value, sizeof value), -ENOENT);
    AWAIT(f, o, spool_meta(f->spool, "boot-id", "abc", done));
    AWAIT(f, o, spool_meta(f->spool, "boot-id", "abcd", done));
    fixture_reopen(f);
    assert_int_equal(spool_meta_read(f->spool, "boot-id", value, sizeof value), 0);
    assert_string_equal(value, "abcd");
    assert_int_equal(spool_meta_read(f->spool, "boot-id", value, 4), -E2BIG);
    assert_int_equal(spool_meta(f->spool, "secret", "x", nobody), -EINVAL);
    assert_int_equal(spool_meta(f->spool, "", "x", nobody), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_last_word_on_a_conversation_counts),
        TEST(events_come_back_in_order_of_all_or_of_one_session),
        TEST(long_transcripts_come_back_whole),
        TEST(a_wiped_session_leaves_no_words_and_no_name),
        TEST(wiped_words_are_gone_from_the_disk),
        TEST(a_session_is_forgotten_whole_when_its_newest_event_is_over),
        TEST(of_very_many_each_is_forgotten_in_its_turn),
        TEST(a_session_that_was_forgotten_begins_anew),
        TEST(a_session_is_whole_while_a_conversation_of_it_has_not_ended),
        TEST(a_conversation_is_remembered_for_a_day),
        TEST(opt_outs_survive_everything_until_they_are_taken_back),
        TEST(many_opt_outs_are_all_read_back),
        TEST(notices_are_remembered_for_an_hour),
        TEST(the_daemons_own_values_are_there_at_the_next_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
