/* The other smppd on this memcached, by the names they keep there. When memcached has lost what it
 * held, nobody may give codes away or judge answers before they too have put their conversations
 * back; each of them looks once a second. On the storer's thread. */
#ifndef SMPP_STORER_OTHERS_H
#define SMPP_STORER_OTHERS_H

#include "smpp/storer/alive.h"

enum { OTHERS_MAX = 16 }; /* more are not waited for */

struct others {
    const struct alive *own;
    unsigned count;
    struct alive name[OTHERS_MAX];
    int64_t until; /* microseconds of clock_us(): no longer is waited; 0: nobody is */
};

/* `own` is read as long as `others` lives. */
void others_start(struct others *others, const struct alive *own);

/* Takes the names from memcached and adds the own one where it is missing: once a second. */
void others_meet(struct others *others, struct store *store);

/* Whether one of them has still to put back what it holds; false after 3 s, for it may be down;
 * then it is forgotten until it comes back. Pauses a moment where true. */
bool others_are_missed(struct others *others, struct store *store);

#endif
