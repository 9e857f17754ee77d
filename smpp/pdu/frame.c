/* The only judge of PDU lengths, before anything else looks at an octet. */
#include "smpp/pdu/frame.h"

long frame_length(const uint8_t *octets, size_t have)
{
    if (have < 4)
        return 0;
    uint32_t length = pdu_get32(octets);
    if (length < PDU_HEADER || length > PDU_MAX)
        return -1;
    return have < length ? 0 : (long)length;
}
