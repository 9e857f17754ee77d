/* What this daemon knows of a mobile, beside what memcached may have dropped; see switchboard.h. */
#include <stdlib.h>

#include "smpp/switch/switchboard.h"

void switch_known(const struct switchboard *sb, const char *mobile, struct claim_known *known)
{
    const struct conf_codes *codes[] = {&sb->conf->codes, &sb->conf->retired};
    const struct conversation *live[2 * CONF_CODES];
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++)
        for (unsigned j = 0; j < codes[i]->count; j++) {
            live[count] = conversation_of_pair(&sb->conversations, mobile, codes[i]->code[j]);
            count += live[count] != NULL;
        }
    known->route = count ? calloc(count, sizeof *known->route) : NULL;
    for (unsigned i = 0; i < count && known->route; i++)
        conversation_route(live[i], &known->route[known->count++]);
}
