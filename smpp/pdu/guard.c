/* libsmpp34, held by the scruff of its neck. */
#include <errno.h>
#include <stdint.h> /* libsmpp34 needs it and does not say so */
#include <stdlib.h>
#include <string.h>
#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_heap.h>
#include <libsmpp34/smpp34_structs.h>
#include "smpp/pdu/guard.h"

/* Out of memory the library clears NULL; calloc of a little, or an honest end. */
static void *guard_malloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p)
        abort();
    return p;
}

static void *guard_realloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p)
        abort();
    return p;
}

void guard_start(void)
{
    static const struct smpp34_memory_functions functions = {
        .malloc_fun = guard_malloc, .realloc_fun = guard_realloc, .free_fun = free};
    smpp34_set_memory_functions(&functions);
}

/* Both ends were checked to fit: from is terminated inside a smaller or equal array. */
static void string_take(char *to, size_t room, const void *from)
{
    memccpy(to, from, 0, room - 1);
    to[room - 1] = '\0';
}

int guard_unpack_deliver_sm(const uint8_t *pdu, size_t length, struct message *out)
{
    deliver_sm_t sm;
    memset(&sm, 0, sizeof sm);
    if (smpp34_unpack2(&sm, pdu, (int)length) != 0)
        return -EPROTO;
    string_take(out->service_type, sizeof out->service_type, sm.service_type);
    string_take(out->source.digits, sizeof out->source.digits, sm.source_addr);
    string_take(out->destination.digits, sizeof out->destination.digits, sm.destination_addr);
    out->esm_class = sm.esm_class;
    out->protocol_id = sm.protocol_id;
    out->priority_flag = sm.priority_flag;
    out->registered_delivery = sm.registered_delivery;
    out->data_coding = sm.data_coding;
    return 0;
}

int guard_unpack_data_sm(const uint8_t *pdu, size_t length, struct message *out)
{
    data_sm_t sm;
    memset(&sm, 0, sizeof sm);
    if (smpp34_unpack2(&sm, pdu, (int)length) != 0)
        return -EPROTO;
    string_take(out->service_type, sizeof out->service_type, sm.service_type);
    string_take(out->source.digits, sizeof out->source.digits, sm.source_addr);
    string_take(out->destination.digits, sizeof out->destination.digits, sm.destination_addr);
    out->esm_class = sm.esm_class;
    out->registered_delivery = sm.registered_delivery;
    out->data_coding = sm.data_coding;
    return 0;
}

int guard_unpack_alert(const uint8_t *pdu, size_t length, struct alert *out)
{
    alert_notification_t alert;
    memset(&alert, 0, sizeof alert);
    if (smpp34_unpack2(&alert, pdu, (int)length) != 0)
        return -EPROTO;
    string_take(out->source, sizeof out->source, alert.source_addr);
    string_take(out->esme, sizeof out->esme, alert.esme_addr);
    return 0;
}

/* The library wants one octet more room than the PDU takes. */
static int pack(void *pdu, uint8_t *out, size_t room)
{
    int length = 0;
    if (smpp34_pack2(out, (int)room, &length, pdu) != 0 || length <= 0 || (size_t)length >= room)
        return -EPROTO;
    return length;
}

/* The three binds have the same members in the same order, but each its own type. */
int guard_pack_bind(const struct bind_request *bind, uint8_t *out, size_t room)
{
    bind_transceiver_t pdu;
    memset(&pdu, 0, sizeof pdu);
    pdu.command_id = bind->command;
    pdu.sequence_number = bind->sequence;
    string_take((char *)pdu.system_id, sizeof pdu.system_id, bind->system_id);
    string_take((char *)pdu.password, sizeof pdu.password, bind->password);
    string_take((char *)pdu.system_type, sizeof pdu.system_type, bind->system_type);
    string_take((char *)pdu.address_range, sizeof pdu.address_range, bind->address_range);
    pdu.interface_version = SMPP_VERSION;
    int length = pack(&pdu, out, room);
    explicit_bzero(&pdu, sizeof pdu);
    explicit_bzero(smpp34_strerror, sizeof smpp34_strerror); /* it logs every field, this one too */
    return length;
}

_Static_assert(sizeof(bind_transceiver_t) == sizeof(bind_transmitter_t) &&
                   sizeof(bind_transceiver_t) == sizeof(bind_receiver_t),
               "one structure serves the three binds");

int guard_pack_submit(const struct submit_request *submit, uint8_t *out, size_t room)
{
    submit_sm_t pdu;
    memset(&pdu, 0, sizeof pdu);
    pdu.command_id = SUBMIT_SM;
    pdu.sequence_number = submit->sequence;
    string_take((char *)pdu.service_type, sizeof pdu.service_type, submit->service_type);
    pdu.source_addr_ton = submit->source_ton;
    pdu.source_addr_npi = submit->source_npi;
    string_take((char *)pdu.source_addr, sizeof pdu.source_addr, submit->source);
    pdu.dest_addr_ton = submit->destination_ton;
    pdu.dest_addr_npi = submit->destination_npi;
    string_take((char *)pdu.destination_addr, sizeof pdu.destination_addr, submit->destination);
    pdu.esm_class = submit->esm_class;
    pdu.protocol_id = submit->protocol_id;
    pdu.priority_flag = submit->priority_flag;
    string_take((char *)pdu.validity_period, sizeof pdu.validity_period, submit->validity);
    pdu.registered_delivery = submit->registered_delivery;
    pdu.data_coding = submit->data_coding;
    pdu.sm_length = (uint8_t)(submit->payload ? 0 : submit->length);
    memcpy(pdu.short_message, submit->octets, pdu.sm_length);
    return pack(&pdu, out, room);
}
