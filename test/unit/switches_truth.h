/* How it truly is with the conversations of smppd that are played, whatever one of them believes. A
 * test fails where one commits that a live one has ended, or forgets an event of a live session. */
#ifndef TEST_UNIT_SWITCHES_TRUTH_H
#define TEST_UNIT_SWITCHES_TRUTH_H

#include "test/unit/switches.h"

enum { TRUTH_SESSIONS = 3, TRUTH_MOBILES = 2 };

/* One conversation: it lives until the latest time that any smppd has on disk. */
struct life {
    uint64_t id;
    int64_t until; /* ms */
    bool over;     /* its end was asked for, or its pair is another's */
    bool shown;    /* its session's transcript has it */
    char session[ROUTE_ID_ROOM], mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM];
};

/* Nothing is known yet; before switches_begin. A failure tells the seed. */
void truth_begin(uint64_t seed);
/* After memcached may have changed: a claim may stand there only. */
void truth_look(void);
/* As time goes on: what is over may be forgotten, though its session begins anew. */
void truth_forget(void);

/* The names of those who write. Who ends all begins anew under another one. */
const char *session_name(unsigned nth);
void session_end(unsigned nth);
const char *mobile_name(unsigned nth);

/* The next live one of the session after `before`, the first one where that is NULL. */
struct life *life_of_session(const char *session, const struct life *before);

#endif
