/* application/x-www-form-urlencoded, strictly. Needs APR for memory only. */
#ifndef SMSI_FORM_H
#define SMSI_FORM_H

#include <apr_tables.h>
#include <stdbool.h>

enum { FORM_BODY_MOST = 4096, FORM_FIELDS = 16 };

/*
 * Parses `text` (writable) into name and value pairs that point into it. NULL where an escape is
 * broken, a name stands twice, a NUL or ill-formed UTF-8 hides in it, or there are too many.
 */
apr_table_t *form_parse(apr_pool_t *pool, char *text);

/* RFC 3629: shortest forms only, no surrogates, at most U+10FFFF. */
bool form_utf8_is_strict(const char *text);

#endif
