/* Whether memcached has just lost everything (restart, flush): then a session that is not there may
 * be back within seconds, for smppd refills the live ones. */
#ifndef SMSI_LOST_H
#define SMSI_LOST_H

#include <stdbool.h>

#include "mod_smsinteractivo/visit/visit.h"

/* Notes, once per child, that memcached holds something. */
void lost_begin(struct visit *visit);
/* For a session that was not found: true where it may come back. */
bool lost_is_recent(struct visit *visit);

#endif
