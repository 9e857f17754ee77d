/* Reading septets, each in an octet of its own, as a handset of 3GPP TS 23.038 shows them. */
#include "smpp/text/gsm7.h"

#include "smpp/text/utf8.h"

/* Spanish has no locking shift table, so its row is empty and the default one holds. */
static uint32_t locked(unsigned char septet, unsigned language)
{
    if (language >= GSM7_LANGUAGES || language == GSM7_SPANISH)
        language = 0;
    uint32_t cp = septet < 128 ? gsm7_locking[language][septet] : 0;
    return cp ? cp : UTF8_REPLACEMENT;
}

/* 6.2.1.1: an escape that leads nowhere, or to a further escape, is shown as a space; a septet
 * without a symbol in the shift table as that of the locking table. */
uint32_t gsm7_take(const unsigned char **at, const unsigned char *end, unsigned locking,
                   unsigned single)
{
    unsigned char septet = *(*at)++;
    if (septet != GSM7_ESC)
        return locked(septet, locking);
    if (*at == end)
        return ' ';
    septet = *(*at)++;
    if (septet == GSM7_ESC)
        return ' ';
    uint32_t cp = septet < 128 ? gsm7_single[single < GSM7_LANGUAGES ? single : 0][septet] : 0;
    return cp ? cp : locked(septet, locking);
}
