/* Packs what we send; libsmpp34 packs the mandatory parts, TLVs are put behind them here. */
#include <errno.h>
#include <string.h>
#include "smpp/pdu/guard.h"
#include "smpp/pdu/request.h"
#include "smpp/pdu/tlv.h"

static bool string_fits(const char *string, size_t limit)
{
    return string && strnlen(string, limit + 1) <= limit;
}

int request_bind(const struct bind_request *bind, uint8_t *out, size_t room)
{
    bool fits = string_fits(bind->system_id, REQUEST_SYSTEM_ID_MAX) &&
                string_fits(bind->password, REQUEST_PASSWORD_MAX) &&
                string_fits(bind->system_type, REQUEST_SYSTEM_TYPE_MAX) &&
                string_fits(bind->address_range, REQUEST_ADDRESS_RANGE_MAX);
    if (!fits || room < REQUEST_ROOM)
        return -EMSGSIZE;
    return guard_pack_bind(bind, out, room);
}

static bool submit_fits(const struct submit_request *submit, size_t room)
{
    size_t limit = submit->payload ? REQUEST_PAYLOAD_MAX : REQUEST_SHORT_MESSAGE_MAX;
    return submit->length <= limit &&
           room >= REQUEST_ROOM + (submit->payload ? submit->length : 0) &&
           string_fits(submit->service_type, REQUEST_SERVICE_TYPE_MAX) &&
           string_fits(submit->source, PDU_ADDRESS_MAX) &&
           string_fits(submit->destination, PDU_ADDRESS_MAX) &&
           string_fits(submit->validity, REQUEST_VALIDITY_ROOM - 1);
}

static size_t sar_put(const struct submit_request *submit, uint8_t *out)
{
    uint8_t reference[2];
    pdu_put16(reference, submit->sar_reference);
    size_t length = tlv_put(out, TAG_SAR_MSG_REF_NUM, reference, 2);
    length += tlv_put(out + length, TAG_SAR_TOTAL_SEGMENTS, &submit->sar_total, 1);
    return length + tlv_put(out + length, TAG_SAR_SEGMENT_SEQNUM, &submit->sar_sequence, 1);
}

int request_submit(const struct submit_request *submit, uint8_t *out, size_t room)
{
    if (!submit_fits(submit, room))
        return -EMSGSIZE;
    int packed = guard_pack_submit(submit, out, room);
    if (packed < 0)
        return packed;
    size_t length = (size_t)packed;
    if (submit->has_sar)
        length += sar_put(submit, out + length);
    if (submit->payload)
        length +=
            tlv_put(out + length, TAG_MESSAGE_PAYLOAD, submit->octets, (uint16_t)submit->length);
    pdu_put32(out, (uint32_t)length);
    return (int)length;
}

int request_header(uint32_t command, uint32_t status, uint32_t sequence, uint8_t *out, size_t room)
{
    if (room < PDU_HEADER)
        return -EMSGSIZE;
    pdu_put32(out, PDU_HEADER);
    pdu_put32(out + 4, command);
    pdu_put32(out + 8, status);
    pdu_put32(out + 12, sequence);
    return PDU_HEADER;
}

int request_answer(uint32_t command, uint32_t status, uint32_t sequence, uint8_t *out, size_t room)
{
    if (room < PDU_HEADER + 1)
        return -EMSGSIZE;
    request_header(command, status, sequence, out, room);
    pdu_put32(out, PDU_HEADER + 1);
    out[PDU_HEADER] = 0;
    return PDU_HEADER + 1;
}

/* Two decimal digits. */
static void two_put(char *out, uint32_t value)
{
    out[0] = (char)('0' + value / 10 % 10);
    out[1] = (char)('0' + value % 10);
}

void request_validity(uint32_t seconds, char out[REQUEST_VALIDITY_ROOM])
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400, MOST = 30 * DAY };
    uint32_t s = seconds > MOST ? MOST : seconds;
    out[0] = '\0';
    if (s == 0)
        return;
    memcpy(out, "000000000000000R", REQUEST_VALIDITY_ROOM);
    two_put(out + 4, s / DAY);
    two_put(out + 6, s % DAY / HOUR);
    two_put(out + 8, s % HOUR / MINUTE);
    two_put(out + 10, s % MINUTE);
}
