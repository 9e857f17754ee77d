/* Reading and writing user data headers: elements of identifier, length and data behind one length
 * octet (3GPP TS 23.040, 9.2.3.24). */
#include "smpp/text/udh.h"

#include <errno.h>
#include <string.h>

enum {
    CONCAT8 = 0x00,
    PORTS8 = 0x04,
    PORTS16 = 0x05,
    CONCAT16 = 0x08,
    SINGLE_SHIFT = 0x24,
    LOCKING_SHIFT = 0x25
};

static uint16_t two_octets(const unsigned char *data)
{
    return (uint16_t)(data[0] << 8 | data[1]);
}

static void concat_set(struct udh *udh, uint16_t ref, bool ref16, uint8_t total, uint8_t seq)
{
    if (seq == 0 || seq > total)
        return;
    udh->ref = ref;
    udh->ref16 = ref16;
    udh->total = total;
    udh->seq = seq;
}

static void ports_set(struct udh *udh, uint16_t to, uint16_t from)
{
    udh->has_ports = true;
    udh->port_to = to;
    udh->port_from = from;
}

static void element_set(struct udh *udh, unsigned char id, unsigned char len,
                        const unsigned char *data)
{
    switch (id << 8 | len) {
    case CONCAT8 << 8 | 3:
        concat_set(udh, data[0], false, data[1], data[2]);
        break;
    case CONCAT16 << 8 | 4:
        concat_set(udh, two_octets(data), true, data[2], data[3]);
        break;
    case PORTS8 << 8 | 2:
        ports_set(udh, data[0], data[1]);
        break;
    case PORTS16 << 8 | 4:
        ports_set(udh, two_octets(data), two_octets(data + 2));
        break;
    case SINGLE_SHIFT << 8 | 1:
        udh->single_shift = data[0];
        break;
    case LOCKING_SHIFT << 8 | 1:
        udh->locking_shift = data[0];
        break;
    default:
        break; /* unknown elements are skipped: 9.2.3.24 */
    }
}

int udh_take(struct udh *udh, const unsigned char *octets, size_t len)
{
    *udh = (struct udh){.total = 0};
    if (len == 0 || (size_t)octets[0] + 1 > len)
        return -EBADMSG;
    size_t end = (size_t)octets[0] + 1;
    for (size_t at = 1; at < end;) {
        if (end - at < 2 || octets[at + 1] > end - at - 2)
            return -EBADMSG;
        element_set(udh, octets[at], octets[at + 1], octets + at + 2);
        at += 2u + octets[at + 1];
    }
    return (int)end;
}

int udh_put(const struct udh *udh, unsigned char *out, size_t room)
{
    unsigned char header[UDH_ROOM] = {0};
    size_t used = 1;
    if (udh->single_shift) {
        memcpy(header + used, (unsigned char[]){SINGLE_SHIFT, 1, udh->single_shift}, 3);
        used += 3;
    }
    if (udh->total > 1 && udh->ref16) {
        unsigned char high = (unsigned char)(udh->ref >> 8), low = (unsigned char)udh->ref;
        memcpy(header + used, (unsigned char[]){CONCAT16, 4, high, low, udh->total, udh->seq}, 6);
        used += 6;
    } else if (udh->total > 1) {
        memcpy(header + used,
               (unsigned char[]){CONCAT8, 3, (unsigned char)udh->ref, udh->total, udh->seq}, 5);
        used += 5;
    }
    if (used == 1)
        return 0;
    if (used > room)
        return -ENOSPC;
    header[0] = (unsigned char)(used - 1);
    memcpy(out, header, used);
    return (int)used;
}
