/* Works on the folded text, in two steps: undo the disguises of a dot, then look at each word that
 * holds one; see url.h. */
#include "mod_smsinteractivo/url.h"
#include "mod_smsinteractivo/fold.h"

#include <ctype.h>
#include <string.h>

enum { FOLDED_ROOM = 1024 };

/* Domains that make a link on sight. */
static const char *const domains[] = {
    "com",     "net",   "org",   "info",  "biz",   "edu",   "gov",  "mil",  "int",   "name",
    "mobi",    "app",   "dev",   "xyz",   "top",   "site",  "club", "shop", "store", "live",
    "online",  "link",  "win",   "vip",   "click", "page",  "icu",  "cc",   "io",    "ly",
    "gl",      "gd",    "do",    "co",    "us",    "uk",    "ru",   "cn",   "tk",    "ml",
    "ga",      "cf",    "gq",    "eu",    "fr",    "it",    "br",   "mx",   "ar",    "cl",
    "pe",      "tv",    "ws",    "pw",    "ht",    "cu",    "pr",   "jp",   "kr",    "in",
    "nl",      "be",    "ch",    "at",    "pl",    "cz",    "tech", "blog", "cloud", "space",
    "website", "email", "chat",  "money", "bank",  "promo", "gift", "loan", "cam",   "buzz",
    "fun",     "pro",   "media", "world", "today", "best",
};
/* Domains that are Spanish words too: only a path, a port or a second dot makes a link of them. */
static const char *const words_too[] = {"me", "se", "la", "es", "de", "no", "si", "su", "ni", "va",
                                        "ve", "id", "al", "so", "to", "is", "as", "ir", "tu", "mi"};

static bool is_listed(const char *const *list, size_t count, const char *word, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
            return true;
    return false;
}

static bool is_domain(const char *word, size_t len)
{
    return is_listed(domains, sizeof domains / sizeof *domains, word, len) ||
           (len > 4 && strncmp(word, "xn--", 4) == 0);
}

static bool is_label_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Ways to write a dot; the longer first. Those in words count only before a domain. */
static const struct {
    const char *written;
    bool word;
} dot_ways[] = {{"[.]", false},   {"(.)", false},     {"{.}", false},     {"[dot]", false},
                {"(dot)", false}, {"[punto]", false}, {"(punto)", false}, {" punto ", true},
                {" dot ", true},  {" . ", true},      {" .", true},       {". ", true}};

/* How many octets at `at` are a disguised dot; 0 where none is. */
static size_t dot_way(const char *at)
{
    for (size_t i = 0; i < sizeof dot_ways / sizeof *dot_ways; i++) {
        size_t len = strlen(dot_ways[i].written), label = 0;
        if (strncmp(at, dot_ways[i].written, len) != 0)
            continue;
        while (is_label_char(at[len + label]))
            label++;
        /* "Nos vemos en la tarde. Do re mi": two letters after a space are a word. */
        if (!dot_ways[i].word || (label > 2 && is_domain(at + len, label)))
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
        if (way && strchr("[({", first)) { /* "evil (punto) com" */
            while (out > begin && out[-1] == ' ')
                out--;
            text += strspn(text, " ");
        }
        *out++ = way ? '.' : first;
    }
    *out = '\0';
}

static bool is_address(const char *word, size_t len)
{
    unsigned dots = 0, digits = 0;
    for (size_t i = 0; i < len; i++) {
        dots += word[i] == '.';
        digits += isdigit((unsigned char)word[i]) != 0;
    }
    return dots == 3 && dots + digits == len && digits >= 4;
}

/* A host begins at `host`, is `len` long and is followed by `after`. */
static bool host_is_link(const char *host, size_t len, char after, bool mail)
{
    const char *last = memrchr(host, '.', len);
    bool path = after == '/' || after == ':' || after == '?';
    if (!last || last == host)
        return false;
    size_t tail = (size_t)(host + len - last) - 1;
    bool several = memchr(host, '.', (size_t)(last - host)) != NULL;
    if (path && is_address(host, len))
        return true;
    if (is_domain(last + 1, tail))
        return path || !mail;
    return (path || several) && !mail &&
           is_listed(words_too, sizeof words_too / sizeof *words_too, last + 1, tail);
}

bool url_is_in(const char *utf8)
{
    char text[FOLDED_ROOM];
    fold_plain(text, sizeof text, utf8);
    dots_undo(text);
    if (strstr(text, "://") || strstr(text, "www."))
        return true;
    for (const char *at = text; *at;) {
        size_t len = 0;
        while (is_label_char(at[len]) || at[len] == '.')
            len++;
        size_t whole = len;
        while (len > 0 && at[len - 1] == '.')
            len--;
        bool mail = at > text + 1 && at[-1] == '@' && is_label_char(at[-2]);
        if (len > 0 && host_is_link(at, len, at[len] == '.' ? ' ' : at[len], mail))
            return true;
        at += whole ? whole : 1;
    }
    return false;
}
