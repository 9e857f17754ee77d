/* Folding for recognition only, never for what is sent; see fold.h. */
#include "mod_smsinteractivo/guard/fold.h"

#include "smpp/text/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct range {
    uint32_t first, last;
};

/* Combining marks, zero-width and formatting characters, variation selectors, tags. */
static const struct range unseen[] = {
    {0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x0483, 0x0489},   {0x061C, 0x061C},   {0x115F, 0x1160},
    {0x180B, 0x180F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x200B, 0x200F},   {0x202A, 0x202E},
    {0x2060, 0x206F}, {0x20D0, 0x20FF}, {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

/* What takes room and shows nothing above ASCII: spaces, blank letters, and private code points. */
static const struct range blank[] = {
    {0x0080, 0x00A0}, {0x1680, 0x1680}, {0x17B4, 0x17B5},    {0x2000, 0x200A},
    {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},    {0x2800, 0x2800},
    {0x3000, 0x3000}, {0xE000, 0xF8FF}, {0xF0000, 0x10FFFF},
};

/* Taken for a full stop by people and by browsers. */
static const uint32_t dots[] = {0x00B7, 0x0387, 0x06D4, 0x0701, 0x2022, 0x2024,
                                0x2027, 0x2219, 0x22C5, 0x2E31, 0x3002, 0x30FB,
                                0xA4F8, 0xFE12, 0xFE52, 0xFF0E, 0xFF61, 0xFF65};
/* And for a slash. */
static const uint32_t slashes[] = {0x2044, 0x2215, 0x29F8, 0xFF0F};

static int is_within(uint32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return 1;
    return 0;
}

static int is_unseen(uint32_t c)
{
    if (c < 0x20 || c == 0x7F)
        return c != '\n' && c != '\t' && c != '\r';
    return is_within(c, unseen, sizeof unseen / sizeof *unseen);
}

int fold_has_letter(const char *utf8)
{
    const unsigned char *at = (const unsigned char *)utf8, *end = at + strlen(utf8);
    while (at < end) {
        uint32_t c = utf8_take(&at, end);
        if (c < 0x80 ? isalnum((int)c)
                     : !is_unseen(c) && !is_within(c, blank, sizeof blank / sizeof *blank))
            return 1;
    }
    return 0;
}

static int is_one_of(uint32_t c, const uint32_t *list, size_t count)
{
    while (count--)
        if (list[count] == c)
            return 1;
    return 0;
}

/* The letter a code point stands for, or ' '. */
static char letter_of(uint32_t c)
{
    unsigned low = 0, high = fold_run_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        const struct fold_run *run = &fold_runs[middle];
        if (c < run->first)
            high = middle;
        else if (c >= run->first + run->count)
            low = middle + 1;
        else
            return (char)((uint32_t)run->letter + (run->step ? c - run->first : 0));
    }
    if (is_one_of(c, dots, sizeof dots / sizeof *dots))
        return '.';
    return is_one_of(c, slashes, sizeof slashes / sizeof *slashes) ? '/' : ' ';
}

size_t fold_plain(char *out, size_t room, const char *utf8)
{
    const unsigned char *at = (const unsigned char *)utf8, *end = at + strlen(utf8);
    size_t len = 0;
    while (at < end && len + 1 < room) {
        uint32_t c = utf8_take(&at, end);
        if (is_unseen(c))
            continue;
        if (c >= 0x80)
            out[len++] = letter_of(c);
        else
            out[len++] = isspace((int)c) ? ' ' : (char)tolower((int)c);
    }
    out[len] = '\0';
    return len;
}

/* What stands for what it is taken for; 'l' speaks for i, 1, |, ! too. */
static char class_of(char c)
{
    static const char from[] = "01i|!345@$78629";
    static const char to[] = "olllleasastbgzg";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : c;
}

/* Two letters that are taken for one, or 0. */
static char pair_of(char first, char second)
{
    if (first == 'r' && second == 'n')
        return 'm';
    return first == 'v' && second == 'v' ? 'w' : '\0';
}

size_t fold_skeleton(char *out, size_t room, const char *utf8)
{
    size_t len = fold_plain(out, room, utf8), kept = 0;
    for (size_t i = 0; i < len; i++) {
        /* "hola!" ends in a mark, "po!icia" holds a letter in disguise. */
        bool mark = out[i] == '!' && !isalnum((unsigned char)out[i + 1]);
        char c = mark ? ' ' : class_of(out[i]);
        if (kept > 0 && pair_of(out[kept - 1], c))
            out[kept - 1] = pair_of(out[kept - 1], c);
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[kept++] = c;
        else if (kept > 0 && out[kept - 1] != ' ')
            out[kept++] = ' ';
    }
    while (kept > 0 && out[kept - 1] == ' ')
        kept--;
    out[kept] = '\0';
    return kept;
}
