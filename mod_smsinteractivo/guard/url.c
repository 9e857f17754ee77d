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

/* Ways to write a dot; the longer first. Those in words count only before a domain. */
static const struct {
    const char *written;
    bool word;
} dot_ways[] = {{"[.]", false},     {"(.)", false},     {"{.}", false},     {"<.>", false},
                {"[dot]", false},   {"(dot)", false},   {"{dot}", false},   {"<dot>", false},
                {"[punto]", false}, {"(punto)", false}, {"{punto}", false}, {"<punto>", false},
                {" punto ", true},  {" dot ", true},    {"-punto-", true},  {"-dot-", true},
                {" . ", true},      {" .", true},       {". ", true}};

/* How many octets at `at` are a disguised dot; 0 where none is. */
static size_t dot_way(const char *at)
{
    for (size_t i = 0; i < sizeof dot_ways / sizeof *dot_ways; i++) {
        size_t len = strlen(dot_ways[i].written), label = 0;
        if (strncmp(at, dot_ways[i].written, len) != 0)
            continue;
        while (is_label_char(at[len + label]))
            label++;
        /* "Nos vemos en la tarde. Do re mi" is none. */
        if (!dot_ways[i].word || url_domain_is_spelled(at + len, label))
            return len;
    }
    return 0;
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

/* Whether what follows a host belongs to a link, not to the sentence. */
static bool is_path(const char *after)
{
    return *after == '/' || (*after == ':' && isdigit((unsigned char)after[1])) ||
           (*after == '?' && isalnum((unsigned char)after[1]));
}

static bool has_letter(const char *octets, size_t len)
{
    while (len--)
        if (isalpha((unsigned char)octets[len]))
            return true;
    return false;
}

/* A host begins at `host`, is `len` long and is followed by `after`. */
static bool host_is_link(const char *host, size_t len, const char *after, bool mail)
{
    const char *last = memrchr(host, '.', len);
    bool path = is_path(after), long_enough;
    if (!last || last == host)
        return false;
    size_t tail = (size_t)(host + len - last) - 1;
    bool several = memchr(host, '.', (size_t)(last - host)) != NULL;
    if (is_address(host, len, &long_enough))
        return path || long_enough;
    /* "8.30.am", "2.lb" */
    if (tail == 2 && !path && !has_letter(host, (size_t)(last - host)))
        return false;
    if (url_domain_is(last + 1, tail))
        return path || !mail;
    return (path || several) && !mail && url_domain_is_word(last + 1, tail);
}

/* "www" is nobody's word. */
static bool has_www(const char *text)
{
    return strstr(text, "www.") || strstr(text, " www ") || strncmp(text, "www ", 4) == 0;
}

bool url_is_in(const char *utf8)
{
    char text[FOLDED_ROOM];
    fold_plain(text, sizeof text, utf8);
    dots_undo(text);
    if (strstr(text, "://") || has_www(text))
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
