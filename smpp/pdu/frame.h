/* Where one PDU ends and the next begins in a stream of octets (SMPP 3.4, 2.7 and 3.2). */
#ifndef SMPP_PDU_FRAME_H
#define SMPP_PDU_FRAME_H

#include "smpp/pdu/pdu.h"

/* Looks at the first `have` octets of a stream. Returns the length of the PDU that begins there
 * once all of it has come, 0 while more octets are needed, or -1 if its length is outside
 * PDU_HEADER..PDU_MAX: the stream is lost then, answer generic_nack(ESME_RINVCMDLEN) and close,
 * never look for the next one. */
long frame_length(const uint8_t *octets, size_t have);

#endif
