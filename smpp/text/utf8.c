/* Reading the longer forms of UTF-8: the second octet's range depends on the first, which is how
 * overlong forms, surrogates and what lies above U+10FFFF are refused. */
#include "smpp/text/utf8.h"

struct form {
    unsigned char first, last; /* lead octets of this form */
    unsigned char low, high;   /* its second octet */
    unsigned char more;        /* octets after the lead */
};

static const struct form forms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 1}, {0xE0, 0xE0, 0xA0, 0xBF, 2}, {0xE1, 0xEC, 0x80, 0xBF, 2},
    {0xED, 0xED, 0x80, 0x9F, 2}, {0xEE, 0xEF, 0x80, 0xBF, 2}, {0xF0, 0xF0, 0x90, 0xBF, 3},
    {0xF1, 0xF3, 0x80, 0xBF, 3}, {0xF4, 0xF4, 0x80, 0x8F, 3},
};

static uint32_t form_take(const struct form *form, const unsigned char **at,
                          const unsigned char *end)
{
    uint32_t cp = *(*at)++ & (0x3Fu >> form->more);
    unsigned char low = form->low, high = form->high;
    for (unsigned i = 0; i < form->more; i++) {
        if (*at == end || **at < low || **at > high)
            return UTF8_REPLACEMENT;
        cp = cp << 6 | (*(*at)++ & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return cp;
}

uint32_t utf8_take_long(const unsigned char **at, const unsigned char *end)
{
    unsigned char lead = **at;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (lead >= forms[i].first && lead <= forms[i].last)
            return form_take(&forms[i], at, end);
    (*at)++;
    return UTF8_REPLACEMENT;
}
