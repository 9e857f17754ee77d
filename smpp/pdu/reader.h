/* Takes integers and C-octet strings from the body of a PDU and never reads past its end. */
#ifndef SMPP_PDU_READER_H
#define SMPP_PDU_READER_H

#include <stdbool.h>
#include "smpp/pdu/pdu.h"

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool broken; /* something did not fit: all later reads fail too */
};

/* Over the body of a whole PDU of `length` octets. */
struct reader reader_body(const uint8_t *pdu, size_t length);

uint8_t reader_take8(struct reader *r); /* 0 once broken */

/* A C-octet string that ends within `limit` octets, the NUL included (3.1). Returns where it begins
 * (inside the PDU, zero-terminated) or NULL. */
const char *reader_take_string(struct reader *r, size_t limit);

/* The next `length` octets, or NULL. */
const uint8_t *reader_take_octets(struct reader *r, size_t length);

size_t reader_left(const struct reader *r);

#endif
