/* Several switchboards over one memcached, played by hand: all of the switch but its loop, the
 * storers with all their jobs and the spools' statements are real; loops, threads, memcached,
 * disks, the door and the clock are the test's, and no link is up. */
#ifndef TEST_UNIT_SWITCHES_H
#define TEST_UNIT_SWITCHES_H

#include "smpp/switch/switchboard.h"
#include "test/unit/memory.h"
#include "test/unit/played_spool.h"

enum { SWITCHES = 3 };

/* One smppd. */
struct played_switch {
    struct switchboard sb;
    struct played_spool disk;
    bool up;
    int64_t looked;  /* once a second */
    int64_t stopped; /* it does nothing until then */
};

struct switches {
    unsigned count;
    int64_t now; /* ms */
    uint64_t ids;
    struct conf conf[SWITCHES];
    struct played_switch one[SWITCHES];
    /* The test's: a job of a spool was done; a request was answered with `ok`. */
    void (*committed)(struct played_switch *one, const struct job *job);
};

extern struct switches switches;

/* All of them up, memcached empty. */
void switches_begin(unsigned count, int64_t now);
void switches_end(void);

void switch_start(struct played_switch *one);
/* kill -9; or SIGTERM, and what the spool was given is committed. */
void switch_kill(struct played_switch *one);
void switch_stop(struct played_switch *one);

/* One turn of the loop, of the storer's thread; false where that has nothing to do. */
void switch_turn(struct played_switch *one);
bool switch_store(struct played_switch *one);

/* A visitor writes, presses a button; a mobile answers. Nobody waits for what comes of it. */
void switch_write(struct played_switch *one, const char *session, const char *mobile);
void switch_press(struct played_switch *one, void verb(void *sb, struct request *request),
                  const char *session, const char *conversation);
void switch_answer(struct played_switch *one, const char *mobile, const char *code);

#endif
