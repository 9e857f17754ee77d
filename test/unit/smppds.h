/* Several smppd over one memcached, played by hand: the switch's repeat*.c and the spool's own
 * statements are real; the loop, the threads, memcached, the disk and the clock are the test's. */
#ifndef TEST_UNIT_SMPPDS_H
#define TEST_UNIT_SMPPDS_H

#include "smpp/switch/repeat.h"
#include "smpp/switch/switchboard.h"
#include "test/unit/played_spool.h"

enum { SMPPDS = 5, LINES = 8192 };

struct smppd {
    struct switchboard sb;
    struct played_spool disk;
    bool up, looks;     /* looks: it is about to read what others left */
    int64_t skew;       /* of its clock */
    unsigned read;      /* so many lines */
    unsigned kept_read; /* ... as a restart finds it */
    int64_t looked, stopped;
    unsigned filed_twice; /* SD0205 */
};

/* What all of them share. */
struct world {
    unsigned count; /* smppd */
    int64_t now;
    bool away;           /* memcached */
    bool (*drops)(void); /* the line that is left just now */
    unsigned lines;
    struct {
        char text[STRAY_LINE_ROOM];
        int64_t until;
    } line[LINES];
    unsigned shown[SMPPDS], claims;
    uint64_t shown_reply[SMPPDS]; /* the last one: shown again it is the same event */
    struct smppd smppd[SMPPDS];
};

extern struct world world;

void smppds_begin(unsigned count, bool (*drops)(void));
void smppds_end(void);

struct smppd *smppd_named(const char *instance);

/* Dies with all it had not committed; comes back, reads what others left and recovers. */
void smppd_kill(struct smppd *smppd);
void smppd_start(struct smppd *smppd);

/* What its loop does in one turn beside. */
void smppd_turn(struct smppd *smppd);
/* An answer's event is in the transcript. */
void smppd_show(struct smppd *smppd, const struct spool_reply *reply);

/* All that was left in it is gone. */
void memcached_lose(void);

#endif
