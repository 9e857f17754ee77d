/* Cutting an encoded text into segments of 140 octets, each with its user data header; a cut never
 * falls inside an escape pair, a surrogate pair or a cluster that fits (3GPP TS
 * 23.040, 9.2.3.24). */
#include "smpp/text/split.h"

#include <errno.h>

#include "smpp/text/cluster.h"
#include "smpp/text/gsm7.h"

/* Units one segment holds beside its header; septets start on a septet border behind it. */
static unsigned capacity(enum text_encoding encoding, bool several, bool ref16)
{
    unsigned header =
        (encoding == TEXT_GSM7_SPANISH ? 3u : 0u) + (several ? (ref16 ? 6u : 5u) : 0u);
    if (header)
        header++;
    return encoding == TEXT_UCS2 ? (140 - header) / 2 : (140 - header) * 8 / 7;
}

unsigned split_segments(unsigned letters, bool ref16)
{
    unsigned each = capacity(TEXT_GSM7, true, ref16);
    return letters <= capacity(TEXT_GSM7, false, ref16) ? 1 : (letters + each - 1) / each;
}

/* Where a text is being cut. */
struct cutter {
    struct text_sms *sms;
    enum text_charset charset;
    bool emoji_part;
    unsigned capacity, units; /* of the segment being filled */
    unsigned at, end;         /* octets */
    unsigned loose; /* up to here code points may be parted: a cluster that fits nowhere */
};

static uint32_t unit_at(const struct cutter *cut, unsigned at)
{
    return (uint32_t)cut->sms->octets[at] << 8 | cut->sms->octets[at + 1];
}

static unsigned pair_size(const struct cutter *cut, unsigned at)
{
    return (unit_at(cut, at) & 0xFC00) == 0xD800 ? 4 : 2;
}

static unsigned cluster_size(const struct cutter *cut)
{
    struct cluster cluster = {.emoji_part = cut->emoji_part};
    unsigned at = cut->at;
    do {
        uint32_t cp = unit_at(cut, at);
        unsigned size = pair_size(cut, at);
        if (size == 4)
            cp = 0x10000 + ((cp & 0x3FF) << 10) + (unit_at(cut, at + 2) & 0x3FF);
        if (cluster_begins(&cluster, cp) && at > cut->at)
            break;
        at += size;
    } while (at < cut->end);
    return at - cut->at;
}

/* Octets that stay together from cut->at on, and their units. */
static unsigned piece_size(struct cutter *cut, unsigned *units)
{
    const struct text_sms *sms = cut->sms;
    unsigned size = 1;
    if (sms->encoding == TEXT_UCS2) {
        size = cut->at < cut->loose ? pair_size(cut, cut->at) : cluster_size(cut);
        if (size / 2 > cut->capacity) {
            cut->loose = cut->at + size;
            size = pair_size(cut, cut->at);
        }
        *units = size / 2;
    } else if (cut->charset == TEXT_CHARSET_GSM7) {
        size = sms->octets[cut->at] == GSM7_ESC ? 2 : 1;
        *units = size;
    } else {
        *units = gsm7_code_of(sms->octets[cut->at]) & GSM7_EXTENDED ? 2 : 1;
    }
    return size;
}

/* UCS-2 with nothing to keep together: every segment but the last is full. */
static int segments_fill(struct cutter *cut)
{
    struct text_sms *sms = cut->sms;
    sms->segments = (sms->units + cut->capacity - 1) / cut->capacity;
    if (sms->segments > TEXT_SEGMENTS)
        return -EMSGSIZE;
    for (unsigned i = 0; i < sms->segments - 1; i++) {
        sms->seg_units[i] = (uint8_t)cut->capacity;
        sms->seg_start[i + 1] = (uint16_t)((i + 1) * cut->capacity * 2);
    }
    cut->units = sms->units - (sms->segments - 1) * cut->capacity;
    return 0;
}

static int segments_cut(struct cutter *cut)
{
    struct text_sms *sms = cut->sms;
    if (sms->encoding == TEXT_UCS2 && !sms->clustered)
        return segments_fill(cut);
    cut->units = 0;
    sms->segments = 1;
    while (cut->at < cut->end) {
        unsigned units, size = piece_size(cut, &units);
        if (cut->units + units > cut->capacity) {
            if (sms->segments == TEXT_SEGMENTS)
                return -EMSGSIZE;
            sms->seg_units[sms->segments - 1] = (uint8_t)cut->units;
            sms->seg_start[sms->segments++] = (uint16_t)cut->at;
            cut->units = 0;
        }
        cut->units += units;
        cut->at += size;
    }
    return 0;
}

int text_split(struct text_sms *sms, enum text_policy policy, enum text_charset charset)
{
    struct cutter cut = {.sms = sms, .charset = charset, .emoji_part = policy == TEXT_UNICODE};
    cut.end = sms->seg_start[1];
    cut.units = sms->units;
    cut.capacity = capacity(sms->encoding, false, sms->ref16);
    sms->seg_start[0] = 0;
    sms->segments = 1;
    if (sms->units > cut.capacity) {
        cut.capacity = capacity(sms->encoding, true, sms->ref16);
        int rc = segments_cut(&cut);
        if (rc)
            return rc;
    }
    sms->seg_units[sms->segments - 1] = (uint8_t)cut.units;
    sms->seg_start[sms->segments] = (uint16_t)cut.end;
    sms->remaining = cut.capacity - cut.units;
    sms->pdus = sms->parts == TEXT_PAYLOAD ? 1 : sms->segments;
    sms->udhi = sms->encoding == TEXT_GSM7_SPANISH || (sms->segments > 1 && sms->parts == TEXT_UDH);
    return 0;
}
