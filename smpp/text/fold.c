/* A text as words are compared: lower-case letters and digits. */
#include "smpp/text/text.h"

/* One code point of UTF-8; broken octets count as one each. */
static unsigned take(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    unsigned more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;
    unsigned c = more == 3 ? p[0] & 7u : more == 2 ? p[0] & 15u : more == 1 ? p[0] & 31u : p[0];
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *at += 1;
            return 0xfffd;
        }
        c = c << 6 | (p[i] & 63u);
    }
    *at += more + 1;
    return c;
}

/* U+00C0..U+00FF by their plain letters; a space where there is none. */
static const char latin1[] = "aaaaaaaceeeeiiiidnooooo ouuuuy saaaaaaaceeeeiiiidnooooo ouuuuy y";

/* Punctuation, symbols, pictures and what modifies them, spaces and combining accents. */
static bool is_no_letter(unsigned c)
{
    static const struct {
        unsigned from, to;
    } ranges[] = {
        {0x00, 0x2f},     {0x3a, 0x40},     {0x5b, 0x60},     {0x7b, 0xa9},
        {0xab, 0xb4},     {0xb6, 0xb9},     {0xbb, 0xbf},     {0x300, 0x36f},
        {0x2000, 0x2bff}, {0x3000, 0x3020}, {0xfe00, 0xfe0f}, {0x1f000, 0x1faff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

/* The folded octet; '\0' for what falls away, '?' for a letter that stands in no word. */
static char fold(unsigned c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return (char)c;
    if (c >= 0xc0 && c <= 0xff)
        return latin1[c - 0xc0] == ' ' ? '\0' : latin1[c - 0xc0];
    return is_no_letter(c) ? '\0' : '?';
}

bool text_fold(char *out, size_t room, const char *text)
{
    size_t len = 0;
    while (*text) {
        char folded = fold(take(&text));
        if (!folded)
            continue;
        if (len + 1 == room) {
            out[len] = '\0';
            return false;
        }
        out[len++] = folded;
    }
    out[len] = '\0';
    return true;
}
