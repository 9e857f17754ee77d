/* Responses from the SMSC, all kinds alike: header, then whatever the peer thought fit.
 *
 * Decided without libsmpp34, which refuses what real peers send: header-only bind_resp, errors with
 * a NUL body, vendor statuses, TLVs behind a good submit_sm_resp, ROK without a body. */
#ifndef SMPP_PDU_RESPONSE_H
#define SMPP_PDU_RESPONSE_H

#include <stdbool.h>
#include "smpp/pdu/pdu.h"

struct response {
    uint32_t command; /* with COMMAND_RESPONSE set */
    uint32_t status;
    uint32_t sequence;
    char text[PDU_MESSAGE_ID_MAX + 1]; /* message_id or system_id; "" if none */
    uint8_t interface_version;         /* of bind_*_resp; 0 if not told */
};

/* Reads one whole response. False if its body is garbage (a string that does not end inside its
 * limit, a broken TLV); command, status and sequence are good even then, and so is a
 * text before a broken TLV. */
bool response_decode(const uint8_t *pdu, size_t length, struct response *out);

#endif
