/* What is refused because no memory is left, told to the operator: whoever asked is only told to
 * come back. */
#ifndef SMPP_SWITCH_SHORTAGE_H
#define SMPP_SWITCH_SHORTAGE_H

#include <stdint.h>

struct switchboard;

struct shortage {
    const char *what; /* was refused last; NULL: nothing yet */
    int64_t at;       /* ms */
};

/* `what`: "message" or "answer". */
void shortage_tell(struct switchboard *sb, const char *what);

#endif
