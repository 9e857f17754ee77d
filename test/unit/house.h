/* A house with a door (smpp/door/door.h) for each test, and what one says and hears there. */
#ifndef TEST_UNIT_HOUSE_H
#define TEST_UNIT_HOUSE_H

#include <event2/event.h>

#include "smpp/door/door.h"

enum { KEPT = 400, PEERS = 80 };

/* The verbs: echo (module), rule (operator) say `text` back; list says `count` items; keep answers
 * when the test does; brief is given 50 ms; giant answers more than a line holds. */
struct house {
    struct event_base *base;
    struct door *door;
    char directory[32], path[64];
    struct request *kept[KEPT]; /* requests not answered yet */
    unsigned count;
};

/* cmocka's setup and teardown of one fact. */
int house_build(void **state);
int house_leave(void **state);
#define FACT(name) cmocka_unit_test_setup_teardown(name, house_build, house_leave)

/* As smppd does at its start: no SIGPIPE, and only errors in the log. */
void house_quiet(void);

/* What the house's door was opened with; `path` is the house's own. */
struct door_parts house_parts(struct house *house);

/* One turn of the loop. */
void house_turn(struct house *house);

/* Connects; the caller closes. `house_enter` says hello too, as `role`. */
int house_knock(struct house *house);
int house_enter(struct house *house, const char *role);

/* Sends text; a door that hangs up meanwhile is no error. */
void house_say(struct house *house, int fd, const char *text);

/* Everything that comes until nothing more does, then "<end>" where the door hung up; valid until
 * the next call. */
const char *house_hear(struct house *house, int fd);

#endif
