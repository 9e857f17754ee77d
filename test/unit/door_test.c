/* Facts about the socket: who may say what, and what is a request. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "smpp/door/door_inner.h"
#include "smpp/logbook/counters.h"
#include "test/unit/house.h"

static void nothing_goes_before_hello(void **state)
{
    struct house *house = *state;
    int fd = house_knock(house);
    house_hear(house, fd);
    house_say(house, fd, "echo 1 text=a\nsubscribe 2\nhello 3 role=king\nhello 4\n");
    assert_string_equal(house_hear(house, fd), "no 1 reason=hello-first\nno 2 reason=hello-first\n"
                                               "no 3 reason=bad-field field=role\n"
                                               "no 4 reason=bad-field field=role\n");
    close(fd);
}

static void each_verb_is_for_its_role(void **state)
{
    struct house *house = *state;
    int module = house_enter(house, "module"), ctl = house_enter(house, "ctl");
    house_say(house, module, "echo 1 text=a%20b\nrule 2\nsing 3\n");
    assert_string_equal(house_hear(house, module),
                        "ok 1 text=a%20b\nno 2 reason=not-allowed\nno 3 reason=unknown-verb\n");
    house_say(house, ctl, "rule 1 text=a\necho 2\n");
    assert_string_equal(house_hear(house, ctl), "ok 1 text=a\nno 2 reason=not-allowed\n");
    close(module);
    close(ctl);
}

static void lines_may_come_in_any_pieces(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    static const char text[] = "echo 1 text=a\necho 2 text=b\necho 3 text=c\n";
    for (const char *c = text; *c; c++)
        house_say(house, fd, (char[]){*c, '\0'});
    assert_string_equal(house_hear(house, fd), "ok 1 text=a\nok 2 text=b\nok 3 text=c\n");
    close(fd);
}

static void answers_may_come_in_any_order(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    house_say(house, fd, "keep 1\nkeep 2\necho 3\n");
    assert_string_equal(house_hear(house, fd), "ok 3\n");
    request_yes(house->kept[1]);
    request_refuse_for(house->kept[0], "codes-busy", 12);
    house->count = 0;
    assert_string_equal(house_hear(house, fd), "ok 2\nno 1 reason=codes-busy retry-in=12\n");
    close(fd);
}

static void items_come_before_the_answer(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    house_say(house, fd, "list 1 count=2\n");
    assert_string_equal(house_hear(house, fd), "item 1 n=0\nitem 1 n=1\nok 1\n");
    close(fd);
}

static void two_requests_may_be_answered_line_by_line_in_turns(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    house_say(house, fd, "keep 1\nkeep 2\n");
    line_put(request_item(house->kept[0]), "a", "x");
    line_put(request_item(house->kept[1]), "b", "y");
    request_yes(house->kept[0]);
    request_yes(house->kept[1]);
    house->count = 0;
    assert_string_equal(house_hear(house, fd), "item 1 a=x\nitem 2 b=y\nok 1\nok 2\n");
    close(fd);
}

static void whoever_breaks_the_grammar_is_cut_off(void **state)
{
    struct house *house = *state;
    static const char *const broken[] = {"\n",       "echo\n",          "echo text=a\n",
                                         "ECHO 1\n", "a  b\n",          "echo 1 x=%0\n",
                                         "\x01\n",   "echo 1 a=1 a=2\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        int fd = house_enter(house, "module");
        house_say(house, fd, broken[i]);
        const char *heard = house_hear(house, fd);
        if (strcmp(heard, "no 0 reason=bad-line\n<end>") != 0)
            fail_msg("<<%s>> heard <<%s>>", broken[i], heard);
        close(fd);
    }
}

static void a_peer_that_says_no_more_still_gets_its_answers(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    house_say(house, fd, "keep 1\nkeep 2\n");
    shutdown(fd, SHUT_WR);
    house_turn(house);
    assert_non_null(house->kept[0]->peer);
    request_yes(house->kept[0]);
    assert_string_equal(house_hear(house, fd), "ok 1\n");
    request_yes(house->kept[1]);
    house->count = 0;
    assert_string_equal(house_hear(house, fd), "ok 2\n<end>");
    close(fd);
}

static void a_request_outlives_its_peer(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    house_say(house, fd, "keep 1 text=still%20here\n");
    close(fd);
    house_turn(house);
    house_turn(house);
    assert_null(house->kept[0]->peer);
    assert_string_equal(request_get(house->kept[0], "text"), "still here");
    line_put(request_item(house->kept[0]), "a", "b");
    request_yes(house->kept[0]);
    house->count = 0;
}

static void a_request_outlives_the_door(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    house_say(house, fd, "keep 1 text=x\n");
    door_close(house->door);
    request_refuse_field(house->kept[0], "text");
    house->count = 0;
    struct door_parts parts = house_parts(house);
    char why[256];
    house->door = door_open(&parts, why, sizeof why);
    assert_non_null(house->door);
    close(fd);
}

static void an_answer_that_comes_too_late_is_dropped(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    uint64_t before = counter_get(COUNTER_DOOR_TIMEOUTS);
    house_say(house, fd, "brief 1\n");
    assert_non_null(house->kept[0]->peer);
    event_base_loop(house->base, EVLOOP_ONCE); /* its timer is all there is to wait for */
    assert_string_equal(house_hear(house, fd), "no 1 reason=timeout\n");
    assert_int_equal(counter_get(COUNTER_DOOR_TIMEOUTS), before + 1);
    assert_null(house->kept[0]->peer);
    request_yes(house->kept[0]);
    house->count = 0;
    house_say(house, fd, "echo 2\n");
    assert_string_equal(house_hear(house, fd), "ok 2\n");
    close(fd);
}

static void an_answer_too_long_for_a_line_is_still_an_answer(void **state)
{
    struct house *house = *state;
    int fd = house_enter(house, "module");
    house_say(house, fd, "giant 1\n");
    assert_string_equal(house_hear(house, fd), "no 1 reason=too-long\n");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(nothing_goes_before_hello),
        FACT(each_verb_is_for_its_role),
        FACT(lines_may_come_in_any_pieces),
        FACT(answers_may_come_in_any_order),
        FACT(items_come_before_the_answer),
        FACT(two_requests_may_be_answered_line_by_line_in_turns),
        FACT(whoever_breaks_the_grammar_is_cut_off),
        FACT(a_peer_that_says_no_more_still_gets_its_answers),
        FACT(a_request_outlives_its_peer),
        FACT(a_request_outlives_the_door),
        FACT(an_answer_that_comes_too_late_is_dropped),
        FACT(an_answer_too_long_for_a_line_is_still_an_answer),
    };
    house_quiet();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
