/* Whether a handset would make a link of something in a text. Knows nothing of httpd. */
#ifndef SMSI_URL_H
#define SMSI_URL_H

#include <stdbool.h>

/*
 * Finds "http://", "www.", a bare domain ("ejemplo.com/x", "bit.ly"), an IPv4 address; also in
 * disguise: look-alike letters and dots, "ejemplo[.]com", "ejemplo punto com", "ejemplo,com",
 * spaces around the dot; and a domain of another script. An e-mail address is none. Nor is a full
 * stop without a space after it ("voy.me esperas"): what cannot be told from one is url_defuse.h's.
 */
bool url_is_in(const char *utf8);

#endif
