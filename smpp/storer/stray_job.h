/* The storer's part of stray.h: lines are numbered by a counter in memcached and kept under their
 * number for a while; who looks at the counter reads what is new. The owner keeps each job
 * until `then`. */
#ifndef SMPP_STORER_STRAY_JOB_H
#define SMPP_STORER_STRAY_JOB_H

#include "smpp/storer/alive.h"

enum { STRAY_LINE_ROOM = 768, STRAY_PAGE = 32 };

struct stray_post {
    struct storer_job job;
    void (*then)(struct stray_post *post);
    unsigned life;              /* seconds */
    char line[STRAY_LINE_ROOM]; /* opaque here */
};

/* job.e: 0 or -EAGAIN; where job.stubborn is set only once memcached has answered.
 * As storer_put. */
int stray_post_put(struct storer *storer, struct stray_post *post);

struct stray_look {
    struct storer_job job;
    void (*then)(struct stray_look *look);
    struct alive own; /* whose look it is */
    bool begun;   /* set by the first look, and the first after a loss: STRAY_BACK back at most */
    bool again;   /* in: right behind the look before */
    bool awaited; /* in: a refill waits for it, so it waits for none */
    bool first;   /* that first look, all its pages */
    uint64_t cursor;  /* the number read last */
    uint64_t ahead;   /* so many beyond it were read by the first look, behind one missing */
    uint64_t counted; /* the counter at the last look that was not `again` */
    bool more;        /* out: there are more than a page holds */
    unsigned count;   /* out: of lines, each NUL-terminated */
    char line[STRAY_PAGE][STRAY_LINE_ROOM];
};

/* job.e: 0 or -EAGAIN. */
int stray_look_put(struct storer *storer, struct stray_look *look);

#endif
