/* Works on the folded text, in two steps: undo the disguises of a dot, then look at each word that
 * holds one; see url.h. */
#include "mod_smsinteractivo/guard/url.h"
#include "mod_smsinteractivo/guard/fold.h"
#include "mod_smsinteractivo/guard/url_domain.h"
#include "mod_smsinteractivo/guard/url_dot.h"
#include "mod_smsinteractivo/guard/url_host.h"

#include <ctype.h>
#include <string.h>

enum { FOLDED_ROOM = 1024 }; /* 150 characters, each shown as six at most */

static void spaces_squeeze(char *text)
{
    char *out = text;
    for (const char *c = text; *c; c++)
        if (*c != ' ' || out == text || out[-1] != ' ')
            *out++ = *c;
    *out = '\0';
}

/* "10.0.0.1": four numbers to 255; `*long_enough` where nobody numbers a heading like that. */
static bool is_address(const char *word, size_t len, bool *long_enough)
{
    unsigned dots = 0, number = 0, digits = 0, all = 0;
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '.' && digits > 0) {
            dots++;
            number = digits = 0;
        } else if (isdigit((unsigned char)word[i]) &&
                   (number = number * 10 + (unsigned)(word[i] - '0')) < 256) {
            digits++;
            all++;
        } else {
            return false;
        }
    }
    *long_enough = all > 6;
    return dots == 3 && digits > 0;
}

static bool has_letter(const char *octets, size_t len)
{
    while (len--)
        if (isalpha((unsigned char)octets[len]))
            return true;
    return false;
}

/* A host as it stands in a text, its last label and what stands before that. */
struct host {
    const char *begin, *last, *after;
    size_t len, name_len, last_len;
    const char *name; /* the label before the last */
    unsigned dots;    /* between the two */
    enum domain domain;
};

static struct host host_of(const char *begin, size_t len)
{
    struct host host = {.begin = begin, .len = len, .after = begin + len, .last = begin + len};
    while (host.last > begin && host.last[-1] != '.')
        host.last--;
    host.last_len = (size_t)(host.after - host.last);
    host.name = host.last;
    for (; host.name > begin && host.name[-1] == '.'; host.name--)
        host.dots++;
    const char *end = host.name;
    while (host.name > begin && host.name[-1] != '.')
        host.name--;
    host.name_len = (size_t)(end - host.name);
    host.domain = url_domain_of(host.last, host.last_len);
    return host;
}

/* "EE.UU.es", "p.m.me": letters that stand for words. */
static bool is_abbreviation(const struct host *host)
{
    const char *end = host->name - 1;
    size_t len = 0;
    while (end - len > host->begin && end[-(ptrdiff_t)len - 1] != '.')
        len++;
    return host->name > host->begin && host->name_len < 3 && len < 3;
}

/* "x.evil.me": the label before the last is no word, as it is in "no.si.no". */
static bool is_below(const struct host *host)
{
    enum domain domain = url_domain_of(host->name, host->name_len);
    return host->name > host->begin && !is_abbreviation(host) && domain != DOMAIN_WORD &&
           domain != DOMAIN_GOES_ON;
}

/* "en evil.me", "evil.me y gana": neither full stop nor comma, nor "y", stands behind "me". */
static bool sentence_ends(const char *after)
{
    if (*after == '.')
        return after[1] != '.';
    return !*after || strchr(",;!)]}\"'", *after) || strncmp(after, " y ", 3) == 0 ||
           strncmp(after, " o ", 3) == 0;
}

static bool host_is_link(const struct host *host, bool mail)
{
    bool path = url_is_path(host->after), long_enough;
    size_t before = (size_t)(host->last - host->begin);
    if (before == 0)
        return false;
    if (host->name_len == 0) /* behind a name of which no letter is known here */
        return host->dots == 1 && host->domain >= DOMAIN_SAID_TOO;
    if (is_address(host->begin, host->len, &long_enough))
        return *host->after == '/' || path || long_enough;
    /* "8.30.am", "2.lb", "120.km/h" */
    if (host->last_len == 2 && !has_letter(host->begin, before))
        return path && host->domain == DOMAIN_SURE;
    if (mail)
        return *host->after == '/' && host->domain >= DOMAIN_SAID_TOO;
    if (path)
        return host->domain != DOMAIN_NONE;
    if (host->dots > 1) /* "ah...top" */
        return host->domain == DOMAIN_UNSAID;
    switch (host->domain) {
    case DOMAIN_UNSAID:
    case DOMAIN_SURE:
        return true;
    case DOMAIN_SAID_TOO:
    case DOMAIN_GOES_ON:
        return is_below(host) || sentence_ends(host->after);
    case DOMAIN_WORD:
        return is_below(host);
    case DOMAIN_NONE:
        break;
    }
    return false;
}

/* What is nobody's word, wherever it stands. */
static bool has_token(const char *text)
{
    static const char *const tokens[] = {"://", "www.", " www ", "hxxp", "puntocom", "dotcom"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        if (strstr(text, tokens[i]))
            return true;
    return strncmp(text, "www ", 4) == 0;
}

/* A domain that no folding makes Latin, behind a dot of any script. */
static bool has_foreign_domain(const char *utf8)
{
    bool named = false;
    for (const char *at = utf8; *at;) {
        size_t dot = url_dot_at(at), len = dot && named ? url_domain_foreign(at + dot) : 0;
        unsigned char after = (unsigned char)at[dot + len];
        if (len > 0 && after < 0x80 && !isalnum(after))
            return true;
        named = !isspace((unsigned char)*at);
        at += dot ? dot : 1;
    }
    return false;
}

bool url_is_in(const char *utf8)
{
    char text[FOLDED_ROOM];
    fold_plain(text, sizeof text, utf8);
    spaces_squeeze(text);
    url_dots_undo(text);
    if (has_token(text) || has_foreign_domain(utf8))
        return true;
    for (const char *at = text; *at;) {
        size_t len = 0;
        while (url_is_label_char(at[len]) || at[len] == '.')
            len++;
        size_t whole = len;
        while (len > 0 && at[len - 1] == '.')
            len--;
        bool mail = at > text + 1 && at[-1] == '@' && url_is_label_char(at[-2]);
        struct host host = host_of(at, len);
        if (host_is_link(&host, mail))
            return true;
        at += whole ? whole : 1;
    }
    return false;
}
