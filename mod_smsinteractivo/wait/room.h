/* What the configuration says of waiting, held against what the MPM can do: for configtest. */
#ifndef SMSI_ROOM_H
#define SMSI_ROOM_H

#include "mod_smsinteractivo/settings.h"

/* NULL, or a sentence with what is wrong and a remedy. `mounts` have been found before. */
const char *room_judge(apr_pool_t *pool, const server_rec *main_server);

#endif
