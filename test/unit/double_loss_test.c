/* memcached loses all while one of two smppd is down, and the other goes on without what that one
 * knows: what becomes of it when that one comes back. */
#include "test/unit/switches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "smpp/switch/closing.h"

enum { STEP_MS = 200, SEEN = 64, ID_ROOM = 40 };

static const char *const ana = "0000000000000000000000000000000a";
static const char *const eva = "0000000000000000000000000000000e";
static const char *const luis = "0000000000000000000000000000000c";
static const char *const mobile = "8095550001";

static struct played_switch *const anna = &switches.one[0], *const bert = &switches.one[1];

/* ---- a page ---- */

/* As the page's script asks: with its cursor. */
static struct page {
    int64_t cursor;
    unsigned count;
    char seen[SEEN][ID_ROOM];
} page;

static void transcript_of(const char *session, struct transcript *t, char value[TRANSCRIPT_MAX + 1])
{
    char key[STORER_KEY_ROOM];
    transcript_key(key, session);
    const char *there = memory_of(key);
    assert_non_null(there);
    (void)snprintf(value, TRANSCRIPT_MAX + 1, "%s", there);
    assert_int_equal(transcript_read(t, value, strlen(value)), 0);
}

static void page_poll(void)
{
    static char value[TRANSCRIPT_MAX + 1];
    struct transcript t;
    struct line line;
    transcript_of(ana, &t, value);
    while (transcript_next(&t, &line)) {
        int64_t n = line_number(&line, "n", 0);
        if (strcmp(line.verb, "event") != 0 || n <= page.cursor || n > t.last)
            continue;
        if (strcmp(line_get(&line, "type"), "state") == 0)
            continue; /* of a message that is counted */
        const char *id = line_get(&line, line_get(&line, "message") ? "message" : "type");
        for (unsigned i = 0; i < page.count; i++)
            assert_string_not_equal(page.seen[i], id);
        (void)snprintf(page.seen[page.count++], ID_ROOM, "%s", id);
    }
    page.cursor = t.last;
}

/* How often her transcript says that the conversation has ended. */
static unsigned ends_told(const char *conversation)
{
    static char value[TRANSCRIPT_MAX + 1];
    struct transcript t;
    struct line line;
    unsigned ends = 0;
    transcript_of(ana, &t, value);
    while (transcript_next(&t, &line))
        ends += strcmp(line.verb, "event") == 0 && strcmp(line_get(&line, "type"), "ended") == 0 &&
                strcmp(line_get(&line, "conversation"), conversation) == 0;
    return ends;
}

/* ---- time ---- */

static void pass(int64_t ms)
{
    for (int64_t until = switches.now + ms; switches.now < until;) {
        memory_now = switches.now += STEP_MS;
        for (unsigned i = 0; i < switches.count; i++) {
            struct played_switch *one = &switches.one[i];
            if (!one->up)
                continue;
            switch_turn(one);
            for (unsigned turns = 4; turns > 0 && switch_store(one);)
                turns--;
            while (played_spool_commit(&one->disk))
                continue;
        }
    }
}

/* Until `anna` waits no longer for him. */
static void lost_without_bert(void)
{
    switch_kill(bert);
    memory_empty();
    pass(6000);
}

static struct conversation *one_of(struct played_switch *one, const char *session)
{
    struct session *known = session_find(&one->sb.conversations, session);
    return known ? TAILQ_LAST(&known->own, conversation_queue) : NULL;
}

static int begin(void **state)
{
    (void)state;
    page = (struct page){0};
    switches.committed = NULL;
    switches_begin(2, 1700000000000);
    pass(3000);
    return 0;
}

static int end(void **state)
{
    (void)state;
    switches_end();
    return 0;
}

/* ---- facts ---- */

/* `anna` gives the code away that Ana has by `bert`: his come last in her row. */
static void eva_gets_the_code_of_ana(void)
{
    char taken[ROUTE_CODE_ROOM];
    memcpy(taken, one_of(bert, ana)->code, sizeof taken);
    lost_without_bert();
    switch_write(anna, luis, mobile);
    pass(1000);
    assert_string_not_equal(one_of(anna, luis)->code, taken);
    switch_write(anna, eva, mobile);
    pass(1000);
    assert_string_equal(one_of(anna, eva)->code, taken);
}

static void a_conversation_whose_pair_was_given_away_ends_when_its_smppd_comes_back(void **state)
{
    char id[CONVERSATION_HEX], code[ROUTE_CODE_ROOM];
    (void)state;
    switch_write(bert, ana, mobile);
    pass(1000);
    conversation_hex(id, one_of(bert, ana)->id);
    memcpy(code, one_of(bert, ana)->code, sizeof code);
    eva_gets_the_code_of_ana();
    switch_start(bert);
    pass(3000);
    assert_int_equal(ends_told(id), 1);
    assert_true(one_of(bert, ana)->over); /* it stays for its session's events */

    conversation_hex(id, one_of(anna, luis)->id);
    switch_press(anna, closing_stop, luis, id); /* his code is free */
    pass(1000);
    switch_write(bert, ana, mobile);
    pass(1000);
    assert_string_not_equal(one_of(bert, ana)->code, code);
    switch_answer(bert, mobile, code);
    pass(1000);
    page_poll();
    assert_int_equal(page.count, 3); /* two messages and the end, but nobody else's answer */
}

static void it_does_although_yet_another_smppd_is_away(void **state)
{
    char id[CONVERSATION_HEX];
    (void)state;
    switches_end();
    switches_begin(3, switches.now);
    pass(3000);
    switch_write(bert, ana, mobile);
    pass(1000);
    conversation_hex(id, one_of(bert, ana)->id);
    switch_kill(&switches.one[2]);
    lost_without_bert();
    switch_write(anna, eva, mobile); /* three of them begin at two codes */
    pass(1000);
    switch_start(bert);
    pass(6000); /* he waits for the third one */
    assert_int_equal(ends_told(id), 1);
}

static void a_page_misses_no_event_and_sees_none_twice(void **state)
{
    (void)state;
    switch_write(anna, ana, mobile);
    pass(1000);
    char code[ROUTE_CODE_ROOM];
    memcpy(code, one_of(anna, ana)->code, sizeof code);
    switch_answer(bert, mobile, code); /* an event that he alone has */
    pass(1000);
    page_poll();
    assert_int_equal(page.count, 2);
    lost_without_bert();
    switch_answer(anna, mobile, code);
    pass(1000);
    page_poll();
    assert_int_equal(page.count, 3);

    switch_start(bert);
    pass(3000);
    switch_answer(bert, mobile, code);
    switch_answer(anna, mobile, code);
    pass(1000);
    page_poll();
    assert_int_equal(page.count, 5);
    page.cursor = 0; /* it is loaded anew */
    page.count = 0;
    page_poll();
    assert_int_equal(page.count, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_conversation_whose_pair_was_given_away_ends_when_its_smppd_comes_back, begin, end),
        cmocka_unit_test_setup_teardown(it_does_although_yet_another_smppd_is_away, begin, end),
        cmocka_unit_test_setup_teardown(a_page_misses_no_event_and_sees_none_twice, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
