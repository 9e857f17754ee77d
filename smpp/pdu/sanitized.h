/* A copy of a PDU's mandatory part that libsmpp34 can be given: it is written while the original is
 * checked. */
#ifndef SMPP_PDU_SANITIZED_H
#define SMPP_PDU_SANITIZED_H

#include "smpp/pdu/guard.h"
#include "smpp/pdu/reader.h"

struct sanitized {
    size_t length;
    uint8_t octets[256 + GUARD_SLACK]; /* zeroed behind length */
};

/* Begins with a header the library accepts whatever the peer's said: status 0, sequence 1. */
void sanitized_start(struct sanitized *copy, uint32_t command);

/* Copies a string of at most limit octets, the NUL included; returns it, NULL (and r broken) if it
 * does not end. */
const char *sanitized_put_string(struct sanitized *copy, struct reader *r, size_t limit);

/* As above, but puts zeros of its length: PDUs that differ in it alone have one copy. */
const char *sanitized_put_blank(struct sanitized *copy, struct reader *r, size_t limit);

/* Copies one octet. */
void sanitized_put8(struct sanitized *copy, struct reader *r);

/* Takes TON and NPI from r and puts zeros: the library refuses values it does not know. Returns
 * them as TON << 8 | NPI. */
uint16_t sanitized_put_number(struct sanitized *copy, struct reader *r);

/* Takes a string from r and puts an empty one. */
void sanitized_skip_string(struct sanitized *copy, struct reader *r, size_t limit);

/* Writes the header's length and returns it. */
size_t sanitized_end(struct sanitized *copy);

#endif
