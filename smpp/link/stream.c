/* Two passes over what has come: responses and enquire_link first, then messages. A response that
 * waits behind messages is taken for overdue, and its submit_sm is sent a second time. */
#include <event2/buffer.h>
#include "smpp/link/incoming.h"
#include "smpp/link/receive.h"
#include "smpp/link/state.h"
#include "smpp/link/stream.h"
#include "smpp/pdu/frame.h"
#include "smpp/pdu/request.h"
#include "smpp/pdu/status.h"

void stream_write(struct bind *b, const uint8_t *octets, size_t length)
{
    if (!b->bev)
        return;
    b->written += length;
    if (bufferevent_write(b->bev, octets, length) < 0)
        bind_fail(b, "out of memory for writing");
}

void stream_write_header(struct bind *b, uint32_t command, uint32_t status, uint32_t sequence)
{
    uint8_t pdu[PDU_HEADER];
    request_header(command, status, sequence, pdu, sizeof pdu);
    stream_write(b, pdu, sizeof pdu);
}

static size_t output_length(const struct bind *b)
{
    return b->bev ? evbuffer_get_length(bufferevent_get_output(b->bev)) : 0;
}

uint64_t stream_sent(const struct bind *b)
{
    return b->written - output_length(b);
}

bool stream_is_full(const struct bind *b)
{
    return output_length(b) > STREAM_OUTPUT_MAX;
}

static bool is_urgent(uint32_t command)
{
    return command & COMMAND_RESPONSE || command == COMMAND_ENQUIRE_LINK;
}

static bool is_alive(const struct bind *b)
{
    return b->state == BIND_BINDING || b->state == BIND_BOUND || b->state == BIND_UNBINDING;
}

static void lose_stream(struct bind *b, uint32_t length)
{
    b->link->stats.garbage++;
    stream_write_header(b, COMMAND_GENERIC_NACK, ESME_RINVCMDLEN, 0);
    bind_hang_up(b, "PDU of impossible length %u", length);
}

/* From where the last call stopped to the end of the last whole PDU. */
static void read_urgent(struct bind *b, const uint8_t *octets, size_t have)
{
    long length;
    while (is_alive(b) && (length = frame_length(octets + b->urgent, have - b->urgent)) != 0) {
        const uint8_t *pdu = octets + b->urgent;
        if (length < 0) {
            lose_stream(b, pdu_get32(pdu));
            return;
        }
        b->urgent += (size_t)length;
        if (is_urgent(pdu_get32(pdu + 4)))
            incoming_handle(b, pdu, (size_t)length);
    }
}

/* Returns how many octets are done with; stops before a message nobody can take now. */
static size_t read_others(struct bind *b, const uint8_t *octets)
{
    size_t done = 0;
    while (is_alive(b) && done < b->urgent) {
        const uint8_t *pdu = octets + done;
        uint32_t command = pdu_get32(pdu + 4);
        if (receive_is_message(command) && !receive_may(b))
            break;
        size_t length = pdu_get32(pdu);
        if (!is_urgent(command))
            incoming_handle(b, pdu, length);
        done += length;
    }
    return done;
}

void stream_read(struct bind *b)
{
    struct evbuffer *input = bufferevent_get_input(b->bev);
    size_t have = evbuffer_get_length(input);
    const uint8_t *octets = evbuffer_pullup(input, -1);
    if (have < PDU_HEADER || !octets)
        return;
    read_urgent(b, octets, have);
    size_t done = read_others(b, octets);
    evbuffer_drain(input, done);
    b->urgent -= done;
    if (stream_is_full(b)) /* the peer asks and does not read */
        bufferevent_disable(b->bev, EV_READ);
    link_refresh(b->link);
}

void stream_wrote(struct bind *b)
{
    if (b->state == BIND_FLUSHING && output_length(b) == 0)
        bind_fail(b, "%s", b->why);
    if (is_alive(b) && !stream_is_full(b))
        bufferevent_enable(b->bev, EV_READ);
    link_refresh(b->link);
}
