// Long messages in pieces: by UDH with an 8 or 16 bit reference, or by SAR TLVs.
#ifndef SMSC_PARTS_H
#define SMSC_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "test/smsc/pdu.h"
#include "test/smsc/text.h"

// One SMS without its user data header; a whole message is part 1 of 1.
struct piece {
    unsigned reference, total, number;
    enum alphabet alphabet;
    bool spanish;
    const uint8_t *octets; // in the PDU
    size_t length;
};

struct part {
    bool here, spanish;
    enum alphabet alphabet;
    size_t length;
    uint8_t *octets;
};

struct parts {
    TAILQ_ENTRY(parts) link;
    uint64_t serial;
    char from[21];
    unsigned reference, total, here;
    struct part part[];
};
TAILQ_HEAD(parts_list, parts);

// Reads the user data header (3GPP TS 23.040, 9.2.3.24) or the SAR TLVs (SMPP 3.4, 5.3.2.22 to 24).
// A header that contradicts itself makes a message of one piece.
void piece_get(const struct pdu_message *message, enum alphabet standard, struct piece *piece);

// Puts a piece to its others; the group it now belongs to, or NULL without memory. The group stays
// in the list and is complete when here == total.
struct parts *parts_add(struct parts_list *list, const char *from, const struct piece *piece,
                        uint64_t serial);
// The joined text, "[...]" for each gap; NULL without memory. The caller frees it.
char *parts_text(const struct parts *parts);
void parts_free(struct parts *parts); // must be out of its list

#endif
