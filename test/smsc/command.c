// The command table: in which state each PDU may come, and what it does (SMPP 3.4, 2.3 and 4).
#include <stdlib.h>

#include "test/smsc/session.h"
#include "test/smsc/smsc.h"
#include "test/smsc/status.h"

enum { ANY = 0, BOUND = 1, TRANSMITS = 2 };

void command_send(struct session *s, uint32_t command, uint32_t status, uint32_t sequence)
{
    uint8_t pdu[PDU_HEADER];
    struct pdu_writer w;

    pdu_begin(&w, pdu, sizeof pdu, command, status, sequence);
    session_write(s, pdu, pdu_end(&w));
}

static void unbind_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    (void)pdu; // no body
    s->smsc->stats.unbinds++;
    if (s->smsc->fault.mute_unbind)
        return;
    command_send(s, UNBIND | RESPONSE, ESME_ROK, h->sequence);
    session_leave(s, END_FIN);
}

static void unbound_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    (void)h, (void)pdu;
    session_leave(s, END_FIN);
}

static void enquire_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    (void)pdu;
    s->smsc->stats.enquire_links++;
    if (!s->smsc->fault.mute_enquire)
        command_send(s, ENQUIRE_LINK | RESPONSE, ESME_ROK, h->sequence);
}

// Messages are not kept for querying: the standard's refusal for each.
static void refusal_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    uint32_t status = h->command == QUERY_SM ? 0x67 : h->command == REPLACE_SM ? 0x13 : 0x11;

    (void)pdu;
    command_send(s, h->command | RESPONSE, status, h->sequence);
}

static void delivered_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    (void)pdu; // message_id in it is unused (SMPP 3.4, 4.6.2)
    deliver_acked(s, h->sequence, h->status);
}

static void nothing_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    (void)s, (void)h, (void)pdu; // an answer to what we asked for the sake of asking
}

static const struct command {
    uint32_t command;
    int state;
    void (*proceed)(struct session *, const struct pdu_header *, const uint8_t *);
} commands[] = {
    {SUBMIT_SM, TRANSMITS, submit_proceed},
    {DATA_SM, TRANSMITS, submit_proceed},
    {DELIVER_SM | RESPONSE, BOUND, delivered_proceed},
    {DATA_SM | RESPONSE, BOUND, delivered_proceed},
    {ENQUIRE_LINK, ANY, enquire_proceed},
    {ENQUIRE_LINK | RESPONSE, ANY, nothing_proceed},
    {BIND_RECEIVER, ANY, bind_proceed},
    {BIND_TRANSMITTER, ANY, bind_proceed},
    {BIND_TRANSCEIVER, ANY, bind_proceed},
    {UNBIND, ANY, unbind_proceed},
    {UNBIND | RESPONSE, ANY, unbound_proceed},
    {GENERIC_NACK, ANY, delivered_proceed},
    {QUERY_SM, TRANSMITS, refusal_proceed},
    {REPLACE_SM, TRANSMITS, refusal_proceed},
    {CANCEL_SM, TRANSMITS, refusal_proceed},
};

static void unknown_proceed(struct session *s, const struct pdu_header *h)
{
    s->smsc->stats.pdus_bad++;
    if (s->smsc->fault.unknown_command == UNKNOWN_CLOSE)
        session_end(s, END_FIN);
    else if (s->smsc->fault.unknown_command == UNKNOWN_NACK && !(h->command & RESPONSE))
        command_send(s, GENERIC_NACK, ESME_RINVCMDID, h->sequence);
}

void command_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (commands[i].command != h->command)
            continue;
        if ((commands[i].state >= BOUND && !s->bound) ||
            (commands[i].state == TRANSMITS && !s->transmits)) {
            s->smsc->stats.pdus_bad++;
            if (!(h->command & RESPONSE))
                command_send(s, h->command | RESPONSE, ESME_RINVBNDSTS, h->sequence);
            return;
        }
        commands[i].proceed(s, h, pdu);
        return;
    }
    unknown_proceed(s, h);
}
