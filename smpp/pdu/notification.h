/* What an SMSC may tell beside messages: outbind and alert_notification (SMPP 3.4,
 * 4.1.7 and 4.12). */
#ifndef SMPP_PDU_NOTIFICATION_H
#define SMPP_PDU_NOTIFICATION_H

#include "smpp/pdu/pdu.h"

enum { ALERT_ADDRESS_MAX = 64 };

struct alert {
    char source[ALERT_ADDRESS_MAX + 1]; /* the mobile that can be reached again */
    char esme[ALERT_ADDRESS_MAX + 1];
};

/* ESME_ROK, or the command_status that says what is wrong (neither PDU has a response). */
uint32_t alert_decode(const uint8_t *pdu, size_t length, struct alert *out);

struct outbind {
    char system_id[16]; /* the SMSC's; its password is checked for shape and not kept */
};

/* The same. */
uint32_t outbind_decode(const uint8_t *pdu, size_t length, struct outbind *out);

#endif
