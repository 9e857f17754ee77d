/* The user data header in front of a short message: which part of which message this is, and which
 * national tables its septets use. */
#ifndef SMPP_TEXT_UDH_H
#define SMPP_TEXT_UDH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 3GPP TS 23.040, 9.2.3.24. total is 0 where the message is not a part of several. */
struct udh {
    uint16_t ref;  /* 9.2.3.24.1 and .8 */
    bool ref16;    /* the reference has 16 bits: 8-bit 7 and 16-bit 7 are two messages */
    uint8_t total; /* 1..255 */
    uint8_t seq;   /* 1..total */
    uint8_t single_shift, locking_shift; /* language, 0 = default tables (9.2.3.24.15 and .16) */
    bool has_ports; /* addressed to an application: no text (9.2.3.24.3 and .4) */
    uint16_t port_to, port_from;
};

#define UDH_ROOM 10u /* octets of the longest header udh_put writes */

/* Reads the header at the start of `octets`. Elements that are unknown, of the wrong length, or a
 * part 0, or beyond the total are ignored as the standard asks; of two the last counts. Returns
 * the header's octets (its length octet included), or -EBADMSG where it or an element passes its
 * end. */
int udh_take(struct udh *udh, const unsigned char *octets, size_t len);

/* Writes a header: shift language first, then concatenation (total > 1). 0 octets when there is
 * nothing to say; else the octets written, or -ENOSPC. */
int udh_put(const struct udh *udh, unsigned char *out, size_t room);

#endif
