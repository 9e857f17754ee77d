/* What a visitor writes, and how many SMS it makes. Knows nothing of httpd but its
 * memory. */
#ifndef SMSI_MESSAGE_H
#define SMSI_MESSAGE_H

#include <apr_tables.h>
#include <stdbool.h>

enum { MESSAGE_CHARACTERS = 150, MESSAGE_ROOM = 2048 };

enum message_fault {
    MESSAGE_FINE,
    MESSAGE_MISSING,
    MESSAGE_LONG,
    MESSAGE_LINK,
    MESSAGE_WORD,
};

/*
 * Cleans `typed` (UTF-8) into `out` (smpp/text) without spaces and line ends around it. `words`
 * are those refused, or NULL; `links`: URLs are allowed. On a fault `out` holds the cleaned text.
 */
enum message_fault message_check(const char *typed, const apr_array_header_t *words, bool links,
                                 char out[static MESSAGE_ROOM]);
const char *message_fault_text(enum message_fault fault);

/* The SMS that `name` and `message` go out as: `policy` and `notice` as smppd's greeting says;
 * `notice` NULL where it is not the first of a conversation. At least 1. */
unsigned message_parts(const char *name, const char *message, const char *notice,
                       const char *policy);

#endif
