/* Top-level domains; `label` is folded and needs no NUL. */
#ifndef SMSI_URL_DOMAIN_H
#define SMSI_URL_DOMAIN_H

#include <stddef.h>

/* What a last label makes of "ejemplo.LABEL", as far as Spanish texts without a blank after the
 * full stop let it be told. What is no link here is made none (url_defuse.h). */
enum domain {
    DOMAIN_NONE,
    DOMAIN_WORD,     /* nothing: it is a word ("voy.si quieres"), or a name only its owner has */
    DOMAIN_GOES_ON,  /* a link where no sentence goes on behind it ("voy.me esperas") */
    DOMAIN_SAID_TOO, /* the same; behind a dot in disguise it is sure ("evil punto tv") */
    DOMAIN_SURE,     /* a link */
    DOMAIN_UNSAID,   /* a link whatever stands for the dot: nobody's word */
};
enum domain url_domain_of(const char *label, size_t len);
/* How many octets of `utf8`, not folded, are a domain of another script; 0: none. */
size_t url_domain_foreign(const char *utf8);

#endif
