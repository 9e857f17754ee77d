// Who may come in, and as what (SMPP 3.4, 4.1).
#include <stdio.h>
#include <string.h>

#include "test/smsc/session.h"
#include "test/smsc/smsc.h"
#include "test/smsc/status.h"
#include "test/smsc/trace.h"

static uint32_t bind_judge(struct session *s, const struct pdu_bind *bind)
{
    const struct options *options = &s->smsc->options;
    struct fault *fault = &s->smsc->fault;

    if (s->bound)
        return ESME_RALYBND;
    if (fault->bind_status && fault_take(&fault->bind_next))
        return (uint32_t)fault->bind_status;
    if (options->system_id && strcmp(options->system_id, bind->system_id))
        return ESME_RINVSYSID;
    if (options->password && strcmp(options->password, bind->password))
        return ESME_RINVPASWD;
    return ESME_ROK;
}

static void bind_answer(struct session *s, const struct pdu_header *h, uint32_t status)
{
    uint8_t room[64];
    struct pdu_writer w;

    pdu_begin(&w, room, sizeof room, h->command | RESPONSE, status, h->sequence);
    if (status == ESME_ROK) { // an error may come without a body, as real SMSCs send it
        pdu_put_string(&w, "smsc");
        pdu_put_tlv(&w, TLV_SC_VERSION, "\x34", 1);
    }
    session_write(s, room, pdu_end(&w));
}

void bind_proceed(struct session *s, const struct pdu_header *h, const uint8_t *pdu)
{
    struct pdu_bind bind;
    uint32_t status = pdu_bind_get(pdu, h->length, &bind);

    if (s->smsc->fault.mute_bind)
        return;
    if (status != ESME_ROK)
        s->smsc->stats.pdus_bad++;
    else
        status = bind_judge(s, &bind);
    if (status != ESME_ROK) {
        s->smsc->stats.binds_refused++;
        trace(s->smsc, "bind refused session=%u status=0x%x", s->id, status);
        bind_answer(s, h, status);
        return;
    }
    snprintf(s->system_id, sizeof s->system_id, "%s", bind.system_id);
    s->smsc->stats.binds++;
    bind_answer(s, h, status);
    s->bound = true;
    s->transmits = h->command != BIND_RECEIVER;
    s->receives = h->command != BIND_TRANSMITTER;
    trace(s->smsc, "bound session=%u system_id=%s%s%s", s->id, s->system_id,
          s->transmits ? " transmits" : "", s->receives ? " receives" : "");
}
