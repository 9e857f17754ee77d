/* The codec over arbitrary octets: as what a person typed, as what a mobile sent, as a header. What
 * was encoded reads back as what was shown. The first octet chooses policy and profile. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "smpp/text/text.h"
#include "smpp/text/udh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All segments but their headers, one after the other, and the tables they name. */
static size_t segments_join(const struct text_sms *sms, unsigned char *joined, struct udh *udh)
{
    static unsigned char out[TEXT_OCTETS + 4];
    size_t used = 0;
    for (unsigned i = 0; i < sms->pdus; i++) {
        size_t room = sms->parts == TEXT_PAYLOAD ? sizeof out : TEXT_SEGMENT;
        int len = text_segment(sms, i, 0x1234, out, room), header = 0;
        assert(len >= 0);
        if (sms->udhi) {
            header = udh_take(udh, out, (size_t)len);
            assert(header > 0);
            assert(udh->total == 0 || (udh->seq == i + 1 && udh->total == sms->segments));
            assert(udh->total == 0 || udh->ref == (sms->ref16 ? 0x1234 : 0x34));
        }
        memcpy(joined + used, out + header, (size_t)(len - header));
        used += (size_t)(len - header);
    }
    return used;
}

static void sizes_check(const struct text_sms *sms)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < sms->segments; i++) {
        assert(sms->seg_units[i] <= 160 && (sms->seg_units[i] > 0 || sms->units == 0));
        sum += sms->seg_units[i];
    }
    assert(sum == sms->units);
    assert(strlen(sms->text) == sms->text_len);
}

static void round_trip(const char *utf8, size_t len, enum text_policy policy,
                       const struct text_profile *profile)
{
    static struct text_sms sms;
    static unsigned char joined[TEXT_OCTETS];
    static char back[3 * TEXT_OCTETS];
    if (text_prepare(&sms, utf8, len, policy, profile) < 0)
        return;
    sizes_check(&sms);
    struct udh udh = {.total = 0};
    size_t octets = segments_join(&sms, joined, &udh);
    int chars = text_decode(back, sizeof back, joined, octets, sms.data_coding, profile, &udh);
    assert(chars == (int)sms.text_len && memcmp(back, sms.text, sms.text_len) == 0);
    /* What a handset shows would be sent as it is. */
    static struct text_sms again;
    assert(text_prepare(&again, sms.text, sms.text_len, policy, profile) == 0);
    assert(again.units == sms.units && strcmp(again.text, sms.text) == 0);
}

static void from_mobile(const uint8_t *data, size_t size, unsigned data_coding,
                        const struct text_profile *profile)
{
    static char out[3 * 65536 + 1];
    struct udh udh;
    int header = udh_take(&udh, data, size);
    if (header >= 0) {
        assert((size_t)header <= size && udh.seq <= udh.total);
        text_decode(out, sizeof out, data + header, size - (size_t)header, data_coding, profile,
                    &udh);
    }
    int len = text_decode(out, sizeof out, data, size, data_coding, profile, NULL);
    if (size < 65536)
        assert(len == -ENOTSUP || (len >= 0 && strlen(out) == (size_t)len));
    assert(text_decode(out, 3, data, size, data_coding, profile, NULL) < 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct text_profile profile = {
        .charset = (enum text_charset)(data[0] / 4 % 3),
        .parts = (enum text_parts)(data[0] / 12 % 3),
        .ref16 = data[0] / 36 % 2,
    };
    round_trip((const char *)data + 2, size - 2, (enum text_policy)(data[0] % 4), &profile);
    from_mobile(data + 2, size - 2, data[1], &profile);
    return 0;
}
