/* The PDUs we send: binds, submit_sm, header-only ones and the answers to deliver_sm and data_sm
 * (SMPP 3.4, chapter 4). */
#ifndef SMPP_PDU_REQUEST_H
#define SMPP_PDU_REQUEST_H

#include <stdbool.h>
#include "smpp/pdu/pdu.h"

/* Limits of strings, without NUL (5.2). */
enum {
    REQUEST_SYSTEM_ID_MAX = 15,
    REQUEST_PASSWORD_MAX = 8,
    REQUEST_SYSTEM_TYPE_MAX = 12,
    REQUEST_ADDRESS_RANGE_MAX = 40,
    REQUEST_SERVICE_TYPE_MAX = 5,
    REQUEST_SHORT_MESSAGE_MAX = 253, /* libsmpp34 takes no 254; one more goes as message_payload */
    REQUEST_PAYLOAD_MAX = 65000,
    REQUEST_ROOM = 512, /* enough for any PDU below, a message_payload excepted */
    REQUEST_VALIDITY_ROOM = 17
};

struct bind_request {
    uint32_t command; /* COMMAND_BIND_TRANSCEIVER, _TRANSMITTER or _RECEIVER */
    uint32_t sequence;
    const char *system_id, *password, *system_type, *address_range;
};

struct submit_request {
    uint32_t sequence;
    const char *service_type;
    uint8_t source_ton, source_npi;
    const char *source;
    uint8_t destination_ton, destination_npi;
    const char *destination;
    uint8_t esm_class, protocol_id, priority_flag, registered_delivery, data_coding;
    const char *validity; /* "" or 16 characters, see request_validity */
    const uint8_t *octets;
    size_t length;
    bool payload; /* octets go as message_payload */
    bool has_sar;
    uint16_t sar_reference;
    uint8_t sar_total, sar_sequence;
};

/* Each writes one PDU into room octets (REQUEST_ROOM, for submit with payload plus length) and
 * returns its length, or -EMSGSIZE if a string, the octets or the room is out of limits, -EPROTO if
 * libsmpp34 refuses a value. */
int request_bind(const struct bind_request *bind, uint8_t *out, size_t room);
int request_submit(const struct submit_request *submit, uint8_t *out, size_t room);

/* A PDU that is a header alone: enquire_link, unbind, their responses, generic_nack. room >=
 * PDU_HEADER. */
int request_header(uint32_t command, uint32_t status, uint32_t sequence, uint8_t *out, size_t room);

/* The answer to a deliver_sm or data_sm: header and an empty message_id. room > PDU_HEADER. */
int request_answer(uint32_t command, uint32_t status, uint32_t sequence, uint8_t *out, size_t room);

/* A relative validity_period, "000000001500000R" for 900 s (7.1.1.2); "" for 0, at most 30 days. */
void request_validity(uint32_t seconds, char out[REQUEST_VALIDITY_ROOM]);

#endif
