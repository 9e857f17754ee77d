/* The other smppd on this memcached, by the names they keep there. When memcached has lost what it
 * held, nobody may give codes away or judge answers before they too have put their conversations
 * back; each of them looks once a second. On the storer's thread. */
#ifndef SMPP_STORER_OTHERS_H
#define SMPP_STORER_OTHERS_H

#include "smpp/storer/alive.h"

enum { OTHERS_MAX = 16 }; /* more are not waited for */

struct others {
    const struct alive *own;
    char run[40];     /* what stands under the own `here:` key */
    bool told;        /* ... since it was set first */
    bool twice;       /* somebody else uses the own name */
    int64_t patience; /* microseconds */
    unsigned count;
    struct other {
        struct alive alive;
        bool here;       /* its `here:` key stood there at the last look */
        bool forgotten;  /* it was waited for in vain */
        int64_t unheard; /* until then (microseconds of clock_us()) it may know of what was lost and
                            it has not put back; 0: it has put back what it knows */
    } other[OTHERS_MAX];
    int64_t until; /* microseconds of clock_us(): no longer is waited; 0: nobody is */
};

/* `own` is read as long as `others` lives; `run` is different in each run of each smppd; `names`,
 * with a space between, have been here lately and are waited for too. For so many microseconds of
 * `patience` one that is away may know of what lives. */
void others_start(struct others *others, const struct alive *own, const char *run,
                  const char *names, int64_t patience);

/* Once a second: says that we are here, takes the names from memcached and adds the own one where
 * it is missing. */
void others_meet(struct others *others, struct store *store);

/* The names of those that are here, a space between. */
void others_here(const struct others *others, char *names, size_t room);

/* Whether one of them has still to put back what it holds; false after 3 s, for it may be down;
 * then it is forgotten until it comes back. Pauses a moment where true. */
bool others_are_missed(struct others *others, struct store *store);

/* memcached has lost all of it: whoever is missed has that time anew, for the first time may have
 * passed while memcached was away once more. */
void others_lost(struct others *others);

/* Whether memcached holds what each of them knew, down or not, that may still matter. */
bool others_are_heard(const struct others *others);

/* Says in memcached that nobody has anything to put back, or somebody has: for modules, which do
 * not know whom to ask. Under the alive: keys of a name that no smppd has. */
#define OTHERS_ALL "*"
void others_whole(const struct others *others, struct store *store, bool whole);

/* The key that says that an smppd is here: set once a second, gone a few seconds later. */
void others_here_key(char key[STORER_KEY_ROOM], const char *instance);

#endif
