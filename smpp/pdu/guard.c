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

/* What libsmpp34 unpacked last: the library's time goes into words about each field, and without
 * their addresses an SMSC's deliver_sm are as a rule all the same. */
static struct {
    uint8_t octets[REQUEST_ROOM];
    size_t length;
    deliver_sm_t sm;
} last;

static int deliver_sm_unpack(const uint8_t *pdu, size_t length)
{
    if (length == last.length && memcmp(pdu, last.octets, length) == 0)
        return 0;
    memset(&last, 0, sizeof last);
    if (length > sizeof last.octets || smpp34_unpack2(&last.sm, pdu, (int)length) != 0)
        return -EPROTO;
    memcpy(last.octets, pdu, length);
    last.length = length;
    return 0;
}

int guard_unpack_deliver_sm(const uint8_t *pdu, size_t length, struct message *out)
{
    const deliver_sm_t *sm = &last.sm;
    if (deliver_sm_unpack(pdu, length) < 0)
        return -EPROTO;
    string_take(out->service_type, sizeof out->service_type, sm->service_type);
    out->esm_class = sm->esm_class;
    out->protocol_id = sm->protocol_id;
    out->priority_flag = sm->priority_flag;
    out->registered_delivery = sm->registered_delivery;
    out->data_coding = sm->data_coding;
    return 0;
}

int guard_unpack_data_sm(const uint8_t *pdu, size_t length, struct message *out)
{
    data_sm_t sm;
    memset(&sm, 0, sizeof sm);
    if (smpp34_unpack2(&sm, pdu, (int)length) != 0)
        return -EPROTO;
    string_take(out->service_type, sizeof out->service_type, sm.service_type);
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

/* What libsmpp34 packed last: a submit_sm without its message, addresses and validity blank. It
 * writes a line about each field into a buffer of its own, longer than all else takes that the loop
 * does for a message; so a form serves until something else than what is filled in differs. */
static struct {
    submit_sm_t like;
    uint8_t octets[REQUEST_ROOM];
    size_t source, destination, validity; /* where they stand */
    size_t length;                        /* sm_length is its last octet */
} form;

static void blank(void *to, const char *text)
{
    memset(to, '0', strlen(text));
}

static submit_sm_t form_of(const struct submit_request *submit)
{
    submit_sm_t pdu;
    memset(&pdu, 0, sizeof pdu); /* padding too: it is compared */
    pdu.command_id = SUBMIT_SM;
    pdu.sequence_number = 1; /* filled in too; 0 is refused */
    string_take((char *)pdu.service_type, sizeof pdu.service_type, submit->service_type);
    pdu.source_addr_ton = submit->source_ton;
    pdu.source_addr_npi = submit->source_npi;
    blank(pdu.source_addr, submit->source);
    pdu.dest_addr_ton = submit->destination_ton;
    pdu.dest_addr_npi = submit->destination_npi;
    blank(pdu.destination_addr, submit->destination);
    pdu.esm_class = submit->esm_class;
    pdu.protocol_id = submit->protocol_id;
    pdu.priority_flag = submit->priority_flag;
    blank(pdu.validity_period, submit->validity);
    pdu.registered_delivery = submit->registered_delivery;
    pdu.data_coding = submit->data_coding;
    return pdu;
}

/* Field after field (SMPP 3.4, 4.4.1). */
static int form_make(const submit_sm_t *like, const struct submit_request *submit)
{
    submit_sm_t pdu = *like;
    memset(&form.like, 0, sizeof form.like); /* none, should packing fail */
    int length = pack(&pdu, form.octets, sizeof form.octets);
    form.source = PDU_HEADER + strlen(submit->service_type) + 1 + 2;
    form.destination = form.source + strlen(submit->source) + 1 + 2;
    form.validity = form.destination + strlen(submit->destination) + 1 + 3 + 1;
    form.length = form.validity + strlen(submit->validity) + 1 + 4 + 1;
    if (length < 0 || (size_t)length != form.length)
        return -EPROTO;
    form.like = *like;
    return 0;
}

int guard_pack_submit(const struct submit_request *submit, uint8_t *out, size_t room)
{
    submit_sm_t like = form_of(submit);
    size_t length = submit->payload ? 0 : submit->length;
    if (memcmp(&like, &form.like, sizeof like) != 0 && form_make(&like, submit) < 0)
        return -EPROTO;
    if (form.length + length > room)
        return -EPROTO;
    memcpy(out, form.octets, form.length);
    pdu_put32(out, (uint32_t)(form.length + length));
    pdu_put32(out + 12, submit->sequence);
    memcpy(out + form.source, submit->source, strlen(submit->source));
    memcpy(out + form.destination, submit->destination, strlen(submit->destination));
    memcpy(out + form.validity, submit->validity, strlen(submit->validity));
    out[form.length - 1] = (uint8_t)length;
    memcpy(out + form.length, submit->octets, length);
    return (int)(form.length + length);
}
