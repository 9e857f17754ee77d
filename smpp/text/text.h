/* SMS text: from the UTF-8 a person typed to the octets of each SMS, and back. One codec for the
 * module, the daemon, the tools and (generated from the same tables, htdocs/text.js) the page, so
 * that what a visitor sees counted is what is sent and billed.
 *
 * No allocation, no state: every function may be called from any thread. Text out is UTF-8 and
 * ends in a NUL that the returned length does not count. Errors are negative errno values. */
#ifndef SMPP_TEXT_TEXT_H
#define SMPP_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct udh;

#define TEXT_ROOM     4096u /* octets of UTF-8 a prepared text may have, its NUL included */
#define TEXT_OCTETS   8192u /* octets on the air, without UDHs */
#define TEXT_SEGMENTS 128u  /* more are refused with -EMSGSIZE */
#define TEXT_SEGMENT  160u  /* octets of the longest segment, its UDH included */

/* What happens to letters outside the GSM 7 bit default alphabet. */
enum text_policy {
    TEXT_TRANSLIT, /* replaced by their nearest; a text with a letter that has none goes as UCS-2 */
    TEXT_SPANISH,  /* Spanish single shift table where it suffices, else UCS-2 */
    TEXT_UNICODE,  /* UCS-2 */
    TEXT_LOSSY,    /* as TEXT_TRANSLIT, but '?' for a letter that has no replacement; never UCS-2 */
};

/* What the SMSC means by its default alphabet (`data_coding` of the profile). */
enum text_charset { TEXT_CHARSET_GSM7, TEXT_CHARSET_LATIN1, TEXT_CHARSET_ASCII };

/* How a text of several segments is told to be one (SMPP 3.4, 5.3.2.22 ff. and 5.3.2.32). */
enum text_parts { TEXT_UDH, TEXT_SAR, TEXT_PAYLOAD };

/* A link's ways. All zero is the usual: data_coding 0 is GSM-7, UDH with 8-bit references. */
struct text_profile {
    uint8_t data_coding; /* to send with the default alphabet; received data_coding 0 is the same
                            alphabet */
    enum text_charset charset;
    enum text_parts parts;
    bool ref16; /* 16-bit concatenation reference: one octet, hence one septet or unit, less */
};

enum text_encoding { TEXT_GSM7, TEXT_GSM7_SPANISH, TEXT_UCS2 };

/* A text ready to be sent. About 13 kB: keep it on a stack or reuse it. */
struct text_sms {
    enum text_encoding encoding;
    uint8_t data_coding; /* SMPP 3.4, 5.2.19 */
    bool udhi;           /* segments start with a UDH: set esm_class 0x40 (SMPP 3.4, 5.2.12) */
    enum text_parts parts;
    bool ref16;
    bool clustered;     /* UCS-2 only: some letters may belong together */
    unsigned units;     /* septets or UTF-16 units, UDHs not counted */
    unsigned segments;  /* SMS on the air: what is counted and billed; an empty text is one */
    unsigned pdus;      /* submit_sm to make: 1 with TEXT_PAYLOAD, else one per segment */
    unsigned remaining; /* units still free in the last segment */
    uint32_t culprit;   /* code point that makes the message longer, 0 if there is none */
    uint8_t seg_units[TEXT_SEGMENTS];
    uint16_t seg_start[TEXT_SEGMENTS + 1]; /* into octets; [segments] is the end */
    size_t text_len;
    char text[TEXT_ROOM]; /* as the handset will show it */
    unsigned char octets[TEXT_OCTETS];
};

/* "translit", "spanish", "unicode", "lossy" (or "gsm7-translit", "spanish-shift", "ucs2-auto", the
 * words of test/text/text_vectors.md). Returns an enum text_policy or -EINVAL. */
int text_policy_parse(const char *name);
const char *text_policy_name(enum text_policy policy);
const char *text_encoding_name(enum text_encoding encoding);

/* Cleans what a person typed: line ends become LF, TAB a space; other controls but FF, zero-width,
 * bidi and tag characters go (joiners stay where they join); what is not UTF-8 and noncharacters
 * become U+FFFD; NFC. `out` may not overlap `utf8`. Length, or -ENOSPC. */
int text_clean(char *out, size_t room, const char *utf8, size_t len);

/* Characters as the 150 of the page count them: code points of the cleaned (hence NFC) text; a line
 * end is one. The page's counter is SmsText.chars(). Count, or -EMSGSIZE above TEXT_ROOM octets. */
int text_chars(const char *utf8, size_t len);
/* The same of a text that is clean already. */
unsigned text_letters(const char *clean, size_t len);

/* The text that goes out: NAME (web): MESSAGE, and in a conversation's first message LF and
 * NOTICE (NULL or "" for none). Not cleaned: text_prepare does that. Length, or -ENOSPC. */
int text_compose(char *out, size_t room, const char *name, const char *message, const char *notice);

/* Cleans, chooses the encoding, encodes and splits. An escape pair, a surrogate pair and a grapheme
 * cluster that fits into a segment are never cut; only with TEXT_UNICODE may emoji be parted at
 * joiners and skin tones, as most gateways do and test/text/text_vectors.tsv has it (3GPP
 * TS 23.038, 6.2.1; TS 23.040, 9.2.3.24). 0, or -EMSGSIZE (TEXT_ROOM, TEXT_OCTETS or TEXT_SEGMENTS
 * exceeded). `profile` NULL is all zero. */
int text_prepare(struct text_sms *sms, const char *utf8, size_t len, enum text_policy policy,
                 const struct text_profile *profile);

/* Writes the short_message of PDU `i` (0 .. sms->pdus - 1), septets one per octet, its UDH first;
 * `ref` is the concatenation reference, cut to 8 bits where those are used. With TEXT_SAR no
 * concatenation element is written (the caller sets sar_*), with TEXT_PAYLOAD all of the text
 * comes at once. Octets written, -EINVAL (no such PDU) or -ENOSPC. TEXT_SEGMENT octets suffice
 * for TEXT_UDH and TEXT_SAR, TEXT_OCTETS + 4 for TEXT_PAYLOAD. */
int text_segment(const struct text_sms *sms, unsigned i, unsigned ref, unsigned char *out,
                 size_t room);

/* What a received data_coding means: SMPP 3.4, 5.2.19, and above 0x0F a DCS of 3GPP
 * TS 23.038, 4. */
enum text_alphabet {
    TEXT_IS_GSM7,
    TEXT_IS_ASCII,
    TEXT_IS_LATIN1,
    TEXT_IS_CYRILLIC,
    TEXT_IS_HEBREW,
    TEXT_IS_UCS2,
    TEXT_IS_BINARY
};
enum text_alphabet text_alphabet(unsigned data_coding, const struct text_profile *profile);

/* A mobile's octets to UTF-8, controls and all: nothing is cleaned, nothing dropped. What the
 * alphabet does not know, a lone surrogate, an odd last octet and NUL become U+FFFD. `octets` start
 * after the UDH; `udh` is what udh_take() found there (shift tables, ports), NULL for none. Join
 * the octets of the parts of one message before decoding, for a pair may have been cut. Length (at
 * most 3 * len), -ENOTSUP for what is no text (8-bit data, compressed, sent to a
 * port), or -ENOSPC. */
int text_decode(char *out, size_t room, const unsigned char *octets, size_t len,
                unsigned data_coding, const struct text_profile *profile, const struct udh *udh);

/* Folds UTF-8 to lower-case letters and digits. False where there is no room for all
 * of it; `out` then holds its beginning. */
bool text_fold(char *out, size_t room, const char *text);

#endif
