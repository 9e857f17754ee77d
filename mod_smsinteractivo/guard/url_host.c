/* See url_host.h. */
#include "mod_smsinteractivo/guard/url_host.h"

#include <ctype.h>

enum { PATH_SHORTEST = 3 };

bool url_is_label_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

size_t url_label(const char *at)
{
    size_t len = 0;
    while (url_is_label_char(at[len]))
        len++;
    return len;
}

/* "?promo=1"; "vienes.si?dime" asks twice. */
static bool is_query(const char *after)
{
    size_t len = *after == '?' ? url_label(after + 1) : 0;
    return len > 0 && after[1 + len] == '=';
}

/* "ven.si/no", "90.km/h": a stroke between short words. "x.es/a1" and "x.es/" are paths. */
static bool is_stroke(const char *after)
{
    size_t len = 0;
    while (isalpha((unsigned char)after[1 + len]))
        len++;
    char behind = after[1 + len];
    return len > 0 && len < PATH_SHORTEST && !url_is_label_char(behind) && behind != '/';
}

bool url_is_path(const char *after)
{
    if (*after == '/')
        return !is_stroke(after);
    return (*after == ':' && isdigit((unsigned char)after[1])) || is_query(after);
}
