/* From a cleaned text to the octets of all its segments: GSM-7 as far as the policy can bend the
 * text to it, else UCS-2. */
#include "smpp/text/text.h"

#include <errno.h>
#include <string.h>

#include "smpp/text/cluster.h"
#include "smpp/text/gsm7.h"
#include "smpp/text/split.h"
#include "smpp/text/translit.h"
#include "smpp/text/utf8.h"

static const struct {
    const char *name, *vectors;
} policies[] = {
    [TEXT_TRANSLIT] = {"translit", NULL},
    [TEXT_SPANISH] = {"spanish", "spanish-shift"},
    [TEXT_UNICODE] = {"unicode", "ucs2-auto"},
    [TEXT_LOSSY] = {"lossy", "gsm7-translit"},
};

int text_policy_parse(const char *name)
{
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        if (strcmp(name, policies[i].name) == 0 ||
            (policies[i].vectors && strcmp(name, policies[i].vectors) == 0))
            return (int)i;
    return -EINVAL;
}

const char *text_policy_name(enum text_policy policy)
{
    return policies[policy].name;
}

const char *text_encoding_name(enum text_encoding encoding)
{
    static const char *const names[] = {
        [TEXT_GSM7] = "gsm7", [TEXT_GSM7_SPANISH] = "gsm7+es", [TEXT_UCS2] = "ucs2"};
    return names[encoding];
}

/* Encoding in progress. */
struct septets {
    struct text_sms *sms;
    size_t used; /* octets written */
    enum text_policy policy;
    enum text_charset charset;
    bool changed;    /* the handset will show something else than was typed */
    uint32_t costly; /* first letter of more than one septet in GSM-7 */
};

static bool charset_has(enum text_charset charset, uint32_t cp)
{
    static const uint32_t ends[] = {[TEXT_CHARSET_GSM7] = UINT32_MAX,
                                    [TEXT_CHARSET_LATIN1] = 0x100,
                                    [TEXT_CHARSET_ASCII] = 0x80};
    return cp < ends[charset];
}

static uint32_t septet_letter(uint8_t code)
{
    return code & GSM7_EXTENDED ? gsm7_single[0][code & 0x7F] : gsm7_locking[0][code];
}

/* One letter of the default alphabet; the SMSC translates Latin-1 and ASCII, but septets count. */
static void code_put(struct septets *to, uint8_t code)
{
    unsigned char *octets = to->sms->octets;
    if (code & GSM7_EXTENDED && to->charset == TEXT_CHARSET_GSM7)
        octets[to->used++] = GSM7_ESC;
    octets[to->used++] =
        to->charset == TEXT_CHARSET_GSM7 ? code & 0x7F : (unsigned char)septet_letter(code);
    to->sms->units += code & GSM7_EXTENDED ? 2 : 1;
}

/* Codes of what stands for `cp`: their number, or -ENOENT where the alphabet has nothing. */
static int replacement_codes(uint8_t codes[TRANSLIT_ROOM], uint32_t cp, enum text_charset charset)
{
    unsigned char septets[TRANSLIT_ROOM];
    int count = translit_put(septets, cp), letters = 0;
    if (count < 0)
        return count;
    for (int i = 0; i < count; i++) {
        uint8_t code = septets[i] == GSM7_ESC ? GSM7_EXTENDED | septets[++i] : septets[i];
        if (!charset_has(charset, septet_letter(code)))
            return -ENOENT;
        codes[letters++] = code;
    }
    return letters;
}

static int replacement_put(struct septets *to, uint32_t cp)
{
    uint8_t codes[TRANSLIT_ROOM];
    int count = replacement_codes(codes, cp, to->charset);
    if (count < 0 && to->policy != TEXT_LOSSY)
        return count;
    if (count < 0) {
        codes[0] = '?';
        count = 1;
    }
    for (int i = 0; i < count; i++)
        code_put(to, codes[i]);
    to->changed = true;
    if ((count > 1 || (count == 1 && codes[0] & GSM7_EXTENDED)) && !to->costly)
        to->costly = cp;
    return 0;
}

static int shifted_put(struct septets *to, uint32_t cp)
{
    if (cp > 0xFF || !gsm7_spanish[cp] || to->charset != TEXT_CHARSET_GSM7)
        return -ENOENT;
    struct text_sms *sms = to->sms;
    sms->octets[to->used++] = GSM7_ESC;
    sms->octets[to->used++] = gsm7_spanish[cp];
    sms->units += 2;
    if (sms->encoding != TEXT_GSM7_SPANISH)
        sms->culprit = cp;
    sms->encoding = TEXT_GSM7_SPANISH;
    return 0;
}

static int letter_put(struct septets *to, uint32_t cp)
{
    uint8_t code = gsm7_code_of(cp);
    if (code != GSM7_NONE && charset_has(to->charset, cp)) {
        code_put(to, code);
        if (code & GSM7_EXTENDED && !to->costly)
            to->costly = cp;
        return 0;
    }
    switch (to->policy) {
    case TEXT_SPANISH:
        return shifted_put(to, cp);
    case TEXT_UNICODE:
        return -ENOENT;
    default:
        return replacement_put(to, cp);
    }
}

/* The ASCII that is one septet each and comes next, as far as there is room: nearly all of most
 * texts. */
static void plain_put(struct septets *to, const unsigned char **at, const unsigned char *end)
{
    unsigned char *octets = to->sms->octets + to->used, *out = octets;
    size_t room = TEXT_OCTETS - 2 * TRANSLIT_ROOM - to->used;
    const unsigned char *from = *at, *stop = (size_t)(end - from) > room ? from + room : end;
    while (from < stop && *from < 0x80 && gsm7_code[*from] < GSM7_EXTENDED)
        *out++ = gsm7_code[*from++];
    to->sms->units += (unsigned)(out - octets);
    to->used += (size_t)(out - octets);
    *at = from;
}

/* 0; -ENOENT with sms->culprit where the text needs UCS-2; -EMSGSIZE. */
static int septets_put(struct septets *to)
{
    struct text_sms *sms = to->sms;
    const unsigned char *at = (const unsigned char *)sms->text, *end = at + sms->text_len;
    while (at < end) {
        if (to->used + 2 * TRANSLIT_ROOM > TEXT_OCTETS)
            return -EMSGSIZE;
        if (to->charset == TEXT_CHARSET_GSM7)
            plain_put(to, &at, end);
        if (at == end)
            break;
        uint32_t cp = utf8_take(&at, end);
        int rc = letter_put(to, cp);
        if (rc) {
            sms->culprit = cp;
            return rc;
        }
    }
    if (sms->encoding == TEXT_GSM7)
        sms->culprit = to->costly;
    sms->seg_start[1] = (uint16_t)to->used;
    return 0;
}

/* The text again, from what will be sent. */
static int shown_put(struct septets *from)
{
    struct text_sms *sms = from->sms;
    const unsigned char *at = sms->octets, *end = at + from->used;
    size_t len = 0;
    while (at < end) {
        uint32_t cp = from->charset == TEXT_CHARSET_GSM7 ? gsm7_take(&at, end, 0, 0) : *at++;
        if (len + utf8_size(cp) >= sizeof sms->text)
            return -EMSGSIZE;
        len += utf8_put(sms->text + len, cp);
    }
    sms->text[len] = '\0';
    sms->text_len = len;
    return 0;
}

static void unit_put(unsigned char *octets, uint32_t unit)
{
    octets[0] = (unsigned char)(unit >> 8);
    octets[1] = (unsigned char)unit;
}

/* UTF-16, big-endian: what networks and handsets mean by UCS-2. */
static int ucs2_put(struct text_sms *sms)
{
    const unsigned char *at = (const unsigned char *)sms->text, *end = at + sms->text_len;
    size_t used = 0;
    sms->clustered = false;
    while (at < end) {
        uint32_t cp = utf8_take(&at, end);
        if (used + 4 > TEXT_OCTETS)
            return -EMSGSIZE;
        sms->clustered |= !cluster_is_alone(cp);
        if (cp >= 0x10000) {
            unit_put(sms->octets + used, 0xD7C0 + (cp >> 10));
            used += 2;
            cp = 0xDC00 | (cp & 0x3FF);
        }
        unit_put(sms->octets + used, cp);
        used += 2;
    }
    sms->encoding = TEXT_UCS2;
    sms->units = (unsigned)(used / 2);
    sms->seg_start[1] = (uint16_t)used;
    return 0;
}

/* `*letters` is how many letters were typed; only where one is to blame for the length. */
static int text_encode(struct text_sms *sms, enum text_policy policy, enum text_charset charset,
                       unsigned *letters)
{
    struct septets to = {.sms = sms, .policy = policy, .charset = charset};
    sms->encoding = TEXT_GSM7;
    sms->units = 0;
    sms->culprit = 0;
    int rc = septets_put(&to);
    *letters = sms->culprit ? text_letters(sms->text, sms->text_len) : 0;
    if (rc == -ENOENT)
        return ucs2_put(sms);
    if (rc)
        return rc;
    return to.changed ? shown_put(&to) : 0;
}

int text_prepare(struct text_sms *sms, const char *utf8, size_t len, enum text_policy policy,
                 const struct text_profile *profile)
{
    static const struct text_profile usual;
    if (!profile)
        profile = &usual;
    int cleaned = text_clean(sms->text, sizeof sms->text, utf8, len);
    if (cleaned < 0)
        return -EMSGSIZE;
    sms->text_len = (size_t)cleaned;
    unsigned letters;
    int rc = text_encode(sms, policy, profile->charset, &letters);
    if (rc)
        return rc;
    sms->parts = profile->parts;
    sms->ref16 = profile->ref16;
    sms->data_coding = sms->encoding == TEXT_UCS2 ? 8 : profile->data_coding;
    rc = text_split(sms, policy, profile->charset);
    if (rc)
        return rc;
    /* Nobody is to blame where as many plain letters would need as many segments. */
    if (sms->segments <= split_segments(letters, profile->ref16))
        sms->culprit = 0;
    return 0;
}
