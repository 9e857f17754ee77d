/* Checks a deliver_sm or data_sm octet by octet, lets libsmpp34 unpack the harmless part and reads
 * the TLVs. */
#include <string.h>
#include "smpp/pdu/message.h"
#include "smpp/pdu/sanitized.h"
#include "smpp/pdu/status.h"
#include "smpp/pdu/tlv.h"

/* The times of a deliver_sm are unused; peers fill them nevertheless, up to the length of
 * submit_sm's. */
enum { TIME_MAX = 17, SERVICE_TYPE_MAX = 6 };

struct walk {
    struct reader r;
    struct sanitized copy;
    struct message *out;
    uint16_t source, destination; /* TON and NPI */
    const char *from, *to;        /* digits */
};

static uint32_t take_addresses(struct walk *w)
{
    sanitized_put_string(&w->copy, &w->r, SERVICE_TYPE_MAX);
    w->source = sanitized_put_number(&w->copy, &w->r);
    if (!(w->from = sanitized_put_blank(&w->copy, &w->r, PDU_ADDRESS_MAX + 1)))
        return ESME_RINVSRCADR;
    w->destination = sanitized_put_number(&w->copy, &w->r);
    if (!(w->to = sanitized_put_blank(&w->copy, &w->r, PDU_ADDRESS_MAX + 1)))
        return ESME_RINVDSTADR;
    return ESME_ROK;
}

static uint32_t take_deliver_sm(struct walk *w)
{
    uint32_t status = take_addresses(w);
    for (int i = 0; i < 3; i++) /* esm_class, protocol_id, priority_flag */
        sanitized_put8(&w->copy, &w->r);
    sanitized_skip_string(&w->copy, &w->r, TIME_MAX);
    sanitized_skip_string(&w->copy, &w->r, TIME_MAX);
    for (int i = 0; i < 4; i++) /* registered_delivery .. sm_default_msg_id */
        sanitized_put8(&w->copy, &w->r);
    w->out->length = reader_take8(&w->r);
    w->copy.octets[w->copy.length++] = 0; /* sm_length: the library sees no text at all */
    w->out->octets = reader_take_octets(&w->r, w->out->length);
    return status != ESME_ROK ? status : w->r.broken ? ESME_RINVMSGLEN : ESME_ROK;
}

static uint32_t take_data_sm(struct walk *w)
{
    uint32_t status = take_addresses(w);
    for (int i = 0; i < 3; i++) /* esm_class, registered_delivery, data_coding */
        sanitized_put8(&w->copy, &w->r);
    w->out->octets = w->r.at;
    return status != ESME_ROK ? status : w->r.broken ? ESME_RINVMSGLEN : ESME_ROK;
}

static void address_put(struct pdu_address *out, uint16_t number, const char *digits)
{
    out->ton = (uint8_t)(number >> 8);
    out->npi = (uint8_t)number;
    memcpy(out->digits, digits, strlen(digits) + 1);
}

static uint32_t unpack(struct walk *w)
{
    size_t length = sanitized_end(&w->copy);
    int err = w->out->command == COMMAND_DELIVER_SM
                  ? guard_unpack_deliver_sm(w->copy.octets, length, w->out)
                  : guard_unpack_data_sm(w->copy.octets, length, w->out);
    address_put(&w->out->source, w->source, w->from);
    address_put(&w->out->destination, w->destination, w->to);
    return err == 0 ? ESME_ROK : ESME_RSYSERR;
}

/* A TLV of a wrong length is as good as absent: better a text without its extras than none. */
static void read_extras(const struct tlv_list *tlvs, struct message *out)
{
    uint8_t state = 0;
    const struct tlv *payload = tlv_find(tlvs, TAG_MESSAGE_PAYLOAD);
    if (payload && out->length == 0) {
        out->payload = true;
        out->octets = payload->value;
        out->length = payload->length;
    }
    out->has_sar = tlv_get16(tlvs, TAG_SAR_MSG_REF_NUM, &out->sar_reference) &&
                   tlv_get8(tlvs, TAG_SAR_TOTAL_SEGMENTS, &out->sar_total) &&
                   tlv_get8(tlvs, TAG_SAR_SEGMENT_SEQNUM, &out->sar_sequence) &&
                   out->sar_sequence >= 1 && out->sar_sequence <= out->sar_total;
    tlv_get_string(tlvs, TAG_RECEIPTED_MESSAGE_ID, out->receipted_message_id,
                   sizeof out->receipted_message_id);
    if (tlv_get8(tlvs, TAG_MESSAGE_STATE, &state) && state <= MESSAGE_REJECTED)
        out->message_state = (enum message_state)state;
    const struct tlv *error = tlv_find(tlvs, TAG_NETWORK_ERROR_CODE);
    if (error && error->length == sizeof out->network_error)
        memcpy(out->network_error, error->value, sizeof out->network_error);
}

uint32_t message_decode(const uint8_t *pdu, size_t length, struct message *out)
{
    struct walk w = {.r = reader_body(pdu, length), .out = out};
    struct tlv_list tlvs;
    memset(out, 0, sizeof *out);
    if (w.r.broken || length != pdu_get32(pdu))
        return ESME_RINVCMDLEN;
    struct pdu_header header = pdu_header(pdu);
    out->command = header.command;
    out->sequence = header.sequence;
    sanitized_start(&w.copy, header.command);
    uint32_t status = header.command == COMMAND_DELIVER_SM ? take_deliver_sm(&w)
                      : header.command == COMMAND_DATA_SM  ? take_data_sm(&w)
                                                           : ESME_RINVCMDID;
    if (status == ESME_ROK)
        status = tlv_read(&w.r, &tlvs);
    if (status == ESME_ROK)
        status = unpack(&w);
    if (status == ESME_ROK)
        read_extras(&tlvs, out);
    return status;
}
