/* A dot is put only where what follows is meant as a domain: the weaker the disguise, the surer
 * the domain has to be. */
#include "mod_smsinteractivo/guard/url_dot.h"
#include "mod_smsinteractivo/guard/url_domain.h"
#include "mod_smsinteractivo/guard/url_host.h"

#include <stdbool.h>
#include <string.h>

enum { JOINED_FEWEST = 4 };

// clang-format off
static const char *const spoken[] = {"dot", "d0t", "punto", "punt0", "pto", "point", "."};
static const char opening[] = "[({<", closing[] = "])}>", around[] = " -_", marks[] = ".,;:*'`~^|!";

/* They make long addresses short or open a chat: before a path they need no dot. */
static const char *const known[] = {
    "bit.ly", "wa.me", "t.me", "fb.me", "m.me", "ig.me", "is.gd", "goo.gl", "t.co", "ow.ly", "cutt.ly", "rb.gy", "n9.cl",
    "s.id", "lc.cx", "t.ly", "tiny.cc", "tinyurl.com", "acortar.link", "shorturl.at",
};
// clang-format on

/* What may be a disguised dot. */
struct disguise {
    char mark; /* 0: nothing but a blank */
    bool blank_before, blank_after;
};

size_t url_dot_at(const char *utf8)
{
    static const char *const dots[] = {".", "。", "．", "｡"};
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
        if (strncmp(utf8, dots[i], strlen(dots[i])) == 0)
            return strlen(dots[i]);
    return 0;
}

static size_t spoken_at(const char *at)
{
    for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++)
        if (strncmp(at, spoken[i], strlen(spoken[i])) == 0)
            return strlen(spoken[i]);
    return 0;
}

/* "[.]", "(punto)", with blanks on either side of the brackets. */
static size_t bracketed_at(const char *at)
{
    const char *c = at + (*at == ' ');
    const char *open = *c ? strchr(opening, *c) : NULL;
    if (!open)
        return 0;
    c++;
    c += *c == ' ';
    size_t len = spoken_at(c);
    c += len;
    c += *c == ' ';
    if (len == 0 || *c != closing[open - opening])
        return 0;
    c++;
    c += *c == ' ';
    return (size_t)(c - at);
}

/* "evil punto com", "evil-dot-com"; "son las 3 en punto no tardes" holds none. */
static size_t worded_at(const char *at)
{
    size_t len = *at && strchr(around, *at) && at[1] != '.' ? spoken_at(at + 1) : 0;
    if (len == 0 || at[1 + len] != *at)
        return 0;
    const char *label = at + len + 2;
    size_t tail = url_label(label);
    enum domain domain = url_domain_of(label, tail);
    bool meant = domain >= DOMAIN_SAID_TOO || (domain != DOMAIN_NONE && url_is_path(label + tail));
    return meant ? len + 2 : 0;
}

/* Whether the label that ends at `end` (not before `begin`) and the one at `label` are a host that
 * is known. */
static bool is_known(const char *begin, const char *end, const char *label, size_t len)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t name = strcspn(known[i], "."), tail = strlen(known[i]) - name - 1;
        if (name <= (size_t)(end - begin) && memcmp(end - name, known[i], name) == 0 &&
            (end - name == begin || !url_is_label_char(end[-(ptrdiff_t)name - 1])) && tail == len &&
            memcmp(label, known[i] + name + 1, tail) == 0)
            return true;
    }
    return false;
}

static bool is_meant(const struct disguise *as, const char *label, size_t len)
{
    bool path = url_is_path(label + len);
    if (!as->mark && !path)
        return false;
    enum domain domain = url_domain_of(label, len);
    if (domain == DOMAIN_UNSAID)
        return true;
    if (as->mark == '.' && as->blank_before) /* where no sentence has one */
        return (domain == DOMAIN_SURE && len > 2) || (domain != DOMAIN_NONE && path);
    return as->mark && path && domain == DOMAIN_SURE && (len == 2 || !as->blank_after);
}

/* "evil,com", "evil .com", "bit,ly/x", "wa me/1809"; "Nos vemos en la tarde. Do re mi" holds none.
 * `begin` to `end`: what stands before. */
static size_t marked_at(const char *begin, const char *end, const char *at)
{
    struct disguise as = {.blank_before = *at == ' '};
    const char *c = at + as.blank_before;
    if (*c && strchr(marks, *c))
        as.mark = *c++;
    as.blank_after = as.mark && *c == ' ';
    c += as.blank_after;
    if (c == at || (as.mark == '.' && c == at + 1))
        return 0;
    size_t len = url_label(c);
    bool meant = (c[len] == '/' && is_known(begin, end, c, len)) || is_meant(&as, c, len);
    return meant ? (size_t)(c - at) : 0;
}

/* How many single letters stand at `at`, with a blank between each. */
static size_t letters_run(const char *at)
{
    size_t run = 0;
    while (*at && *at != ' ' && (!at[1] || at[1] == ' ')) {
        run++;
        at += at[1] ? 2 : 1;
    }
    return run;
}

/* "e v i l . c o m" */
static void letters_join(char *text)
{
    char *out = text;
    for (const char *at = text; *at;) {
        bool begins = out == text || out[-1] == ' ';
        size_t run = begins ? letters_run(at) : 0;
        for (size_t i = 0; run >= JOINED_FEWEST && i < run; i++)
            *out++ = at[2 * i];
        if (run < JOINED_FEWEST)
            *out++ = *at;
        at += run < JOINED_FEWEST ? 1 : 2 * run - 1;
    }
    *out = '\0';
}

void url_dots_undo(char *text)
{
    letters_join(text);
    char *out = text;
    for (const char *at = text; *at;) {
        size_t len = bracketed_at(at);
        if (len == 0)
            len = worded_at(at);
        if (len == 0)
            len = marked_at(text, out, at);
        *out++ = len ? '.' : *at;
        at += len ? len : 1;
    }
    *out = '\0';
}
