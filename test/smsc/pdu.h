// The SMSC's own bounded SMPP 3.4 codec.
// It shares nothing with smpp/: two codecs that were written apart do not share a misreading.
#ifndef SMSC_PDU_H
#define SMSC_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// SMPP 3.4, 5.1.2.1
#define GENERIC_NACK       0x80000000u
#define BIND_RECEIVER      0x00000001u
#define BIND_TRANSMITTER   0x00000002u
#define QUERY_SM           0x00000003u
#define SUBMIT_SM          0x00000004u
#define DELIVER_SM         0x00000005u
#define UNBIND             0x00000006u
#define REPLACE_SM         0x00000007u
#define CANCEL_SM          0x00000008u
#define BIND_TRANSCEIVER   0x00000009u
#define OUTBIND            0x0000000Bu
#define ENQUIRE_LINK       0x00000015u
#define SUBMIT_MULTI       0x00000021u
#define ALERT_NOTIFICATION 0x00000102u
#define DATA_SM            0x00000103u
#define RESPONSE           0x80000000u

// SMPP 3.4, 5.3.2
#define TLV_PAYLOAD_TYPE    0x0019u
#define TLV_RECEIPTED_ID    0x001Eu
#define TLV_SC_VERSION      0x0210u
#define TLV_SAR_REFERENCE   0x020Cu
#define TLV_SAR_TOTAL       0x020Eu
#define TLV_SAR_NUMBER      0x020Fu
#define TLV_NETWORK_ERROR   0x0423u
#define TLV_MESSAGE_PAYLOAD 0x0424u
#define TLV_MESSAGE_STATE   0x0427u

enum {
    PDU_HEADER = 16,
    PDU_MAX = 70000, // a full message_payload and its header
    PDU_TLVS = 32,   // more are counted and passed over
};

struct pdu_header {
    uint32_t length; // octets, header included
    uint32_t command;
    uint32_t status;
    uint32_t sequence;
};

struct pdu_tlv {
    uint16_t tag;
    uint16_t length;
    const uint8_t *value;
};

struct pdu_bind {
    const char *system_id, *password, *system_type, *range;
    uint8_t version, ton, npi;
};

// submit_sm, deliver_sm and data_sm; fields data_sm lacks are empty.
struct pdu_message {
    const char *service_type, *source, *destination, *schedule, *validity;
    uint8_t source_ton, source_npi, destination_ton, destination_npi;
    uint8_t esm_class, protocol_id, priority, registered, replace, data_coding, canned;
    uint16_t length; // of octets: short_message, or message_payload where that is empty
    const uint8_t *octets;
    struct pdu_tlv tlv[PDU_TLVS];
    unsigned tlvs, tlvs_passed_over;
};

// Reads the 16 octets of a header (SMPP 3.4, 3.2); no judgement.
void pdu_header_get(const uint8_t *octets, struct pdu_header *header);

// The decoders read a whole PDU of pdu_header.length octets and answer a command_status:
// 0, or ESME_RINVCMDLEN / ESME_RINVMSGLEN / ESME_RINVOPTPARSTREAM. What they return points into it.
uint32_t pdu_bind_get(const uint8_t *pdu, size_t length, struct pdu_bind *bind);
uint32_t pdu_message_get(const uint8_t *pdu, size_t length, struct pdu_message *message);

// The first TLV with this tag, or NULL.
const struct pdu_tlv *pdu_tlv_find(const struct pdu_message *message, uint16_t tag);
// Its value as a number of one or two octets, or `otherwise`.
unsigned pdu_tlv_number(const struct pdu_message *message, uint16_t tag, unsigned otherwise);

// Writes a PDU into room given; overflow is remembered and reported once, by pdu_end.
struct pdu_writer {
    uint8_t *start, *at, *end;
    bool full;
};
void pdu_begin(struct pdu_writer *w, uint8_t *room, size_t size, uint32_t command, uint32_t status,
               uint32_t sequence);
void pdu_put_u8(struct pdu_writer *w, unsigned value);
void pdu_put_u16(struct pdu_writer *w, unsigned value);
void pdu_put_octets(struct pdu_writer *w, const void *octets, size_t length);
void pdu_put_string(struct pdu_writer *w, const char *string); // with its NUL
void pdu_put_tlv(struct pdu_writer *w, unsigned tag, const void *value, size_t length);
// The length of the finished PDU, or 0 where it did not fit.
size_t pdu_end(struct pdu_writer *w);

// submit_sm or deliver_sm with the fields of `message`, its TLVs behind; data_sm keeps what it has.
size_t pdu_message_put(uint8_t *room, size_t size, uint32_t command, uint32_t sequence,
                       const struct pdu_message *message);
void pdu_sequence_set(uint8_t *pdu, uint32_t sequence);

#endif
