/* Facts about the log: one event one line, floods held back, no whole number. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "smpp/logbook/log.h"

static char path[] = "/tmp/log-test-XXXXXX";
static char text[1 << 16];

/* Runs `write_log` with stderr in a file and returns what it wrote. */
static const char *written_by(void (*write_log)(void))
{
    int kept = dup(STDERR_FILENO);
    int fd = open(path, O_RDWR | O_TRUNC | O_APPEND);
    assert_true(fd >= 0 && kept >= 0);
    dup2(fd, STDERR_FILENO);
    write_log();
    dup2(kept, STDERR_FILENO);
    close(kept);
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    close(fd);
    assert_true(n >= 0);
    text[n] = '\0';
    return text;
}

static unsigned lines_in(const char *log)
{
    unsigned count = 0;
    for (; *log; log++)
        count += *log == '\n';
    return count;
}

static void say_one(void)
{
    log_notice("SD9001", "something happened: link=%s", "main");
}

static void a_line_is_time_id_sentence_and_fields(void **state)
{
    (void)state;
    log_tune(LOG_AT_INFO, 10000);
    const char *log = written_by(say_one);
    assert_int_equal(strspn(log, "0123456789-T:.Z"), 24);
    assert_int_equal(log[23], 'Z');
    assert_string_equal(log + 24, " SD9001 something happened: link=main\n");
}

static void say_all_levels(void)
{
    log_error("SD9002", "a");
    log_warning("SD9003", "b");
    log_notice("SD9004", "c");
    log_info("SD9005", "d");
    log_debug("SD9006", "e");
}

static void what_is_below_the_level_is_not_written(void **state)
{
    (void)state;
    log_tune(LOG_AT_DEBUG, 0);
    assert_int_equal(lines_in(written_by(say_all_levels)), 5);
    log_tune(LOG_AT_WARNING, 0);
    assert_int_equal(lines_in(written_by(say_all_levels)), 2);
    log_tune(LOG_AT_ERROR, 0);
    assert_int_equal(lines_in(written_by(say_all_levels)), 1);
}

static void fail_often(void)
{
    for (int i = 0; i < 1000; i++)
        log_warning("SD9007", "it failed: link=main count=%d", i);
}

static void fail_elsewhere(void)
{
    log_warning("SD9007", "it failed: link=spare count=1");
}

static void the_same_failure_is_written_once_in_its_interval(void **state)
{
    (void)state;
    log_tune(LOG_AT_INFO, 3600000);
    assert_int_equal(lines_in(written_by(fail_often)), 1);
    assert_int_equal(lines_in(written_by(fail_often)), 0);
    assert_int_equal(lines_in(written_by(fail_elsewhere)), 1);
    log_tune(LOG_AT_INFO, 0);
    assert_non_null(strstr(written_by(fail_often), "count=0 repeated=1999\n"));
}

static void notice_often(void)
{
    for (int i = 0; i < 3; i++)
        log_notice("SD9008", "the same again");
}

static void notices_are_held_back_too(void **state)
{
    (void)state;
    log_tune(LOG_AT_INFO, 3600000);
    assert_int_equal(lines_in(written_by(notice_often)), 1);
}

static void bind_and_lose(void)
{
    for (int i = 0; i < 50; i++) {
        log_notice("SD9012", "link main: bound");
        log_notice("SD9013", "link main: ended");
    }
}

static void tell_what_was_held(void)
{
    log_held(false);
}

static void what_was_held_back_is_told_when_its_interval_is_over(void **state)
{
    (void)state;
    log_tune(LOG_AT_INFO, 3600000);
    assert_int_equal(lines_in(written_by(bind_and_lose)), 2);
    assert_int_equal(lines_in(written_by(tell_what_was_held)), 0);
    log_tune(LOG_AT_INFO, 0);
    const char *log = written_by(tell_what_was_held);
    assert_int_equal(lines_in(log), 2 + 1); /* and notice_often's */
    assert_non_null(strstr(log, "SD9012 link main: bound repeated=48\n"));
    assert_non_null(strstr(log, "SD9013 link main: ended repeated=48\n"));
    assert_int_equal(lines_in(written_by(tell_what_was_held)), 0);
}

static void lose_three_links(void)
{
    for (int i = 1; i <= 9; i++)
        log_notice("SD9015", "link smsc-%d: ended: 10.0.0.%d does not answer wait_ms=%d", 1 + i % 3,
                   i, i);
}

static void what_has_another_name_is_not_the_same(void **state)
{
    (void)state;
    log_tune(LOG_AT_INFO, 3600000);
    const char *log = written_by(lose_three_links);
    assert_int_equal(lines_in(log), 3);
    assert_non_null(strstr(log, "link smsc-1: ended"));
    assert_non_null(strstr(log, "link smsc-2: ended"));
    assert_non_null(strstr(log, "link smsc-3: ended"));
}

static void debug_often(void)
{
    for (int i = 0; i < 3; i++)
        log_debug("SD9014", "the same again");
}

static void debug_lines_are_always_written(void **state)
{
    (void)state;
    log_tune(LOG_AT_DEBUG, 3600000);
    assert_int_equal(lines_in(written_by(debug_often)), 3);
    log_tune(LOG_AT_INFO, 3600000);
}

static void say_tricks(void)
{
    log_notice("SD9009", "why=%s", "a\n2026-01-01 forged\r\x1b[2J\x7f");
}

static void nobodys_words_make_a_second_line_or_steer_a_terminal(void **state)
{
    (void)state;
    const char *log = written_by(say_tricks);
    assert_int_equal(lines_in(log), 1);
    assert_non_null(strstr(log, "why=a?2026-01-01 forged??[2J?\n"));
}

static void say_much(void)
{
    char much[5000];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    log_notice("SD9010", "%s", much);
}

static void a_long_line_is_cut_and_still_a_line(void **state)
{
    (void)state;
    const char *log = written_by(say_much);
    assert_int_equal(lines_in(log), 1);
    assert_true(strlen(log) < 1200);
}

static void *shout(void *arg)
{
    for (int i = 0; i < 200; i++)
        log_notice("SD9011", "thread=%s", (const char *)arg);
    return NULL;
}

static void shout_together(void)
{
    pthread_t threads[3];
    char *names[] = {"aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccc"};
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, shout, names[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

static void threads_do_not_mix_their_lines(void **state)
{
    (void)state;
    char *rest = NULL;
    unsigned whole = 0;
    log_tune(LOG_AT_INFO, 0);
    written_by(shout_together);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        whole += strlen(line) == 24 + strlen(" SD9011 thread=") + 20;
    assert_int_equal(whole, 600);
}

static void a_number_shows_its_last_four_digits(void **state)
{
    (void)state;
    assert_string_equal(log_number("8095551234"), "…1234");
    assert_string_equal(log_number("12345"), "…2345");
    assert_string_equal(log_number("1234"), "…");
    assert_string_equal(log_number(""), "…");
    assert_string_equal(log_number(NULL), "…");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_time_id_sentence_and_fields),
        cmocka_unit_test(what_is_below_the_level_is_not_written),
        cmocka_unit_test(the_same_failure_is_written_once_in_its_interval),
        cmocka_unit_test(notices_are_held_back_too),
        cmocka_unit_test(what_was_held_back_is_told_when_its_interval_is_over),
        cmocka_unit_test(what_has_another_name_is_not_the_same),
        cmocka_unit_test(debug_lines_are_always_written),
        cmocka_unit_test(nobodys_words_make_a_second_line_or_steer_a_terminal),
        cmocka_unit_test(a_long_line_is_cut_and_still_a_line),
        cmocka_unit_test(threads_do_not_mix_their_lines),
        cmocka_unit_test(a_number_shows_its_last_four_digits),
    };
    unsetenv("JOURNAL_STREAM");
    close(mkstemp(path));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
