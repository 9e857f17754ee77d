// How long a message may wait (SMPP 3.4, 7.1.1).
#ifndef SMSC_VALIDITY_H
#define SMSC_VALIDITY_H

#include <stdint.h>

// Microseconds from now until a validity_period "YYMMDDhhmmsstnnp" ends: 0 where it is over, 48
// hours where it is empty or cannot be read.
uint64_t validity_us(const char *period);

#endif
