// What stands in an SMS, as UTF-8, and back: the handset's eyes and thumbs.
#ifndef SMSC_TEXT_H
#define SMSC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum alphabet { GSM7, LATIN1, UCS2, BINARY };

// The alphabet a data_coding names (SMPP 3.4, 5.2.19; 3GPP TS 23.038, 4); `standard` is meant by 0.
enum alphabet alphabet_of(uint8_t data_coding, enum alphabet standard);
const char *alphabet_name(enum alphabet alphabet);

// Octets to UTF-8, NUL-terminated, in a new string the caller frees; NULL without memory. GSM-7 is
// one septet an octet; `spanish` is the single shift table of 3GPP TS 23.038, A.2.2. What cannot be
// shown is U+FFFD; BINARY is shown in hex.
char *text_decode(const uint8_t *octets, size_t length, enum alphabet alphabet, bool spanish);

// What a septet shows, alone (U+FFFD above 127) and behind an escape (0 where the table is empty).
uint32_t gsm7_point(uint8_t septet);
uint32_t gsm7_shifted_point(uint8_t septet, bool spanish);

// One code point from UTF-8, moving *at on; malformed octets are U+FFFD, one each. 0 at the end.
uint32_t utf8_take(const char **at);
// Up to 4 octets, unterminated; how many.
size_t utf8_put(char *room, uint32_t point);

// The unit string of a text: septets, Latin-1 octets or big-endian UTF-16, at most `size` octets.
// Stops at what the alphabet lacks (*missing = true) or does not fit; returns the octets written.
size_t text_encode(const char *text, enum alphabet alphabet, bool spanish, uint8_t *room,
                   size_t size, bool *missing);
// How many of `length` encoded octets a part of at most `most` octets takes without cutting a pair.
size_t text_cut(const uint8_t *octets, size_t length, size_t most, enum alphabet alphabet);

#endif
