/* Which of several links takes the next message. */
#ifndef SMPP_LINK_LINKS_H
#define SMPP_LINK_LINKS_H

#include "smpp/link/link.h"

struct links_choice {
    struct link **links;
    size_t count;
    /* Whether a link may carry this short code; NULL: all may. */
    bool (*carries)(const struct link_conf *conf, const char *short_code);
};

/* The link with the lowest priority number that is up, carries the short code and has room; among
 * equals the one with the most room in proportion to its window. NULL if none has room now. */
struct link *links_pick(const struct links_choice *choice, const char *short_code);

/* How many are up, with room or not. */
size_t links_count_up(const struct links_choice *choice);

/* Whether any link that carries the short code is up, with room or not. */
bool links_up(const struct links_choice *choice, const char *short_code);

#endif
