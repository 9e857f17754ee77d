/* Back-pressure, in two steps: first the stream waits, which costs nobody anything; a caller still
 * behind after shed_ms has a trouble that waiting does not cure, so further messages are answered
 * "temporary error, keep it". */
#include "smpp/link/receive.h"
#include "smpp/link/state.h"
#include "smpp/link/stream.h"
#include "smpp/pdu/message.h"
#include "smpp/pdu/request.h"
#include "smpp/pdu/status.h"

bool receive_is_message(uint32_t command)
{
    return command == COMMAND_DELIVER_SM || command == COMMAND_DATA_SM;
}

bool receive_may(struct bind *b)
{
    struct link *link = b->link;
    if (link->draining || b->state != BIND_BOUND) /* refused, the SMSC might not send it again */
        return false;
    if (link->inbox.used <= link->inbox.limit / 2)
        b->shedding = false;
    if (!inbox_is_full(&link->inbox) || b->shedding) {
        b->stalled = false;
        event_del(b->shed);
        return true;
    }
    if (!b->stalled)
        link_arm(b->shed, (int64_t)link->conf->shed_ms * 1000);
    b->stalled = true;
    return false;
}

void receive_shed(struct bind *b)
{
    if (!b->stalled)
        return;
    b->shedding = true;
    link_log(b->link, LINK_LOG_WARNING, "SD0109",
             "received messages wait too long: the SMSC is asked to keep further ones");
    stream_read(b);
}

static void answer(struct bind *b, uint32_t command, uint32_t status, uint32_t sequence)
{
    uint8_t pdu[PDU_HEADER + 1];
    int length = request_answer(command | COMMAND_RESPONSE, status, sequence, pdu, sizeof pdu);
    stream_write(b, pdu, (size_t)length);
}

void receive_message(struct bind *b, const uint8_t *pdu, size_t length)
{
    struct link *link = b->link;
    struct pdu_header header = pdu_header(pdu);
    struct message message;
    uint32_t status = bind_receives(b) ? message_decode(pdu, length, &message) : ESME_RINVBNDSTS;
    link->stats.received++;
    if (status != ESME_ROK) {
        link->stats.garbage++;
        answer(b, header.command, status, header.sequence);
    } else if (inbox_is_full(&link->inbox) || !link->events.deliver) {
        link->stats.shed++;
        answer(b, header.command, ESME_RX_T_APPN, header.sequence);
    } else {
        uint64_t token = inbox_put(&link->inbox, b->connection, header.command, header.sequence);
        link->events.deliver(link->ctx, link, &message, token);
    }
}

static struct bind *bind_of(struct link *link, uint32_t connection)
{
    for (unsigned i = 0; i < link->bind_count; i++)
        if (link->binds[i].connection == connection && link->binds[i].bev)
            return &link->binds[i];
    return NULL;
}

void link_answer(struct link *link, uint64_t token, uint32_t status)
{
    struct inbox_slot slot;
    if (!inbox_take(&link->inbox, token, &slot))
        return;
    struct bind *b = bind_of(link, slot.connection);
    if (b && (b->state == BIND_BOUND || b->state == BIND_UNBINDING)) {
        answer(b, slot.command, status, slot.sequence);
        if (b->stalled)
            event_active(b->wake, 0, 0);
    }
    if (link->draining)
        event_active(link->wake, 0, 0);
}
