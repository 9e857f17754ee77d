// A receipt in both its forms, text and TLV, with every liberty SMSCs take.
#include "test/smsc/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test/smsc/smsc.h"
#include "test/smsc/status.h"

static const char *const state_words[] = {
    [STATE_ENROUTE] = "ENROUTE", [STATE_DELIVERED] = "DELIVRD",     [STATE_EXPIRED] = "EXPIRED",
    [STATE_DELETED] = "DELETED", [STATE_UNDELIVERABLE] = "UNDELIV", [STATE_ACCEPTED] = "ACCEPTD",
    [STATE_UNKNOWN] = "UNKNOWN", [STATE_REJECTED] = "REJECTD",
};

struct accepted_copy *accepted_keep(const struct accepted *a)
{
    struct accepted_copy *copy = malloc(sizeof *copy + a->length);

    if (!copy)
        return NULL;
    snprintf(copy->system_id, sizeof copy->system_id, "%s", a->system_id);
    copy->message = a->message;
    copy->length = a->length;
    memcpy(copy->pdu, a->pdu, a->length);
    return copy;
}

void accepted_view(const struct accepted_copy *copy, struct pdu_message *fields,
                   struct accepted *view)
{
    // It was decoded once without an error.
    (void)pdu_message_get(copy->pdu, copy->length, fields);
    *view = (struct accepted){copy->system_id, copy->message, copy->pdu, copy->length, fields};
}

void message_id_put(uint64_t message, int style, char *room, size_t size)
{
    unsigned long long number = message;

    switch (style) {
    case ID_DECIMAL:
        snprintf(room, size, "%llu", number);
        break;
    case ID_UPPER:
        snprintf(room, size, "%llX", number);
        break;
    case ID_PADDED:
        snprintf(room, size, "%016llX", number);
        break;
    default:
        snprintf(room, size, "%llx", number);
    }
}

// The text form is local usage of the field, in minutes of UTC (SMPP 3.4, appendix B).
static size_t receipt_text(struct smsc *smsc, const char *id, const struct accepted *a,
                           enum message_state state, char *room, size_t size)
{
    static time_t minute;
    static char date[16];
    time_t now = time(NULL);
    bool done = state == STATE_DELIVERED;

    if (now / 60 != minute) {
        struct tm tm;
        minute = now / 60;
        strftime(date, sizeof date, "%y%m%d%H%M", gmtime_r(&now, &tm));
    }
    size_t shown = a->fields->length < 20 ? a->fields->length : 20;
    int n = snprintf(
        room, size, "id:%s sub:001 dlvrd:%s submit date:%s done date:%s stat:%s err:%03d text:", id,
        done ? "001" : "000", date, date, state_words[state], (int)smsc->fault.receipt_error);
    memcpy(room + n, a->fields->octets, shown);
    return (size_t)n + shown;
}

static void receipt_queue(struct smsc *smsc, const struct accepted *a, enum message_state state)
{
    const struct pdu_message *of = a->fields;
    struct fault *fault = &smsc->fault;
    uint8_t state_octet = (uint8_t)state, marked = state == STATE_ENROUTE ? 0x20 : 0x04;
    char id[66], text[256];
    struct pdu_message m = {.source = of->destination,
                            .source_ton = of->destination_ton,
                            .source_npi = of->destination_npi,
                            .destination = of->source,
                            .destination_ton = of->source_ton,
                            .destination_npi = of->source_npi,
                            .esm_class = fault->receipt_bare ? 0 : marked,
                            .octets = (const uint8_t *)text};

    int style = (int)(fault->receipt_id == ID_SAME ? fault->id_style : fault->receipt_id);
    message_id_put(a->message, style, id, sizeof id);
    if (fault->receipt_form != FORM_TLV)
        m.length = (uint16_t)receipt_text(smsc, id, a, state, text, sizeof text);
    if (fault->receipt_form != FORM_TEXT) {
        m.tlv[0] = (struct pdu_tlv){TLV_RECEIPTED_ID, (uint16_t)(strlen(id) + 1), (uint8_t *)id};
        m.tlv[1] = (struct pdu_tlv){TLV_MESSAGE_STATE, 1, &state_octet};
        m.tlvs = 2;
    }
    for (int times = fault_take(&fault->receipt_twice_next) ? 2 : 1; times; times--) {
        if (deliver_add(smsc, DELIVER_RECEIPT, a->system_id, &m, "", 0))
            smsc->stats.receipts_skipped++;
        else
            smsc->stats.receipts++;
    }
}

struct receipt_waiting {
    struct accepted_copy *copy;
    enum message_state state;
};

static void waiting_free(void *what)
{
    struct receipt_waiting *waiting = what;

    free(waiting->copy);
    free(waiting);
}

static void receipt_due(void *with, void *what)
{
    struct receipt_waiting *waiting = what;
    struct pdu_message fields;
    struct accepted view;

    accepted_view(waiting->copy, &fields, &view);
    receipt_queue(with, &view, waiting->state);
    deliver_pump(with);
    waiting_free(waiting);
}

static void receipt_delay(struct smsc *smsc, const struct accepted *a, enum message_state state)
{
    struct receipt_waiting *waiting = malloc(sizeof *waiting);

    if (waiting)
        *waiting = (struct receipt_waiting){accepted_keep(a), state};
    if (!waiting || !waiting->copy) {
        free(waiting);
        smsc->stats.receipts_skipped++;
        return;
    }
    later_add(&smsc->later, (uint64_t)smsc->fault.receipt_delay_ms * 1000, receipt_due, waiting,
              waiting_free);
}

// SMPP 3.4, 5.2.17
static bool receipt_is_wanted(uint8_t registered, enum message_state state)
{
    if (state == STATE_ENROUTE)
        return registered & 0x10;
    return (registered & 3) == 1 || ((registered & 3) == 2 && state != STATE_DELIVERED);
}

void receipt_send(struct smsc *smsc, const struct accepted *a, enum message_state state)
{
    struct fault *fault = &smsc->fault;

    if (fault->receipts == RECEIPT_NONE || !receipt_is_wanted(a->fields->registered, state))
        return;
    if (!fault_hits(fault->receipt_percent)) {
        smsc->stats.receipts_skipped++;
        return;
    }
    if (fault->receipt_delay_ms && fault->receipts == RECEIPT_AFTER) {
        receipt_delay(smsc, a, state);
        return;
    }
    receipt_queue(smsc, a, state);
    deliver_pump(smsc);
}
