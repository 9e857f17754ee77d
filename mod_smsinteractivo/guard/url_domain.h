/* Top-level domains; `label` is folded and needs no NUL. */
#ifndef SMSI_URL_DOMAIN_H
#define SMSI_URL_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

/* One that makes a link of "ejemplo.LABEL" by itself. */
bool url_domain_is(const char *label, size_t len);
/* One that is meant even in "ejemplo . LABEL" or "ejemplo punto LABEL". */
bool url_domain_is_spelled(const char *label, size_t len);
/* One that is a word as well ("voy.me falta poco"). */
bool url_domain_is_word(const char *label, size_t len);
/* How many octets of `utf8`, not folded, are a domain of another script; 0: none. */
size_t url_domain_foreign(const char *utf8);

#endif
