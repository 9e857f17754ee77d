/* Disguises of the dot in a host name. Knows nothing of httpd. */
#ifndef SMSI_URL_DOT_H
#define SMSI_URL_DOT_H

#include <stddef.h>

/* Octets of the dot at `utf8`, not folded, if browsers take it for one (IDNA); 0: there is none. */
size_t url_dot_at(const char *utf8);

/*
 * Puts dots where "ejemplo (punto) com", "ejemplo dot com", "bit,ly/x", "wa me/1809" or
 * "e j e m p l o . c o m" mean one; leaves the commas and blanks of a sentence alone. `text` is
 * folded (fold_plain), without two blanks in a row; it does not grow.
 */
void url_dots_undo(char *text);

#endif
