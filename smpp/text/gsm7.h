/* The GSM 7 bit alphabets of 3GPP TS 23.038 as tables, made from alphabets.txt by tables.pl. */
#ifndef SMPP_TEXT_GSM7_H
#define SMPP_TEXT_GSM7_H

#include <stddef.h>
#include <stdint.h>

#define GSM7_ESC       0x1Bu
#define GSM7_LANGUAGES 14u /* 0 default, 1 Turkish .. 13 Urdu (6.2.1.2.4) */
#define GSM7_SPANISH   2u
#define GSM7_CODES     0x400u
#define GSM7_EXTENDED  0x80u /* in a code: an escape goes before the septet */
#define GSM7_NONE      0xFFu

/* Code points by septet; 0 where a table has no character. */
extern const uint16_t gsm7_locking[GSM7_LANGUAGES][128];
extern const uint16_t gsm7_single[GSM7_LANGUAGES][128];

/* By code point: the septet in the default table, or GSM7_EXTENDED and that of the extension
 * table, or GSM7_NONE. What lies above is the euro sign or nothing. */
extern const uint8_t gsm7_code[GSM7_CODES];

/* Septets of the letters that only the Spanish single shift table has, by code point; else 0. */
extern const uint8_t gsm7_spanish[256];

/* The code of a letter in the default alphabet and its extension, or GSM7_NONE. */
static inline uint8_t gsm7_code_of(uint32_t cp)
{
    if (cp < GSM7_CODES)
        return gsm7_code[cp];
    return cp == 0x20AC ? GSM7_EXTENDED | 0x65 : GSM7_NONE;
}

/* Reads one letter at `*at` (< `end`) and moves past its one or two octets. What the tables of
 * these languages do not know is U+FFFD; languages from GSM7_LANGUAGES on are read as 0. */
uint32_t gsm7_take(const unsigned char **at, const unsigned char *end, unsigned locking,
                   unsigned single);

#endif
