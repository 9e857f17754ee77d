/* See url_defuse.h. Looks at each dot by itself, for a handset may take the first two labels of
 * "evil.no.ya". */
#include "mod_smsinteractivo/guard/url_defuse.h"
#include "mod_smsinteractivo/guard/fold.h"
#include "mod_smsinteractivo/guard/url_domain.h"
#include "mod_smsinteractivo/guard/url_dot.h"
#include "mod_smsinteractivo/guard/url_host.h"

#include <ctype.h>
#include <stdlib.h>

enum { LABEL_ROOM = 64 };

static bool domain_begins(const char *utf8)
{
    char label[LABEL_ROOM];
    size_t len = 0;
    fold_plain(label, sizeof label, utf8);
    while (isalnum((unsigned char)label[len]))
        len++;
    return url_domain_of(label, len) != DOMAIN_NONE;
}

/* "1.2.3.4", from its first dot on. */
static bool address_goes_on(const char *at)
{
    unsigned numbers = 0;
    char *after = (char *)at;
    for (; *at == '.' && isdigit((unsigned char)at[1]); at = after)
        numbers += strtoul(at + 1, &after, 10) < 256;
    return numbers == 3;
}

/* "ana.de.leon@casa.no", from a dot before its '@' on. */
static bool mail_goes_on(const char *at)
{
    while (*at == '.' || url_is_label_char(*at))
        at++;
    size_t len = *at == '@' ? url_label(at + 1) : 0;
    return len > 0 && at[1 + len] == '.' && url_label(at + 2 + len) > 0;
}

bool url_defuse(char *utf8, char instead)
{
    bool named = false, mail = false, defused = false; /* what stands before, so far */
    char *out = utf8;
    for (const char *at = utf8; *at;) {
        size_t dot = url_dot_at(at);
        bool fuse = dot > 0 && named && !mail && !mail_goes_on(at) &&
                    (domain_begins(at + dot) || address_goes_on(at));
        bool label = url_is_label_char(*at) || ((unsigned char)*at >= 0x80 && dot == 0);
        mail = *at == '@' ? named : mail && (label || dot > 0);
        named = label;
        defused |= fuse;
        *out++ = fuse ? instead : *at;
        at += fuse ? dot : 1;
    }
    *out = '\0';
    return defused;
}
