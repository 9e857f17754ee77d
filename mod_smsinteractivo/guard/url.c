/* Works on the folded text, in two steps: undo the disguises of a dot, then look at each word that
 * holds one; see url.h. */
#include "mod_smsinteractivo/guard/url.h"
#include "mod_smsinteractivo/guard/fold.h"
#include "mod_smsinteractivo/guard/url_domain.h"

#include <ctype.h>
#include <string.h>

enum { FOLDED_ROOM = 1024 };

static bool is_label_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* "?promo=1"; "vienes.si?dime" asks twice. */
static bool is_query(const char *after)
{
    size_t len = 1;
    if (*after != '?')
        return false;
    while (is_label_char(after[len]))
        len++;
    return len > 1 && after[len] == '=';
}

/* Whether what follows a host belongs to a link, not to the sentence. */
static bool is_path(const char *after)
{
    return *after == '/' || (*after == ':' && isdigit((unsigned char)after[1])) || is_query(after);
}

/* Before which domains a disguise is a dot. */
enum before { ANYTHING, ANY_DOMAIN, SPELLED_DOMAIN, COM };

// clang-format off
/* Ways to write a dot; the longer first. */
static const struct {
    const char *written;
    enum before before;
} dot_ways[] = {
    {"[.]", ANYTHING}, {"(.)", ANYTHING}, {"{.}", ANYTHING}, {"<.>", ANYTHING},
    {"[dot]", ANYTHING}, {"(dot)", ANYTHING}, {"{dot}", ANYTHING}, {"<dot>", ANYTHING},
    {"[punto]", ANYTHING}, {"(punto)", ANYTHING}, {"{punto}", ANYTHING}, {"<punto>", ANYTHING},
    {" punto ", ANY_DOMAIN}, {" dot ", ANY_DOMAIN}, {"-punto-", ANY_DOMAIN}, {"-dot-", ANY_DOMAIN},
    {" . ", SPELLED_DOMAIN}, {" .", SPELLED_DOMAIN}, {". ", COM},
    {" , ", COM}, {" ,", COM}, {", ", COM}, {",", COM}, {" ; ", COM}, {";", COM}, {":", COM}, {"*", COM},
};
// clang-format on

/* "Nos vemos en la tarde. Do re mi" holds none. */
static bool is_before(const char *label, enum before before)
{
    size_t len = 0;
    while (is_label_char(label[len]))
        len++;
    switch (before) {
    case ANYTHING:
        return true;
    case ANY_DOMAIN:
        return url_domain_is(label, len) ||
               (url_domain_is_word(label, len) && is_path(label + len));
    case SPELLED_DOMAIN:
        return url_domain_is_spelled(label, len);
    case COM:
        break;
    }
    return len == 3 && (strncmp(label, "com", 3) == 0 || strncmp(label, "net", 3) == 0);
}

/* How many octets at `at` are a disguised dot; 0 where none is. */
static size_t dot_way(const char *at)
{
    for (size_t i = 0; i < sizeof dot_ways / sizeof *dot_ways; i++) {
        size_t len = strlen(dot_ways[i].written);
        if (strncmp(at, dot_ways[i].written, len) == 0 && is_before(at + len, dot_ways[i].before))
            return len;
    }
    return 0;
}

static void spaces_squeeze(char *text)
{
    char *out = text;
    for (const char *c = text; *c; c++)
        if (*c != ' ' || out == text || out[-1] != ' ')
            *out++ = *c;
    *out = '\0';
}

static void dots_undo(char *text)
{
    char *begin = text, *out = text;
    while (*text) {
        size_t way = dot_way(text);
        char first = *text;
        text += way ? way : 1;
        if (way && strchr("[({<", first)) { /* "evil (punto) com" */
            while (out > begin && out[-1] == ' ')
                out--;
            text += strspn(text, " ");
        }
        *out++ = way ? '.' : first;
    }
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

/* Whether the last label of a host has one before it that is no word: not "ok..me" nor "no.si.no".
 */
static bool is_below(const char *host, const char *last)
{
    const char *dot = memrchr(host, '.', (size_t)(last - host));
    size_t len = dot ? (size_t)(last - dot) - 1 : 0;
    return len > 0 && !url_domain_is_word(dot + 1, len);
}

/* A host begins at `host`, is `len` long and is followed by `after`. */
static bool host_is_link(const char *host, size_t len, const char *after, bool mail)
{
    const char *last = memrchr(host, '.', len);
    bool path = is_path(after), long_enough;
    if (!last)
        return false;
    size_t tail = (size_t)(host + len - last) - 1;
    if (last == host) /* behind a name of which no letter is known here */
        return url_domain_is(last + 1, tail);
    if (is_address(host, len, &long_enough))
        return path || long_enough;
    /* "8.30.am", "2.lb" */
    if (tail == 2 && !path && !has_letter(host, (size_t)(last - host)))
        return false;
    if (url_domain_is(last + 1, tail))
        return path || !mail;
    return (path || is_below(host, last)) && !mail && url_domain_is_word(last + 1, tail);
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
    static const char *const dots[] = {".", "。", "．", "｡"};
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
        for (const char *at = strstr(utf8, dots[i]); at; at = strstr(at, dots[i])) {
            bool named = at > utf8 && !isspace((unsigned char)at[-1]);
            at += strlen(dots[i]);
            size_t len = named ? url_domain_foreign(at) : 0;
            if (len > 0 && (unsigned char)at[len] < 0x80 && !isalnum((unsigned char)at[len]))
                return true;
        }
    return false;
}

bool url_is_in(const char *utf8)
{
    char text[FOLDED_ROOM];
    fold_plain(text, sizeof text, utf8);
    spaces_squeeze(text);
    dots_undo(text);
    if (has_token(text) || has_foreign_domain(utf8))
        return true;
    for (const char *at = text; *at;) {
        size_t len = 0;
        while (is_label_char(at[len]) || at[len] == '.')
            len++;
        size_t whole = len;
        while (len > 0 && at[len - 1] == '.')
            len--;
        bool mail = at > text + 1 && at[-1] == '@' && is_label_char(at[-2]);
        if (len > 0 && host_is_link(at, len, at + len, mail))
            return true;
        at += whole ? whole : 1;
    }
    return false;
}
