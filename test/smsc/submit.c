// submit_sm and data_sm: judged, journalled, answered, and handed to the handset.
#include <string.h>

#include "test/smsc/receipt.h"
#include "test/smsc/session.h"
#include "test/smsc/smsc.h"
#include "test/smsc/status.h"
#include "test/smsc/trace.h"

static bool throttle_allows(struct smsc *smsc)
{
    enum { WHOLE = 1000000 };
    uint64_t rate = (uint64_t)smsc->fault.throttle, now, most;

    if (!rate)
        return true;
    now = now_us();
    most = smsc->fault.throttle_burst ? (uint64_t)smsc->fault.throttle_burst : rate / 10 + 1;
    if (now - smsc->throttle_filled > 10 * WHOLE) // also the first time; keeps the product small
        smsc->throttle_tokens = most * WHOLE;
    else
        smsc->throttle_tokens += (now - smsc->throttle_filled) * rate;
    smsc->throttle_filled = now;
    if (smsc->throttle_tokens > most * WHOLE)
        smsc->throttle_tokens = most * WHOLE;
    if (smsc->throttle_tokens < WHOLE)
        return false;
    smsc->throttle_tokens -= WHOLE;
    return true;
}

static uint32_t submit_judge(struct smsc *smsc, const struct pdu_message *m)
{
    struct fault *fault = &smsc->fault;

    if (!throttle_allows(smsc)) {
        smsc->stats.throttled++;
        return ESME_RTHROTTLED;
    }
    if (fault_take(&fault->queue_full))
        return ESME_RMSGQFUL;
    if (fault->submit_status && fault_hits(fault->submit_percent) &&
        fault_take(&fault->submit_next))
        return (uint32_t)fault->submit_status;
    if (!*m->destination)
        return ESME_RINVDSTADR;
    return handset_judge(smsc, m->destination);
}

static size_t answer_put(struct smsc *smsc, const struct pdu_header *h, uint32_t status,
                         uint64_t message, uint8_t *room, size_t size)
{
    int64_t body = smsc->fault.response_body;
    char id[66] = "";
    struct pdu_writer w;

    pdu_begin(&w, room, size, h->command | RESPONSE, status, h->sequence);
    if (message && body != BODY_NUL)
        message_id_put(message, (int)smsc->fault.id_style, id, sizeof id);
    if (status == ESME_ROK ? body != BODY_NONE : body == BODY_NUL)
        pdu_put_string(&w, id);
    if (status == ESME_ROK && body == BODY_TLV)
        pdu_put_tlv(&w, 0x001D, "additional status", 18); // additional_status_info_text
    return pdu_end(&w);
}

static void answer_cut(struct session *s, const uint8_t *answer, size_t length)
{
    struct fault *fault = &s->smsc->fault;
    size_t part = fault->cut_at == CUT_BEFORE ? 0 : fault->cut_at == CUT_HALF ? length / 2 : length;

    if (part)
        session_write(s, answer, part);
    session_leave(s, fault->cut_reset ? END_RESET : END_FIN);
}

// The last four digits of a number.
static const char *number_end(const char *number)
{
    size_t length = strlen(number);

    return number + (length > 4 ? length - 4 : 0);
}

static void submit_accepted(struct session *s, const struct pdu_message *m, uint64_t message,
                            const uint8_t *pdu, size_t length)
{
    struct accepted accepted = {s->system_id, message, pdu, length, m};

    handset_arrive(s->smsc, &accepted);
}

void submit_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    struct smsc *smsc = s->smsc;
    struct pdu_message m;
    uint8_t answer[128];
    uint64_t message = 0;

    if (smsc->fault.mute_submit)
        return;
    smsc->stats.submits++;
    s->submits++;
    uint32_t status = pdu_message_get(pdu, h->length, &m);
    smsc->stats.pdus_bad += status != ESME_ROK;
    if (status == ESME_ROK)
        status = submit_judge(smsc, &m);
    if (status == ESME_ROK) {
        message = ++smsc->message_serial;
        smsc->stats.submits_ok++;
    } else {
        smsc->stats.submits_refused++;
    }
    trace(smsc, "submit session=%u from=%s to=..%s octets=%u status=0x%x", s->id, m.source,
          number_end(m.destination), m.length, status);
    journal_add(&smsc->journal, s, status, message, pdu, h->length);
    if (message && smsc->fault.receipts == RECEIPT_BEFORE)
        submit_accepted(s, &m, message, pdu, h->length);
    size_t length = answer_put(smsc, h, status, message, answer, sizeof answer);
    if (smsc->fault.cut_on_submit && --smsc->fault.cut_on_submit == 0)
        answer_cut(s, answer, length);
    else
        answer_send(s, answer, length);
    if (message && smsc->fault.receipts != RECEIPT_BEFORE)
        submit_accepted(s, &m, message, pdu, h->length);
}
