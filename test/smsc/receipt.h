// Delivery receipts: what became of a submit_sm (SMPP 3.4, 5.2.12 and appendix B).
#ifndef SMSC_RECEIPT_H
#define SMSC_RECEIPT_H

#include <stddef.h>
#include <stdint.h>

#include "test/smsc/pdu.h"

struct smsc;

enum message_state { // SMPP 3.4, 5.2.28
    STATE_ENROUTE = 1,
    STATE_DELIVERED = 2,
    STATE_EXPIRED = 3,
    STATE_DELETED = 4,
    STATE_UNDELIVERABLE = 5,
    STATE_ACCEPTED = 6,
    STATE_UNKNOWN = 7,
    STATE_REJECTED = 8,
};

// A submit_sm that was answered with ESME_ROK; everything belongs to the caller.
struct accepted {
    const char *system_id;
    uint64_t message;
    const uint8_t *pdu;
    size_t length;
    const struct pdu_message *fields; // decoded from pdu
};

// A copy that owns its octets, to be decoded again when its time has come.
struct accepted_copy {
    char system_id[16];
    uint64_t message;
    size_t length;
    uint8_t pdu[];
};
struct accepted_copy *accepted_keep(const struct accepted *accepted); // NULL without memory
void accepted_view(const struct accepted_copy *copy, struct pdu_message *fields,
                   struct accepted *view);

// Writes an id in one of fault.h's styles; ID_SAME is ID_HEX here.
void message_id_put(uint64_t message, int style, char *room, size_t size);
// Queues the receipt where the sender asked for one of this kind and the faults allow it, after
// the delay they name.
void receipt_send(struct smsc *smsc, const struct accepted *accepted, enum message_state state);

#endif
