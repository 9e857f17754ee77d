/* Facts about smpp/storer/transcript_write.h: what a visitor's box is made of in memcached. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/storer/transcript_write.h"

static struct transcript_book book, again;
static struct transcript_line added; /* of the event asked for last */
static char value[TRANSCRIPT_MAX + TRANSCRIPT_EVENT];

static int new_book(void **state)
{
    (void)state;
    transcript_new(&book);
    return 0;
}

static int64_t add(const char *type, const char *message, const char *text)
{
    struct transcript_event event = {.conversation = "00000000000000c1",
                                     .type = type,
                                     .message = message,
                                     .text = text,
                                     .time = 1795391700123};
    assert_int_equal(transcript_add(&book, &event, &added), 0);
    return added.n;
}

static struct transcript_conversation conversation(const char *id, bool ended)
{
    struct transcript_conversation c = {.until = 1795392000123, .ended = ended};
    (void)snprintf(c.id, sizeof c.id, "%s", id);
    (void)snprintf(c.to, sizeof c.to, "8095551234");
    (void)snprintf(c.code, sizeof c.code, "2333");
    (void)snprintf(c.name, sizeof c.name, "Ana María");
    return c;
}

/* Writes the book and opens what was written. */
static void reopen(void)
{
    int len = transcript_close(&book, value, sizeof value);
    assert_true(len > 0);
    assert_int_equal(transcript_open(&again, value, (size_t)len), 0);
}

static void events_are_numbered_from_one_without_gaps(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 5; n++)
        assert_int_equal(add("sent", "0a", "hola"), n);
    reopen();
    assert_int_equal(again.last, 5);
    assert_int_equal(again.first, 1);
}

static void what_is_written_is_what_a_reader_reads(void **state)
{
    (void)state;
    struct transcript_conversation c = conversation("00000000000000c1", false);
    struct transcript reader;
    struct line line;
    assert_int_equal(transcript_put(&book, &c), 0);
    add("reply", "0b", "Sí, 100 %\n¿y tú?");
    int len = transcript_close(&book, value, sizeof value);
    assert_int_equal(transcript_read(&reader, value, (size_t)len), 0);
    assert_int_equal(reader.until, c.until);
    assert_true(transcript_next(&reader, &line));
    assert_string_equal(line.verb, "conversation");
    assert_string_equal(line_get(&line, "name"), "Ana María");
    assert_true(transcript_next(&reader, &line));
    assert_string_equal(line_get(&line, "text"), "Sí, 100 %\n¿y tú?");
    assert_int_equal(line_number(&line, "n", 0), 1);
    assert_false(transcript_next(&reader, &line));
}

static void events_that_are_known_are_passed_over(void **state)
{
    struct transcript reader = {.rest = NULL};
    struct line line;
    char text[] = "event n=1 type=sent\nevent n=9 type=reply text=a\nevent n=10 type=reply\n"
                  "event n=2 type=late\n";
    (void)state;
    reader.rest = text;
    reader.left = strlen(text);
    transcript_skip(&reader, 9);
    assert_true(transcript_next(&reader, &line));
    assert_string_equal(line_get(&line, "n"), "10");
    transcript_skip(&reader, 1); /* what is newer stays, and what follows it */
    assert_true(transcript_next(&reader, &line));
    assert_string_equal(line_get(&line, "n"), "2");
    transcript_skip(&reader, INT64_MAX);
    assert_false(transcript_next(&reader, &line));
}

static void what_is_no_event_is_not_passed_over(void **state)
{
    static const char *const others[] = {"conversation id=1\n",
                                         "event n= type=sent\n",
                                         "event n=-1 type=sent\n",
                                         "event n=1",
                                         "event type=sent n=1\n",
                                         "event n=1234567890123456789 type=sent\n",
                                         ""};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char text[64];
        struct transcript reader = {.rest = text, .left = strlen(others[i])};
        (void)snprintf(text, sizeof text, "%s", others[i]);
        transcript_skip(&reader, INT64_MAX);
        assert_int_equal(reader.left, strlen(others[i]));
    }
}

static void an_event_is_found_by_type_message_and_state(void **state)
{
    (void)state;
    struct transcript_event event = {.type = "state", .message = "0a", .state = "accepted"};
    add("sent", "0a", "hola");
    assert_int_equal(transcript_add(&book, &event, &added), 0);
    assert_true(transcript_has(&book, "sent", "0a", NULL, &added));
    assert_int_equal(added.n, 1);
    assert_true(transcript_has(&book, "state", "0a", "accepted", &added));
    assert_int_equal(added.n, 2);
    assert_ptr_equal(added.at + added.len, book.own + book.events);
    assert_false(transcript_has(&book, "state", "0a", "delivered", &added));
    assert_false(transcript_has(&book, "state", "0a", "accept", &added));
    assert_false(transcript_has(&book, "sent", "0b", NULL, &added));
    assert_false(transcript_has(&book, "sent", "0", NULL, &added));
}

static void of_sixteen_conversations_the_oldest_ended_one_leaves(void **state)
{
    (void)state;
    char id[ROUTE_ID_ROOM];
    for (int i = 0; i < TRANSCRIPT_CONVERSATIONS; i++) {
        (void)snprintf(id, sizeof id, "c%d", i);
        struct transcript_conversation c = conversation(id, i == 3 || i == 5);
        assert_int_equal(transcript_put(&book, &c), 0);
    }
    struct transcript_conversation more = conversation("more", false);
    assert_int_equal(transcript_put(&book, &more), 0);
    assert_null(transcript_find(&book, "c3"));
    assert_non_null(transcript_find(&book, "c5"));
    reopen();
    assert_int_equal(transcript_conversations(&again), TRANSCRIPT_CONVERSATIONS);
}

static void a_conversation_stands_as_it_was_whether_anyone_looked_or_not(void **state)
{
    static char passed_over[sizeof value], looked_at[sizeof value];
    struct transcript_conversation one = conversation("c1", true), two = conversation("c2", false);
    struct transcript_event event = {.type = "state", .message = "0a", .state = "accepted"};
    (void)state;
    assert_int_equal(transcript_put(&book, &one), 0);
    assert_int_equal(transcript_put(&book, &two), 0);
    for (int looks = 0; looks < 2; looks++) {
        reopen();
        assert_false(transcript_is_new(&again));
        if (looks)
            assert_true(transcript_find(&again, "c1")->ended);
        assert_int_equal(transcript_add(&again, &event, &added), 0);
        assert_true(transcript_close(&again, looks ? looked_at : passed_over, sizeof value) > 0);
    }
    assert_non_null(strstr(passed_over, " id=c2 "));
    assert_string_equal(passed_over, looked_at);
}

static void a_seventeenth_live_conversation_is_refused(void **state)
{
    (void)state;
    char id[ROUTE_ID_ROOM];
    for (int i = 0; i < TRANSCRIPT_CONVERSATIONS; i++) {
        (void)snprintf(id, sizeof id, "c%d", i);
        struct transcript_conversation c = conversation(id, false);
        assert_int_equal(transcript_put(&book, &c), 0);
    }
    struct transcript_conversation more = conversation("more", false);
    assert_int_equal(transcript_put(&book, &more), -ENOSPC);
}

static void an_ended_conversation_does_not_shorten_the_session(void **state)
{
    (void)state;
    struct transcript_conversation c = conversation("c1", false);
    assert_int_equal(transcript_put(&book, &c), 0);
    c.ended = true;
    c.until -= 100000;
    assert_int_equal(transcript_put(&book, &c), 0);
    assert_int_equal(book.until, 1795392000123);
}

static void old_events_leave_in_pieces_and_none_is_lost(void **state)
{
    (void)state;
    static char piece[TRANSCRIPT_PIECE], text[2000];
    int64_t seen = 0;
    memset(text, 'x', sizeof text - 1);
    for (int i = 0; i < 100; i++) {
        add("reply", "0b", text);
        for (size_t len; (len = transcript_spill(&book, piece, sizeof piece)) > 0;)
            for (size_t at = 0; at < len;
                 at = (size_t)((char *)memchr(piece + at, '\n', len - at) - piece) + 1)
                assert_int_equal(strtoll(piece + at + strlen("event n="), NULL, 10), ++seen);
        reopen();
        assert_int_equal(again.first, seen + 1);
        assert_int_equal(again.last, i + 1);
        assert_true(again.events <= TRANSCRIPT_KEEPS);
    }
    assert_true(book.pieces > 3);
}

static void restored_events_stand_in_order_and_the_first_one_there_stays(void **state)
{
    (void)state;
    static const char *const lines[] = {"event n=3 type=sent text=c", "event n=1 type=sent text=a",
                                        "event n=2 type=sent text=b\n",
                                        "event n=2 type=sent text=z"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(transcript_restore(&book, lines[i][8] - '0', lines[i], strlen(lines[i])),
                         0);
    assert_int_equal(book.last, 3);
    book.own[book.events] = '\0';
    assert_string_equal(
        book.own,
        "event n=1 type=sent text=a\nevent n=2 type=sent text=b\nevent n=3 type=sent text=c\n");
}

static void the_cursor_stays_before_a_gap_until_it_is_filled(void **state)
{
    (void)state;
    assert_int_equal(transcript_restore(&book, 1, "event n=1 a=1", 13), 0);
    assert_int_equal(transcript_restore(&book, 4, "event n=4 a=1", 13), 0);
    assert_int_equal(book.last, 1);
    assert_int_equal(add("reply", "0c", "nuevo"), 5);
    assert_int_equal(book.last, 1);
    reopen();
    assert_int_equal(again.last, 1);
    assert_int_equal(again.highest, 5);
    assert_int_equal(transcript_restore(&book, 2, "event n=2 a=1", 13), 0);
    assert_int_equal(transcript_restore(&book, 3, "event n=3 a=1", 13), 0);
    assert_int_equal(book.last, 5);
}

static void a_gap_that_is_given_up_stays_given_up(void **state)
{
    (void)state;
    assert_int_equal(transcript_restore(&book, 3, "event n=3 a=1", 13), 0);
    transcript_settle(&book);
    reopen();
    assert_int_equal(again.last, 3);
}

static void what_is_no_transcript_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {"",
                                         "\n",
                                         "routes v=1\n",
                                         "transcript v=2 last=1\n",
                                         "event n=1 type=sent\n",
                                         "transcript v=1\nevent n=1"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(transcript_open(&book, values[i], strlen(values[i])), -EINVAL);
}

static void an_event_longer_than_a_line_is_refused_and_leaves_nothing(void **state)
{
    (void)state;
    static char text[TRANSCRIPT_EVENT];
    memset(text, 'x', sizeof text - 1);
    struct transcript_event event = {.type = "reply", .message = "0a", .text = text};
    assert_int_equal(transcript_add(&book, &event, &added), -E2BIG);
    assert_int_equal(book.events, 0);
    assert_int_equal(add("sent", "0a", "hola"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(events_are_numbered_from_one_without_gaps, new_book),
        cmocka_unit_test_setup(what_is_written_is_what_a_reader_reads, new_book),
        cmocka_unit_test(events_that_are_known_are_passed_over),
        cmocka_unit_test(what_is_no_event_is_not_passed_over),
        cmocka_unit_test_setup(an_event_is_found_by_type_message_and_state, new_book),
        cmocka_unit_test_setup(of_sixteen_conversations_the_oldest_ended_one_leaves, new_book),
        cmocka_unit_test_setup(a_conversation_stands_as_it_was_whether_anyone_looked_or_not,
                               new_book),
        cmocka_unit_test_setup(a_seventeenth_live_conversation_is_refused, new_book),
        cmocka_unit_test_setup(an_ended_conversation_does_not_shorten_the_session, new_book),
        cmocka_unit_test_setup(old_events_leave_in_pieces_and_none_is_lost, new_book),
        cmocka_unit_test_setup(restored_events_stand_in_order_and_the_first_one_there_stays,
                               new_book),
        cmocka_unit_test_setup(the_cursor_stays_before_a_gap_until_it_is_filled, new_book),
        cmocka_unit_test_setup(a_gap_that_is_given_up_stays_given_up, new_book),
        cmocka_unit_test_setup(what_is_no_transcript_is_refused, new_book),
        cmocka_unit_test_setup(an_event_longer_than_a_line_is_refused_and_leaves_nothing, new_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
