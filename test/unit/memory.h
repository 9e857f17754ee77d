/* memcached played by hand: store.h over a table, and what others do to it between two calls. */
#ifndef TEST_UNIT_MEMORY_H
#define TEST_UNIT_MEMORY_H

#include "smpp/store/store.h"

/* Called once, between what the next batch reads and what it swaps. */
extern void (*memory_meanwhile)(void);

/* How many servers it says it is. */
extern unsigned memory_servers;

/* ms; nothing outlives its life where a test moves it. */
extern int64_t memory_now;
/* Nothing answers. */
extern bool memory_away;

void memory_empty(void);
/* The value under a key, ended by a NUL; NULL where there is none. */
const char *memory_of(const char *key);

#endif
