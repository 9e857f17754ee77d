/* The name a visitor gives. Knows nothing of httpd but its memory. */
#ifndef SMSI_NAME_H
#define SMSI_NAME_H

#include <apr_tables.h>

enum { NAME_CHARACTERS = 20, NAME_ROOM = 128 };

enum name_fault {
    NAME_FINE,
    NAME_MISSING,
    NAME_LONG,
    NAME_DIGITS,   /* four digits in a row, as in a number or a short code */
    NAME_LINK,     /* something a handset would make a link of */
    NAME_RESERVED, /* a word of the list */
};

/*
 * Cleans `typed` (UTF-8) into `out`: NFC, invisible characters out, line ends and runs of spaces
 * one space, none around. `reserved` is a words.h list or NULL. On a fault `out` holds what was
 * cleaned so far, for showing it again.
 */
enum name_fault name_check(const char *typed, const apr_array_header_t *reserved,
                           char out[static NAME_ROOM]);

/* The name of a fault in the catalogue: "name.long". */
const char *name_fault_text(enum name_fault fault);

#endif
