/* Optional parameters: tag, length, value (SMPP 3.4, 3.2.4). */
#ifndef SMPP_PDU_TLV_H
#define SMPP_PDU_TLV_H

#include <stdbool.h>
#include "smpp/pdu/reader.h"

struct tlv {
    uint16_t tag;
    uint16_t length;
    const uint8_t *value; /* inside the PDU */
};

struct tlv_list {
    size_t count;
    struct tlv tlv[PDU_TLVS_MAX];
};

/* Reads all that is left as TLVs. Known tags (those of enum pdu_tag) are kept in *out, others
 * passed over. Returns ESME_ROK, or ESME_RINVOPTPARSTREAM if one ends outside the PDU or there are
 * more than PDU_TLVS_MAX in all. */
uint32_t tlv_read(struct reader *r, struct tlv_list *out);

/* The first TLV of that tag, or NULL. */
const struct tlv *tlv_find(const struct tlv_list *list, uint16_t tag);

/* The value of a TLV of exactly one or two octets; false if absent or of another length. */
bool tlv_get8(const struct tlv_list *list, uint16_t tag, uint8_t *out);
bool tlv_get16(const struct tlv_list *list, uint16_t tag, uint16_t *out);

/* The value as a string, its closing NUL optional (vendors leave it out), into room octets with a
 * NUL; false if absent, too long, or with a NUL in its middle. */
bool tlv_get_string(const struct tlv_list *list, uint16_t tag, char *out, size_t room);

/* Writes one TLV at p, which has 4 + length octets; returns how many were written. */
size_t tlv_put(uint8_t *p, uint16_t tag, const void *value, uint16_t length);

#endif
