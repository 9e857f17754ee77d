// Decodes and encodes PDUs without ever leaving the octets it was given.
#include "test/smsc/pdu.h"

#include <string.h>

#include "test/smsc/status.h"

// A cursor that turns bad instead of running over.
struct pdu_reader {
    const uint8_t *at, *end;
    bool bad;
};

static uint32_t u32_get(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void u32_put(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

void pdu_header_get(const uint8_t *octets, struct pdu_header *header)
{
    header->length = u32_get(octets);
    header->command = u32_get(octets + 4);
    header->status = u32_get(octets + 8);
    header->sequence = u32_get(octets + 12);
}

static uint8_t u8_take(struct pdu_reader *r)
{
    if (r->at >= r->end) {
        r->bad = true;
        return 0;
    }
    return *r->at++;
}

// A C-octet string of at most `most` octets, its NUL among them (SMPP 3.4, 3.1).
static const char *string_take(struct pdu_reader *r, size_t most)
{
    size_t room = (size_t)(r->end - r->at);
    const uint8_t *nul = memchr(r->at, 0, room < most ? room : most);
    const char *string = (const char *)r->at;

    if (r->bad || !nul) {
        r->bad = true;
        return "";
    }
    r->at = nul + 1;
    return string;
}

static const uint8_t *octets_take(struct pdu_reader *r, size_t length)
{
    const uint8_t *octets = r->at;

    if (r->bad || length > (size_t)(r->end - r->at)) {
        r->bad = true;
        return NULL;
    }
    r->at += length;
    return octets;
}

static struct pdu_reader reader_of(const uint8_t *pdu, size_t length)
{
    return (struct pdu_reader){pdu + PDU_HEADER, pdu + length, length < PDU_HEADER};
}

uint32_t pdu_bind_get(const uint8_t *pdu, size_t length, struct pdu_bind *bind)
{
    struct pdu_reader r = reader_of(pdu, length);

    if (r.bad)
        return ESME_RINVCMDLEN;
    bind->system_id = string_take(&r, 16);
    bind->password = string_take(&r, 9);
    bind->system_type = string_take(&r, 13);
    bind->version = u8_take(&r);
    bind->ton = u8_take(&r);
    bind->npi = u8_take(&r);
    bind->range = string_take(&r, 41);
    return r.bad ? ESME_RINVCMDLEN : ESME_ROK;
}

static uint32_t tlvs_take(struct pdu_reader *r, struct pdu_message *m)
{
    while (!r->bad && r->at < r->end) {
        const uint8_t *head = octets_take(r, 4);
        if (!head)
            break;
        struct pdu_tlv tlv = {(uint16_t)(head[0] << 8 | head[1]),
                              (uint16_t)(head[2] << 8 | head[3]), NULL};
        tlv.value = octets_take(r, tlv.length);
        if (r->bad)
            break;
        if (m->tlvs < PDU_TLVS)
            m->tlv[m->tlvs++] = tlv;
        else
            m->tlvs_passed_over++;
    }
    return r->bad ? ESME_RINVOPTPARSTREAM : ESME_ROK;
}

static void addresses_take(struct pdu_reader *r, struct pdu_message *m, size_t most)
{
    m->service_type = string_take(r, 6);
    m->source_ton = u8_take(r);
    m->source_npi = u8_take(r);
    m->source = string_take(r, most);
    m->destination_ton = u8_take(r);
    m->destination_npi = u8_take(r);
    m->destination = string_take(r, most);
    m->esm_class = u8_take(r);
}

// SMPP 3.4, 4.4.1 and 4.6.1; returns the stated length of short_message.
static uint32_t rest_take(struct pdu_reader *r, struct pdu_message *m)
{
    m->protocol_id = u8_take(r);
    m->priority = u8_take(r);
    m->schedule = string_take(r, 17);
    m->validity = string_take(r, 17);
    m->registered = u8_take(r);
    m->replace = u8_take(r);
    m->data_coding = u8_take(r);
    m->canned = u8_take(r);
    m->length = u8_take(r);
    if (r->bad)
        return ESME_RINVCMDLEN;
    m->octets = octets_take(r, m->length);
    return r->bad ? ESME_RINVMSGLEN : ESME_ROK;
}

uint32_t pdu_message_get(const uint8_t *pdu, size_t length, struct pdu_message *m)
{
    struct pdu_reader r = reader_of(pdu, length);
    bool data = length >= PDU_HEADER && u32_get(pdu + 4) == DATA_SM;
    uint32_t status = ESME_ROK;

    m->tlvs = m->tlvs_passed_over = 0;
    m->length = 0;
    m->protocol_id = m->priority = m->replace = m->canned = 0;
    m->schedule = m->validity = "";
    m->octets = pdu;
    if (r.bad)
        return ESME_RINVCMDLEN;
    addresses_take(&r, m, data ? 65 : 21);
    if (data) { // SMPP 3.4, 4.7.1
        m->registered = u8_take(&r);
        m->data_coding = u8_take(&r);
    } else {
        status = rest_take(&r, m);
    }
    if (status == ESME_ROK)
        status = r.bad ? ESME_RINVCMDLEN : tlvs_take(&r, m);
    if (status != ESME_ROK)
        return status;
    const struct pdu_tlv *payload = pdu_tlv_find(m, TLV_MESSAGE_PAYLOAD);
    if (payload && m->length == 0) {
        m->octets = payload->value;
        m->length = payload->length;
    }
    return ESME_ROK;
}

const struct pdu_tlv *pdu_tlv_find(const struct pdu_message *m, uint16_t tag)
{
    for (unsigned i = 0; i < m->tlvs; i++)
        if (m->tlv[i].tag == tag)
            return &m->tlv[i];
    return NULL;
}

unsigned pdu_tlv_number(const struct pdu_message *m, uint16_t tag, unsigned otherwise)
{
    const struct pdu_tlv *tlv = pdu_tlv_find(m, tag);

    if (!tlv || tlv->length < 1 || tlv->length > 2)
        return otherwise;
    return tlv->length == 1 ? tlv->value[0] : (unsigned)(tlv->value[0] << 8 | tlv->value[1]);
}

void pdu_begin(struct pdu_writer *w, uint8_t *room, size_t size, uint32_t command, uint32_t status,
               uint32_t sequence)
{
    *w = (struct pdu_writer){room, room, room + size, size < PDU_HEADER};
    if (w->full)
        return;
    u32_put(room + 4, command);
    u32_put(room + 8, status);
    u32_put(room + 12, sequence);
    w->at += PDU_HEADER;
}

void pdu_put_octets(struct pdu_writer *w, const void *octets, size_t length)
{
    if (w->full || length > (size_t)(w->end - w->at)) {
        w->full = true;
        return;
    }
    if (length)
        memcpy(w->at, octets, length);
    w->at += length;
}

void pdu_put_u8(struct pdu_writer *w, unsigned value)
{
    uint8_t octet = (uint8_t)value;

    pdu_put_octets(w, &octet, 1);
}

void pdu_put_u16(struct pdu_writer *w, unsigned value)
{
    pdu_put_u8(w, value >> 8);
    pdu_put_u8(w, value);
}

void pdu_put_string(struct pdu_writer *w, const char *string)
{
    pdu_put_octets(w, string, strlen(string) + 1);
}

void pdu_put_tlv(struct pdu_writer *w, unsigned tag, const void *value, size_t length)
{
    if (length > UINT16_MAX) {
        w->full = true;
        return;
    }
    pdu_put_u16(w, tag);
    pdu_put_u16(w, (unsigned)length);
    pdu_put_octets(w, value, length);
}

size_t pdu_end(struct pdu_writer *w)
{
    size_t length = (size_t)(w->at - w->start);

    if (w->full)
        return 0;
    u32_put(w->start, (uint32_t)length);
    return length;
}

// The fields submit_sm and deliver_sm have beyond data_sm.
static void rest_put(struct pdu_writer *w, const struct pdu_message *m, bool payload)
{
    pdu_put_u8(w, m->protocol_id);
    pdu_put_u8(w, m->priority);
    pdu_put_string(w, m->schedule ? m->schedule : "");
    pdu_put_string(w, m->validity ? m->validity : "");
    pdu_put_u8(w, m->registered);
    pdu_put_u8(w, m->replace);
    pdu_put_u8(w, m->data_coding);
    pdu_put_u8(w, m->canned);
    pdu_put_u8(w, payload ? 0 : m->length);
    if (!payload)
        pdu_put_octets(w, m->octets, m->length);
}

size_t pdu_message_put(uint8_t *room, size_t size, uint32_t command, uint32_t sequence,
                       const struct pdu_message *m)
{
    struct pdu_writer w;
    bool payload = command == DATA_SM || m->length > 254;

    pdu_begin(&w, room, size, command, 0, sequence);
    pdu_put_string(&w, m->service_type ? m->service_type : "");
    pdu_put_u8(&w, m->source_ton);
    pdu_put_u8(&w, m->source_npi);
    pdu_put_string(&w, m->source);
    pdu_put_u8(&w, m->destination_ton);
    pdu_put_u8(&w, m->destination_npi);
    pdu_put_string(&w, m->destination);
    pdu_put_u8(&w, m->esm_class);
    if (command == DATA_SM) {
        pdu_put_u8(&w, m->registered);
        pdu_put_u8(&w, m->data_coding);
    } else {
        rest_put(&w, m, payload);
    }
    if (payload && m->length) // else it may stand among the others
        pdu_put_tlv(&w, TLV_MESSAGE_PAYLOAD, m->octets, m->length);
    for (unsigned i = 0; i < m->tlvs; i++)
        pdu_put_tlv(&w, m->tlv[i].tag, m->tlv[i].value, m->tlv[i].length);
    return pdu_end(&w);
}

void pdu_sequence_set(uint8_t *pdu, uint32_t sequence)
{
    u32_put(pdu + 12, sequence);
}
