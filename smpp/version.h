/* Which smppd this is, for -V, the greeting's status and the log. */
#ifndef SMPP_VERSION_H
#define SMPP_VERSION_H

#define SMPPD_VERSION "1.0"

#endif
