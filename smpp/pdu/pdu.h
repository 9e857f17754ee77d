/* The SMPP 3.4 vocabulary: command ids, limits, header, TLV tags. Numbers are those of the
 * standard's chapter 5; nothing here reads a socket or a clock. */
#ifndef SMPP_PDU_PDU_H
#define SMPP_PDU_PDU_H

#include <stddef.h>
#include <stdint.h>

enum {
    PDU_HEADER = 16, /* octets of every header (3.2) */
    PDU_MAX = 65536, /* longest PDU taken from a peer, octets */
    PDU_SEQUENCE_MAX = 0x7FFFFFFF,
    PDU_TLVS_MAX = 16,      /* TLVs taken from one PDU */
    PDU_ADDRESS_MAX = 20,   /* characters of an address in submit_sm and deliver_sm (5.2.8) */
    PDU_MESSAGE_ID_MAX = 64 /* characters of a message_id (5.2.23) */
};

/* SMPP 3.4, 5.1.2.1. */
enum pdu_command {
    COMMAND_BIND_RECEIVER = 0x00000001,
    COMMAND_BIND_TRANSMITTER = 0x00000002,
    COMMAND_QUERY_SM = 0x00000003,
    COMMAND_SUBMIT_SM = 0x00000004,
    COMMAND_DELIVER_SM = 0x00000005,
    COMMAND_UNBIND = 0x00000006,
    COMMAND_REPLACE_SM = 0x00000007,
    COMMAND_CANCEL_SM = 0x00000008,
    COMMAND_BIND_TRANSCEIVER = 0x00000009,
    COMMAND_OUTBIND = 0x0000000B,
    COMMAND_ENQUIRE_LINK = 0x00000015,
    COMMAND_SUBMIT_MULTI = 0x00000021,
    COMMAND_ALERT_NOTIFICATION = 0x00000102,
    COMMAND_DATA_SM = 0x00000103
};
#define COMMAND_RESPONSE     0x80000000u /* set in the id of every response */
#define COMMAND_GENERIC_NACK 0x80000000u

/* SMPP 3.4, 5.3.2: the tags we read or write; all others are passed over. */
enum pdu_tag {
    TAG_RECEIPTED_MESSAGE_ID = 0x001E,
    TAG_SAR_MSG_REF_NUM = 0x020C,
    TAG_SAR_TOTAL_SEGMENTS = 0x020E,
    TAG_SAR_SEGMENT_SEQNUM = 0x020F,
    TAG_SC_INTERFACE_VERSION = 0x0210,
    TAG_NETWORK_ERROR_CODE = 0x0423,
    TAG_MESSAGE_PAYLOAD = 0x0424,
    TAG_MESSAGE_STATE = 0x0427
};

/* esm_class, 5.2.12. */
enum {
    ESM_TYPE_MASK = 0x3C,
    ESM_RECEIPT = 0x04,      /* SMSC delivery receipt */
    ESM_INTERMEDIATE = 0x20, /* intermediate notification */
    ESM_UDHI = 0x40          /* the octets begin with a user data header */
};

struct pdu_header {
    uint32_t length;
    uint32_t command;
    uint32_t status;
    uint32_t sequence;
};

/* An address as it stands in a PDU: TON and NPI as received, whatever their value. */
struct pdu_address {
    uint8_t ton;
    uint8_t npi;
    char digits[PDU_ADDRESS_MAX + 1];
};

/* SMPP 3.4, 5.2.28 message_state. */
enum message_state {
    MESSAGE_STATE_NONE = 0,
    MESSAGE_ENROUTE = 1,
    MESSAGE_DELIVERED = 2,
    MESSAGE_EXPIRED = 3,
    MESSAGE_DELETED = 4,
    MESSAGE_UNDELIVERABLE = 5,
    MESSAGE_ACCEPTED = 6,
    MESSAGE_UNKNOWN = 7,
    MESSAGE_REJECTED = 8
};

static inline uint16_t pdu_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t pdu_get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void pdu_put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void pdu_put32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

/* The header of the PDU that begins at p; p holds at least PDU_HEADER octets. */
struct pdu_header pdu_header(const uint8_t *p);

/* The standard's name of a command ("submit_sm_resp"), or "unknown". */
const char *pdu_command_name(uint32_t command);

#endif
