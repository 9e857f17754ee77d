/* Which <Location> is ours, and whether what stands in it can work. */
#ifndef SMSI_MOUNT_H
#define SMSI_MOUNT_H

#include <httpd.h>

#define HANDLER_NAME "smsinteractivo"

/* Finds every <Location> with `SetHandler smsinteractivo` and notes its path in our settings
 * there. NULL, or a sentence naming what is wrong and the remedy. */
const char *mount_find(apr_pool_t *pool, server_rec *main_server);

#endif
