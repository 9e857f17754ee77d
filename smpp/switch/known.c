/* What this daemon knows of a mobile, beside what memcached may have dropped; see switchboard.h. */
#include <stdlib.h>

#include "smpp/switch/switchboard.h"

void switch_known(const struct switchboard *sb, const char *mobile, struct claim_known *known)
{
    const struct conversation *live[2 * CONF_CODES], *one = NULL; /* at most one of each code */
    unsigned count = 0;
    while ((one = conversation_of_mobile(&sb->conversations, mobile, one)))
        if ((conf_codes_have(&sb->conf->codes, one->code) ||
             conf_codes_have(&sb->conf->retired, one->code)) &&
            one == conversation_of_pair(&sb->conversations, mobile, one->code))
            live[count++] = one;
    known->route = count ? calloc(count, sizeof *known->route) : NULL;
    for (unsigned i = 0; i < count && known->route; i++)
        conversation_route(live[i], &known->route[known->count++]);
}
