/* The database's tables, as its present version has them, and how an older one is brought to it. */
#ifndef SMPP_SPOOL_SCHEMA_H
#define SMPP_SPOOL_SCHEMA_H

enum { SCHEMA_VERSION = 3 };

/* By the version found (0: an empty database): what brings it to the present one, in one
 * transaction. */
extern const char *const SCHEMA_FROM[SCHEMA_VERSION];

#endif
