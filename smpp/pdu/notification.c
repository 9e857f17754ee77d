/* Checks alert_notification and outbind before anyone believes them. */
#include <stdio.h>
#include <string.h>
#include "smpp/pdu/guard.h"
#include "smpp/pdu/notification.h"
#include "smpp/pdu/sanitized.h"
#include "smpp/pdu/status.h"
#include "smpp/pdu/tlv.h"

uint32_t alert_decode(const uint8_t *pdu, size_t length, struct alert *out)
{
    struct reader r = reader_body(pdu, length);
    struct sanitized copy;
    struct tlv_list tlvs;
    sanitized_start(&copy, COMMAND_ALERT_NOTIFICATION);
    for (int i = 0; i < 2; i++) {
        sanitized_put_number(&copy, &r);
        sanitized_put_string(&copy, &r, ALERT_ADDRESS_MAX + 1);
    }
    if (r.broken)
        return ESME_RINVMSGLEN;
    uint32_t status = tlv_read(&r, &tlvs);
    if (status != ESME_ROK)
        return status;
    memset(out, 0, sizeof *out);
    size_t whole = sanitized_end(&copy);
    return guard_unpack_alert(copy.octets, whole, out) == 0 ? ESME_ROK : ESME_RSYSERR;
}

uint32_t outbind_decode(const uint8_t *pdu, size_t length, struct outbind *out)
{
    struct reader r = reader_body(pdu, length);
    const char *system_id = reader_take_string(&r, sizeof out->system_id);
    reader_take_string(&r, 9);
    if (r.broken)
        return ESME_RINVMSGLEN;
    snprintf(out->system_id, sizeof out->system_id, "%s", system_id);
    return ESME_ROK;
}
