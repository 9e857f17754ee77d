/* A short message as it comes from the SMSC: deliver_sm and data_sm alike (SMPP 3.4,
 * 4.6 and 4.7). */
#ifndef SMPP_PDU_MESSAGE_H
#define SMPP_PDU_MESSAGE_H

#include <stdbool.h>
#include "smpp/pdu/pdu.h"

struct message {
    uint32_t command; /* COMMAND_DELIVER_SM or COMMAND_DATA_SM */
    uint32_t sequence;
    char service_type[6];
    struct pdu_address source;
    struct pdu_address destination;
    uint8_t esm_class;
    uint8_t protocol_id;
    uint8_t priority_flag;
    uint8_t registered_delivery;
    uint8_t data_coding;
    bool payload; /* octets came in message_payload */
    /* Inside the PDU given to message_decode; a UDH first if esm_class has ESM_UDHI. */
    const uint8_t *octets;
    size_t length;
    bool has_sar; /* all three of the following were there and make sense */
    uint16_t sar_reference;
    uint8_t sar_total;                                 /* 1..255 */
    uint8_t sar_sequence;                              /* 1..sar_total */
    char receipted_message_id[PDU_MESSAGE_ID_MAX + 1]; /* "" if absent */
    enum message_state message_state;                  /* MESSAGE_STATE_NONE if absent */
    uint8_t network_error[3]; /* network_error_code: type, then the code; type 0 if absent */
};

/* Reads one whole deliver_sm or data_sm (header included, length octets as the header says).
 * Strict: every string ends inside its limit, every TLV inside the PDU, at most PDU_TLVS_MAX of
 * them; unknown TLVs are passed over. Returns ESME_ROK, or the command_status to answer with; *out
 * is then worth nothing. */
uint32_t message_decode(const uint8_t *pdu, size_t length, struct message *out);

#endif
