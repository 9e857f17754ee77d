/* Whether memcached has lost what it held (restart, flush) and smppd has yet to put it back: then a
 * session that is not there may live. */
#ifndef SMSI_LOST_H
#define SMSI_LOST_H

#include <stdbool.h>

#include "smpp/store/store.h"

/* One round trip. Servers that do not answer are left out. */
bool lost_is(struct store *store);

#endif
