/* What this daemon knows of a mobile, beside what memcached may have dropped; see switchboard.h. */
#include <stdlib.h>

#include "smpp/switch/switchboard.h"

void switch_known(const struct switchboard *sb, const char *mobile, struct claim_known *known)
{
    const struct conf_codes *codes = &sb->conf->codes;
    const struct conversation *live[CONF_CODES];
    unsigned count = 0;
    for (unsigned i = 0; i < codes->count; i++) {
        live[count] = conversation_of_pair(&sb->conversations, mobile, codes->code[i]);
        count += live[count] != NULL;
    }
    known->route = count ? calloc(count, sizeof *known->route) : NULL;
    for (unsigned i = 0; i < count && known->route; i++)
        conversation_route(live[i], &known->route[known->count++]);
}
