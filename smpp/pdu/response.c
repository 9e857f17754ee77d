/* Reads responses leniently in what may be missing, strictly in what is there. */
#include <string.h>
#include "smpp/pdu/response.h"
#include "smpp/pdu/status.h"
#include "smpp/pdu/tlv.h"

/* Which responses begin with a string, and its limit with the NUL. */
static size_t text_limit(uint32_t command)
{
    switch (command & ~COMMAND_RESPONSE) {
    case COMMAND_BIND_RECEIVER:
    case COMMAND_BIND_TRANSMITTER:
    case COMMAND_BIND_TRANSCEIVER:
        return 16;
    case COMMAND_SUBMIT_SM:
    case COMMAND_DATA_SM:
        return PDU_MESSAGE_ID_MAX + 1;
    default:
        return 0;
    }
}

bool response_decode(const uint8_t *pdu, size_t length, struct response *out)
{
    struct pdu_header header = pdu_header(pdu);
    struct reader r = reader_body(pdu, length);
    struct tlv_list tlvs;
    *out = (struct response){
        .command = header.command, .status = header.status, .sequence = header.sequence};
    size_t limit = text_limit(header.command);
    if (limit == 0 || reader_left(&r) == 0)
        return true;
    const char *text = reader_take_string(&r, limit);
    if (!text)
        return false;
    memcpy(out->text, text, strlen(text) + 1); /* no limit is above its room */
    if (tlv_read(&r, &tlvs) != ESME_ROK)
        return false;
    tlv_get8(&tlvs, TAG_SC_INTERFACE_VERSION, &out->interface_version);
    return true;
}
