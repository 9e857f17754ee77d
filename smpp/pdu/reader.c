/* Bounded reading of PDU bodies. */
#include <string.h>
#include "smpp/pdu/reader.h"

struct reader reader_body(const uint8_t *pdu, size_t length)
{
    bool whole = length >= PDU_HEADER;
    return (struct reader){
        .at = whole ? pdu + PDU_HEADER : pdu, .end = pdu + length, .broken = !whole};
}

size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

const uint8_t *reader_take_octets(struct reader *r, size_t length)
{
    if (r->broken || reader_left(r) < length) {
        r->broken = true;
        return NULL;
    }
    const uint8_t *octets = r->at;
    r->at += length;
    return octets;
}

uint8_t reader_take8(struct reader *r)
{
    const uint8_t *octet = reader_take_octets(r, 1);
    return octet ? *octet : 0;
}

const char *reader_take_string(struct reader *r, size_t limit)
{
    size_t left = reader_left(r);
    const uint8_t *nul = r->broken ? NULL : memchr(r->at, 0, left < limit ? left : limit);
    if (!nul) {
        r->broken = true;
        return NULL;
    }
    const uint8_t *string = r->at;
    r->at = nul + 1;
    return (const char *)string;
}
