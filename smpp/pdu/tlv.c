/* TLVs are walked here alone: libsmpp34 overflows and leaks on bad ones, so it never sees any. */
#include <string.h>
#include "smpp/pdu/status.h"
#include "smpp/pdu/tlv.h"

static const uint16_t known[] = {
    TAG_RECEIPTED_MESSAGE_ID, TAG_SAR_MSG_REF_NUM,      TAG_SAR_TOTAL_SEGMENTS,
    TAG_SAR_SEGMENT_SEQNUM,   TAG_SC_INTERFACE_VERSION, TAG_NETWORK_ERROR_CODE,
    TAG_MESSAGE_PAYLOAD,      TAG_MESSAGE_STATE,
};

static bool tag_is_known(uint16_t tag)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == tag)
            return true;
    return false;
}

uint32_t tlv_read(struct reader *r, struct tlv_list *out)
{
    out->count = 0;
    for (size_t seen = 0; !r->broken && reader_left(r) > 0; seen++) {
        const uint8_t *head = reader_take_octets(r, 4);
        if (!head || seen == PDU_TLVS_MAX)
            return ESME_RINVOPTPARSTREAM;
        struct tlv tlv = {.tag = pdu_get16(head), .length = pdu_get16(head + 2)};
        tlv.value = reader_take_octets(r, tlv.length);
        if (!tlv.value)
            return ESME_RINVOPTPARSTREAM;
        if (tag_is_known(tlv.tag))
            out->tlv[out->count++] = tlv;
    }
    return r->broken ? ESME_RINVOPTPARSTREAM : ESME_ROK;
}

const struct tlv *tlv_find(const struct tlv_list *list, uint16_t tag)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->tlv[i].tag == tag)
            return &list->tlv[i];
    return NULL;
}

bool tlv_get8(const struct tlv_list *list, uint16_t tag, uint8_t *out)
{
    const struct tlv *tlv = tlv_find(list, tag);
    if (!tlv || tlv->length != 1)
        return false;
    *out = tlv->value[0];
    return true;
}

bool tlv_get16(const struct tlv_list *list, uint16_t tag, uint16_t *out)
{
    const struct tlv *tlv = tlv_find(list, tag);
    if (!tlv || tlv->length != 2)
        return false;
    *out = pdu_get16(tlv->value);
    return true;
}

bool tlv_get_string(const struct tlv_list *list, uint16_t tag, char *out, size_t room)
{
    const struct tlv *tlv = tlv_find(list, tag);
    if (!tlv)
        return false;
    size_t length = strnlen((const char *)tlv->value, tlv->length);
    if (length >= room || length + 1 < tlv->length)
        return false;
    memcpy(out, tlv->value, length);
    out[length] = '\0';
    return true;
}

size_t tlv_put(uint8_t *p, uint16_t tag, const void *value, uint16_t length)
{
    pdu_put16(p, tag);
    pdu_put16(p + 2, length);
    memcpy(p + 4, value, length);
    return 4u + length;
}
