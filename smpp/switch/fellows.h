/* The other smppd on this memcached, remembered in the spool for a day: one that starts together
 * with a memcached that was emptied knows from here whom it has to wait for, and one that held
 * answers whom to ask. */
#ifndef SMPP_SWITCH_FELLOWS_H
#define SMPP_SWITCH_FELLOWS_H

#include <stdint.h>

#include "smpp/storer/others.h"

struct spool;
struct switchboard;

struct fellows {
    unsigned count;
    struct fellow {
        char instance[STORER_KEY_ROOM];
        int64_t seen; /* ms */
    } fellow[OTHERS_MAX];
    int64_t kept; /* ms: when they were written last */
};

/* Those of the last run; `names` gets those seen within some minutes, a space between. */
void fellows_recall(struct fellows *fellows, struct spool *spool, int64_t now,
                    char names[STORER_OTHERS_ROOM]);

/* Where in a row of so many we begin: each of us elsewhere, as long as they all know each other. */
unsigned fellows_place(const struct fellows *fellows, const char *own, unsigned count);

/* Remembers who is here now; one that was met just now at once. */
void fellows_tick(struct switchboard *sb, int64_t now);

#endif
