/* Every decoder of smpp/pdu over arbitrary octets: once as a stream of PDUs, once as one PDU of the
 * right length, so that a fuzzer need not guess lengths to get deeper. What is decoded must lie
 * inside the input. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "smpp/pdu/frame.h"
#include "smpp/pdu/guard.h"
#include "smpp/pdu/notification.h"
#include "smpp/pdu/receipt.h"
#include "smpp/pdu/response.h"
#include "smpp/pdu/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void message(const uint8_t *pdu, size_t length)
{
    struct message m;
    struct receipt r;
    char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX];
    if (message_decode(pdu, length, &m) != ESME_ROK)
        return;
    assert(m.octets >= pdu && m.octets + m.length <= pdu + length);
    assert(memchr(m.source.digits, 0, sizeof m.source.digits));
    assert(memchr(m.destination.digits, 0, sizeof m.destination.digits));
    assert(memchr(m.receipted_message_id, 0, sizeof m.receipted_message_id));
    assert(!m.has_sar || (m.sar_sequence >= 1 && m.sar_sequence <= m.sar_total));
    if (receipt_take(&m, &r)) {
        receipt_id_keys(r.id, keys);
        receipt_reason(&r);
    }
}

static void one(const uint8_t *pdu, size_t length)
{
    struct response response;
    struct alert alert;
    struct outbind outbind;
    pdu_command_name(pdu_header(pdu).command);
    message(pdu, length);
    if (response_decode(pdu, length, &response))
        assert(memchr(response.text, 0, sizeof response.text));
    alert_decode(pdu, length, &alert);
    outbind_decode(pdu, length, &outbind);
}

/* A copy that ends where the PDU ends: a read past it is seen. */
static void one_alone(const uint8_t *octets, size_t length)
{
    uint8_t *pdu = malloc(length);
    if (!pdu)
        return;
    memcpy(pdu, octets, length);
    pdu_put32(pdu, (uint32_t)length);
    one(pdu, length);
    free(pdu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    long length;
    guard_start();
    if (size >= PDU_HEADER && size <= PDU_MAX)
        one_alone(data, size);
    for (size_t at = 0; (length = frame_length(data + at, size - at)) > 0; at += (size_t)length)
        one_alone(data + at, (size_t)length);
    return 0;
}
