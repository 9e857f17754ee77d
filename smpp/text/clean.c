/* Cleaning what a person typed or pasted, so that the visitor, the network and the handset see the
 * same text: one pass over the octets, a second one (NFC, joiners) only where a letter
 * asks for it. */
#include "smpp/text/text.h"

#include <errno.h>
#include <string.h>

#include "smpp/text/nfc.h"
#include "smpp/text/utf8.h"

#define GONE UINT32_MAX

/* Controls, zero-width, bidi and tag characters, and letters that are drawn as nothing. text.js has
 * the same list. */
static bool is_invisible(uint32_t cp)
{
    static const uint32_t ranges[][2] = {
        {0xAD, 0xAD},     {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},
        {0x180E, 0x180E}, {0x200B, 0x200B},   {0x200E, 0x200F},   {0x202A, 0x202E},
        {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && cp >= ranges[i][0]; i++)
        if (cp <= ranges[i][1])
            return true;
    return false;
}

/* A control or a letter above ASCII as it stays, GONE if it does not. */
static uint32_t letter_clean(uint32_t cp)
{
    if (cp == '\t')
        return ' ';
    if (cp == 0x85 || cp == 0x2028 || cp == 0x2029)
        return '\n';
    if ((cp < 0x20 && cp != '\n' && cp != '\f') || (cp >= 0x7F && cp < 0xA0) || is_invisible(cp))
        return GONE;
    if ((cp & 0xFFFE) == 0xFFFE || (cp >= 0xFDD0 && cp <= 0xFDEF))
        return UTF8_REPLACEMENT;
    return cp;
}

/* How many octets of printing ASCII come next: most texts are little else. */
static size_t plain_run(const unsigned char *at, const unsigned char *end)
{
    const unsigned char *from = at;
    while (at < end && *at >= 0x20 && *at < 0x7F)
        at++;
    return (size_t)(at - from);
}

/* First pass. `*asks` tells whether a letter from U+0300 on is there: those below are NFC. */
static int letters_clean(char *out, size_t room, const unsigned char *at, size_t len, bool *asks)
{
    const unsigned char *end = at + len;
    size_t used = 0;
    while (at < end) {
        size_t plain = plain_run(at, end);
        if (used + plain >= room)
            return -ENOSPC;
        memcpy(out + used, at, plain);
        used += plain;
        at += plain;
        if (at == end)
            break;
        uint32_t cp = utf8_take(&at, end);
        if (cp == '\r') {
            if (at < end && *at == '\n')
                continue;
            cp = '\n';
        }
        cp = letter_clean(cp);
        if (cp == GONE)
            continue;
        if (used + utf8_size(cp) >= room)
            return -ENOSPC;
        *asks |= cp >= 0x300;
        used += utf8_put(out + used, cp);
    }
    return (int)used;
}

static bool is_joiner(uint32_t cp)
{
    return cp == 0x200C || cp == 0x200D;
}

static bool is_selector(uint32_t cp)
{
    return cp >= 0xFE00 && cp <= 0xFE0F;
}

/* Scripts that join letters, and emoji. Not what NFC may still turn into something lower. */
static bool is_joining(uint32_t cp)
{
    return !is_joiner(cp) &&
           ((cp >= 0x600 && cp < 0x1E00) || (cp >= 0x2600 && !(cp >= 0xFB1D && cp < 0xFB50)));
}

/* What has an emoji or another form to select. */
static bool is_selectable(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || cp == '#' || cp == '*' || cp == 0xA9 || cp == 0xAE ||
           cp == 0x203C || cp == 0x2049 || cp == 0x2122 || cp == 0x2139 ||
           (cp >= 0x2190 && !(cp >= 0xFB1D && cp < 0xFB50) && !is_selector(cp));
}

/* A joiner or variation selector stays where it changes what is seen. */
static bool is_needed(uint32_t cp, uint32_t before, uint32_t after)
{
    if (is_joiner(cp))
        return is_joining(before) && is_joining(after) && !is_selector(after);
    return !is_selector(cp) || is_selectable(before);
}

static size_t text_decompose(uint32_t *cps, const char *utf8, size_t len)
{
    const unsigned char *at = (const unsigned char *)utf8, *end = at + len;
    size_t count = 0;
    for (uint32_t before = 0; at < end;) {
        uint32_t cp = utf8_take(&at, end);
        const unsigned char *peek = at;
        uint32_t after = is_joiner(cp) && peek < end ? utf8_take(&peek, end) : 0;
        if (!is_needed(cp, before, after))
            continue;
        before = cp;
        count += nfc_decompose(cps + count, cp);
    }
    return count;
}

int text_clean(char *out, size_t room, const char *utf8, size_t len)
{
    bool asks = false;
    if (room > TEXT_ROOM)
        room = TEXT_ROOM;
    int used = letters_clean(out, room, (const unsigned char *)utf8, len, &asks);
    if (used < 0)
        return used;
    if (asks) {
        /* Nothing decomposes into more than three code points for two octets. */
        uint32_t cps[TEXT_ROOM / 2 * 3 + NFC_GROWTH];
        size_t count = nfc_finish(cps, text_decompose(cps, out, (size_t)used));
        used = 0;
        for (size_t i = 0; i < count; i++) {
            if ((size_t)used + utf8_size(cps[i]) >= room)
                return -ENOSPC;
            used += (int)utf8_put(out + used, cps[i]);
        }
    }
    if (room == 0)
        return -ENOSPC;
    out[used] = '\0';
    return used;
}
