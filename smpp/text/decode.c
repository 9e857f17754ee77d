/* A mobile's octets to UTF-8: which alphabet, then letter by letter. Nothing is dropped: a visitor
 * should see that something stood there. */
#include "smpp/text/text.h"

#include <errno.h>

#include "smpp/text/gsm7.h"
#include "smpp/text/udh.h"
#include "smpp/text/utf8.h"

static enum text_alphabet default_alphabet(const struct text_profile *profile)
{
    static const enum text_alphabet of[] = {[TEXT_CHARSET_GSM7] = TEXT_IS_GSM7,
                                            [TEXT_CHARSET_LATIN1] = TEXT_IS_LATIN1,
                                            [TEXT_CHARSET_ASCII] = TEXT_IS_ASCII};
    return profile ? of[profile->charset] : TEXT_IS_GSM7;
}

/* SMPP 3.4, 5.2.19: the values below 0x10. 0 and what is reserved are the default alphabet. */
static enum text_alphabet coding_alphabet(unsigned data_coding, enum text_alphabet usual)
{
    static const signed char of[16] = {[0] = -1,
                                       [1] = TEXT_IS_ASCII,
                                       [2] = TEXT_IS_BINARY,
                                       [3] = TEXT_IS_LATIN1,
                                       [4] = TEXT_IS_BINARY,
                                       [5] = TEXT_IS_BINARY,
                                       [6] = TEXT_IS_CYRILLIC,
                                       [7] = TEXT_IS_HEBREW,
                                       [8] = TEXT_IS_UCS2,
                                       [9] = TEXT_IS_BINARY,
                                       [10] = TEXT_IS_BINARY,
                                       [11] = -1,
                                       [12] = -1,
                                       [13] = TEXT_IS_BINARY,
                                       [14] = TEXT_IS_BINARY,
                                       [15] = -1};
    return of[data_coding] < 0 ? usual : (enum text_alphabet)of[data_coding];
}

/* 3GPP TS 23.038, 4: coding groups by the upper four bits. Reserved codings are the default. */
enum text_alphabet text_alphabet(unsigned data_coding, const struct text_profile *profile)
{
    static const enum text_alphabet general[] = {TEXT_IS_GSM7, TEXT_IS_BINARY, TEXT_IS_UCS2,
                                                 TEXT_IS_GSM7};
    enum text_alphabet usual = default_alphabet(profile), is = TEXT_IS_GSM7;
    unsigned group = data_coding >> 4 & 0xF;
    if (group == 0)
        return coding_alphabet(data_coding & 0xF, usual);
    if (group < 8) /* general, automatic deletion: bit 5 says compressed */
        is = data_coding & 0x20 ? TEXT_IS_BINARY : general[data_coding >> 2 & 3];
    else if (group == 0xE)
        is = TEXT_IS_UCS2;
    else if (group == 0xF && data_coding & 4)
        is = TEXT_IS_BINARY;
    return is == TEXT_IS_GSM7 ? usual : is;
}

static uint32_t utf16_take(const unsigned char **at, const unsigned char *end)
{
    if (end - *at < 2) {
        *at = end;
        return UTF8_REPLACEMENT;
    }
    uint32_t unit = (uint32_t)(*at)[0] << 8 | (*at)[1];
    *at += 2;
    if ((unit & 0xF800) != 0xD800)
        return unit;
    if (unit >= 0xDC00 || end - *at < 2 || ((*at)[0] & 0xFC) != 0xDC)
        return UTF8_REPLACEMENT;
    uint32_t low = (uint32_t)((*at)[0] & 3) << 8 | (*at)[1];
    *at += 2;
    return 0x10000 + ((unit & 0x3FF) << 10 | low);
}

/* ISO 8859-5: Latin-1 up to the no-break space, then Cyrillic in Unicode's order but for three. */
static uint32_t cyrillic(unsigned char octet)
{
    if (octet <= 0xA0 || octet == 0xAD)
        return octet;
    return octet == 0xF0 ? 0x2116 : octet == 0xFD ? 0xA7 : 0x360u + octet;
}

/* ISO 8859-8: two signs changed places for those of Latin-1, and 27 letters. */
static uint32_t hebrew(unsigned char octet)
{
    if (octet >= 0xE0 && octet <= 0xFA)
        return 0x4F0u + octet;
    if (octet == 0xAA || octet == 0xBA)
        return octet == 0xAA ? 0xD7 : 0xF7;
    if (octet == 0xFD || octet == 0xFE)
        return octet == 0xFD ? 0x200E : 0x200F;
    return octet <= 0xBE && octet != 0xA1 ? octet : octet == 0xDF ? 0x2017 : UTF8_REPLACEMENT;
}

static uint32_t letter_take(const unsigned char **at, const unsigned char *end,
                            enum text_alphabet alphabet, const struct udh *udh)
{
    switch (alphabet) {
    case TEXT_IS_UCS2:
        return utf16_take(at, end);
    case TEXT_IS_LATIN1:
        return *(*at)++;
    case TEXT_IS_CYRILLIC:
        return cyrillic(*(*at)++);
    case TEXT_IS_HEBREW:
        return hebrew(*(*at)++);
    case TEXT_IS_ASCII: {
        unsigned char octet = *(*at)++;
        return octet < 0x80 ? octet : UTF8_REPLACEMENT;
    }
    default:
        return gsm7_take(at, end, udh ? udh->locking_shift : 0, udh ? udh->single_shift : 0);
    }
}

int text_decode(char *out, size_t room, const unsigned char *octets, size_t len,
                unsigned data_coding, const struct text_profile *profile, const struct udh *udh)
{
    enum text_alphabet alphabet = text_alphabet(data_coding, profile);
    if (alphabet == TEXT_IS_BINARY || (udh && udh->has_ports))
        return -ENOTSUP;
    /* Only GSM-7 has shift tables, so an answer that names one is GSM-7 whatever the
     * profile says. */
    if (udh && (udh->locking_shift || udh->single_shift) && alphabet == default_alphabet(profile))
        alphabet = TEXT_IS_GSM7;
    const unsigned char *at = octets, *end = octets + len;
    size_t used = 0;
    while (at < end) {
        uint32_t cp = letter_take(&at, end, alphabet, udh);
        if (cp == 0)
            cp = UTF8_REPLACEMENT;
        if (used + utf8_size(cp) >= room)
            return -ENOSPC;
        used += utf8_put(out + used, cp);
    }
    if (room == 0)
        return -ENOSPC;
    out[used] = '\0';
    return (int)used;
}
