/* The table of commands: who deals with each, and in which states of the bind. */
#include "smpp/link/incoming.h"
#include "smpp/link/receive.h"
#include "smpp/link/state.h"
#include "smpp/link/stream.h"
#include "smpp/link/submit.h"
#include "smpp/pdu/notification.h"
#include "smpp/pdu/response.h"
#include "smpp/pdu/status.h"

typedef void handler(struct bind *b, const uint8_t *pdu, size_t length);

/* Of a response its header counts, and what can be read of the rest. */
static struct response response_take(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct response response;
    if (!response_decode(pdu, length, &response))
        b->link->stats.garbage++;
    return response;
}

static void on_bind_resp(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct response response = response_take(b, pdu, length);
    if (response.sequence != b->bind_sequence)
        return;
    if (response.command != (b->command | COMMAND_RESPONSE))
        bind_fail(b, "bind answered with %s", pdu_command_name(response.command));
    else
        bind_answered(b, response.status);
}

static void on_submit_sm_resp(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct response response = response_take(b, pdu, length);
    submit_answered(b, response.sequence, response.status, response.text);
}

static void on_enquire_link(struct bind *b, const uint8_t *pdu, size_t length)
{
    (void)length;
    stream_write_header(b, COMMAND_ENQUIRE_LINK | COMMAND_RESPONSE, ESME_ROK, pdu_get32(pdu + 12));
}

/* Any answer proves the peer alive; some send another sequence number than they were asked with. */
static void on_enquire_link_resp(struct bind *b, const uint8_t *pdu, size_t length)
{
    (void)pdu, (void)length;
    b->enquired = 0;
}

static void on_unbind(struct bind *b, const uint8_t *pdu, size_t length)
{
    (void)length;
    stream_write_header(b, COMMAND_UNBIND | COMMAND_RESPONSE, ESME_ROK, pdu_get32(pdu + 12));
    bind_hang_up(b, "the SMSC unbinds");
}

static void on_unbind_resp(struct bind *b, const uint8_t *pdu, size_t length)
{
    (void)pdu, (void)length;
    bind_unbound(b);
}

/* The header of what the peer did not understand carries its sequence number, or 0 if it could not
 * read that. */
static void on_generic_nack(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct pdu_header header = pdu_header(pdu);
    uint32_t status = header.status == ESME_ROK ? ESME_RUNKNOWNERR : header.status;
    (void)length;
    if (b->state == BIND_BINDING && header.sequence == b->bind_sequence)
        bind_answered(b, status);
    else if (b->state == BIND_UNBINDING && header.sequence == b->unbind_sequence)
        bind_unbound(b);
    else if (b->enquired && header.sequence == b->enquire_sequence)
        b->enquired = 0;
    else if (!submit_answered(b, header.sequence, status, ""))
        link_log(b->link, LINK_LOG_WARNING, "SD0107",
                 "the SMSC refused a PDU we do not know status=%u", status);
}

/* We are binding already whenever we are connected. */
static void on_outbind(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct outbind outbind;
    if (outbind_decode(pdu, length, &outbind) != ESME_ROK)
        b->link->stats.garbage++;
}

static void on_alert(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct alert alert;
    if (alert_decode(pdu, length, &alert) != ESME_ROK)
        b->link->stats.garbage++;
    else
        link_log(b->link, LINK_LOG_INFO, "SD0108", "a mobile can be reached again");
}

enum {
    IN_BINDING = 1 << BIND_BINDING,
    IN_BOUND = 1 << BIND_BOUND,
    IN_UNBINDING = 1 << BIND_UNBINDING
};
enum { IN_SESSION = IN_BOUND | IN_UNBINDING, IN_ANY = IN_SESSION | IN_BINDING };

static const struct {
    uint32_t command;
    int states;
    handler *handle;
} commands[] = {
    {COMMAND_SUBMIT_SM | COMMAND_RESPONSE, IN_SESSION, on_submit_sm_resp},
    {COMMAND_DELIVER_SM, IN_BOUND, receive_message},
    {COMMAND_DATA_SM, IN_BOUND, receive_message},
    {COMMAND_ENQUIRE_LINK, IN_ANY, on_enquire_link},
    {COMMAND_ENQUIRE_LINK | COMMAND_RESPONSE, IN_ANY, on_enquire_link_resp},
    {COMMAND_BIND_TRANSCEIVER | COMMAND_RESPONSE, IN_BINDING, on_bind_resp},
    {COMMAND_BIND_TRANSMITTER | COMMAND_RESPONSE, IN_BINDING, on_bind_resp},
    {COMMAND_BIND_RECEIVER | COMMAND_RESPONSE, IN_BINDING, on_bind_resp},
    {COMMAND_UNBIND, IN_ANY, on_unbind},
    {COMMAND_UNBIND | COMMAND_RESPONSE, IN_UNBINDING, on_unbind_resp},
    {COMMAND_GENERIC_NACK, IN_ANY, on_generic_nack},
    {COMMAND_OUTBIND, IN_ANY, on_outbind},
    {COMMAND_ALERT_NOTIFICATION, IN_ANY, on_alert},
};

/* A response nobody waits for is passed over; a request we do not know is refused (SMPP 3.4, 4.3).
 * Messages wait in the stream until they may come: see receive_may. */
static void refuse(struct bind *b, struct pdu_header header)
{
    b->link->stats.garbage++;
    if (!(header.command & COMMAND_RESPONSE))
        stream_write_header(b, COMMAND_GENERIC_NACK, ESME_RINVCMDID, header.sequence);
}

void incoming_handle(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct pdu_header header = pdu_header(pdu);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].command == header.command && commands[i].states & 1 << b->state) {
            commands[i].handle(b, pdu, length);
            return;
        }
    }
    refuse(b, header);
}
