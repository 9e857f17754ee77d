/* See form.h. */
#include "mod_smsinteractivo/visit/form.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place. */
static bool unescape(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        if (*in != '%') {
            *out++ = *in == '+' ? ' ' : *in;
            continue;
        }
        int high = hex_digit(in[1]), low = high < 0 ? -1 : hex_digit(in[2]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *out++ = (char)(high << 4 | low);
        in += 2;
    }
    *out = '\0';
    return true;
}

/* Octets of the well-formed sequence at `s`, 0 where there is none (Unicode 14, table 3-7). */
static int sequence_len(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    int more = s[0] >= 0xC2 && s[0] <= 0xDF   ? 1
               : s[0] >= 0xE0 && s[0] <= 0xEF ? 2
               : s[0] >= 0xF0 && s[0] <= 0xF4 ? 3
                                              : 0;
    for (int i = 1; i <= more; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return more ? more + 1 : 0;
}

bool form_utf8_is_strict(const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        int len = sequence_len(s);
        if (len == 0)
            return false;
        s += len;
    }
    return true;
}

apr_table_t *form_parse(apr_pool_t *pool, char *text)
{
    apr_table_t *form = apr_table_make(pool, FORM_FIELDS);
    for (char *pair = text, *next; pair && *pair; pair = next) {
        next = strchr(pair, '&');
        if (next)
            *next++ = '\0';
        char *value = strchr(pair, '=');
        if (!value)
            return NULL;
        *value++ = '\0';
        if (!unescape(pair) || !unescape(value) || !form_utf8_is_strict(pair) ||
            !form_utf8_is_strict(value) || apr_table_get(form, pair) ||
            apr_table_elts(form)->nelts == FORM_FIELDS)
            return NULL;
        apr_table_setn(form, pair, value);
    }
    return form;
}
