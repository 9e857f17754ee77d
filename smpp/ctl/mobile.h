/* A mobile's number as an operator types it. */
#ifndef SMPP_CTL_MOBILE_H
#define SMPP_CTL_MOBILE_H

#include <stdbool.h>

enum { MOBILE_ROOM = 11 };

/* The ten digits of "(809) 555-1234", "+1 809 555 1234", ...; false where there are not ten, after
 * saying so on stderr. */
bool mobile_take(char out[MOBILE_ROOM], const char *typed);

#endif
