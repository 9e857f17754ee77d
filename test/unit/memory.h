/* memcached played by hand: store.h over a table, and what others do to it between two calls. */
#ifndef TEST_UNIT_MEMORY_H
#define TEST_UNIT_MEMORY_H

#include "smpp/store/store.h"

/* Called once, before the next look at many keys that follows an unheard swap. */
extern void (*memory_meanwhile)(void);

void memory_empty(void);
/* The value under a key, ended by a NUL; NULL where there is none. */
const char *memory_of(const char *key);

#endif
