/* The short_message of each PDU: a header of its own where one is needed, then its octets. */
#include "smpp/text/text.h"

#include <errno.h>
#include <string.h>

#include "smpp/text/gsm7.h"
#include "smpp/text/udh.h"

int text_segment(const struct text_sms *sms, unsigned i, unsigned ref, unsigned char *out,
                 size_t room)
{
    if (i >= sms->pdus)
        return -EINVAL;
    struct udh udh = {.single_shift = sms->encoding == TEXT_GSM7_SPANISH ? GSM7_SPANISH : 0};
    if (sms->segments > 1 && sms->parts == TEXT_UDH) {
        udh.ref = (uint16_t)(sms->ref16 ? ref : ref & 0xFF);
        udh.ref16 = sms->ref16;
        udh.total = (uint8_t)sms->segments;
        udh.seq = (uint8_t)(i + 1);
    }
    int header = udh_put(&udh, out, room);
    if (header < 0)
        return header;
    unsigned start = sms->seg_start[i];
    unsigned end = sms->seg_start[sms->parts == TEXT_PAYLOAD ? sms->segments : i + 1];
    if ((size_t)header + (end - start) > room)
        return -ENOSPC;
    memcpy(out + header, sms->octets + start, end - start);
    return header + (int)(end - start);
}
