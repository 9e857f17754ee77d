/* What may be an address as well as a sentence ("voy.me llamas", "evil.no"): it goes out, and no
 * handset makes a link of it. Knows nothing of httpd. */
#ifndef SMSI_URL_DEFUSE_H
#define SMSI_URL_DEFUSE_H

#include <stdbool.h>

/* Writes `instead`, an ASCII character, for each dot between what could be a name and a top-level
 * domain, and for the first dot of an IPv4 address; e-mail addresses stay. Characters stay as many
 * as they were. Whether there was such a dot. */
bool url_defuse(char *utf8, char instead);

#endif
