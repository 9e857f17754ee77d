/* The `alive:INSTANCE` keys: while they are there memcached has lost nothing since it was filled.
 * One for a lone server, several for a ring, so that each of its servers is likely to hold some. */
#ifndef SMPP_STORER_ALIVE_H
#define SMPP_STORER_ALIVE_H

#include "smpp/storer/storer.h"

enum { ALIVE_KEYS = 16 };

#define ALIVE_FILLING "filling" /* what they say while a refill is under way */
#define ALIVE_WAITING "waiting" /* ... and while others are waited for that have not filled yet */

struct alive {
    char instance[STORER_KEY_ROOM - 12];
    unsigned keys;
};

/* `servers`: of memcached. */
void alive_start(struct alive *alive, unsigned servers, const char *instance);
void alive_key(const struct alive *alive, unsigned nth, char key[STORER_KEY_ROOM]);

/* Whether what was read under a key says that its server has lost what it held, or that not all was
 * put back yet. A server that did not answer says nothing. */
bool alive_is_lost(const struct storer_value *value);
/* The same of another smppd, which need not have waited for us. */
bool alive_is_missed(const struct storer_value *value);

/* On the storer's thread, over all servers that answer; -EAGAIN where none does. */
/* Sets all of them; 0 or -EAGAIN. */
int alive_set(const struct alive *alive, struct store *store, const char *value);
/* Sets those that are there: 0; -ENOENT where one was missing; -EAGAIN. */
int alive_confirm(const struct alive *alive, struct store *store, const char *value);

#endif
