/* link_submit and how each submit_sm ends. */
#include <errno.h>
#include <stdlib.h>
#include "smpp/link/state.h"
#include "smpp/link/stream.h"
#include "smpp/link/submit.h"
#include "smpp/pdu/request.h"
#include "smpp/pdu/status.h"

static struct submit_request request_of(const struct link_conf *conf, const struct link_submit *s,
                                        const char *validity)
{
    return (struct submit_request){.service_type = conf->service_type ? conf->service_type : "",
                                   .source_ton = conf->source_ton,
                                   .source_npi = conf->source_npi,
                                   .source = s->source,
                                   .destination_ton = conf->destination_ton,
                                   .destination_npi = conf->destination_npi,
                                   .destination = s->destination,
                                   .esm_class = s->esm_class,
                                   .registered_delivery = s->registered_delivery,
                                   .data_coding = s->data_coding,
                                   .validity = validity,
                                   .octets = s->octets,
                                   .length = s->length,
                                   .payload = s->payload || s->length > REQUEST_SHORT_MESSAGE_MAX,
                                   .has_sar = s->has_sar,
                                   .sar_reference = s->sar_reference,
                                   .sar_total = s->sar_total,
                                   .sar_sequence = s->sar_sequence};
}

/* Packs and puts out. The sequence number is set afterwards: a request that does not pack uses none
 * up. */
static int write_out(struct bind *b, const struct submit_request *request, uint64_t tag,
                     int64_t now)
{
    uint8_t small[REQUEST_ROOM];
    size_t room = REQUEST_ROOM + (request->payload ? request->length : 0);
    uint8_t *pdu = request->payload ? malloc(room) : small;
    if (!pdu)
        return -ENOMEM;
    int length = request_submit(request, pdu, room);
    if (length > 0) {
        struct window_entry *entry = window_open(&b->window, tag, now);
        pdu_put32(pdu + 12, entry->sequence);
        entry->mark = b->written + (uint64_t)length;
        stream_write(b, pdu, (size_t)length);
    }
    if (request->payload)
        free(pdu);
    return length == -EPROTO ? -EINVAL : length;
}

int link_submit(struct link *link, const struct link_submit *submit)
{
    struct bind *b = link_transmitter(link);
    char validity[REQUEST_VALIDITY_ROOM];
    if (!b || link->draining)
        return -ENOTCONN;
    int64_t now = link_now();
    if (link_room_at(link, now) == 0) {
        link_lacks_room(link, now);
        return -EAGAIN;
    }
    request_validity(submit->validity_s, validity);
    struct submit_request request = request_of(link->conf, submit, validity);
    request.sequence = 1;
    int err = write_out(b, &request, submit->tag, now);
    if (err < 0)
        return err;
    pace_take(&link->pace, now);
    link->stats.submits++;
    if (!event_pending(b->overdue, EV_TIMEOUT, NULL))
        link_arm(b->overdue, (int64_t)link->conf->response_ms * 1000);
    if (link_room_at(link, now) == 0)
        link_lacks_room(link, now);
    return 0;
}

static void count(struct link *link, const struct link_result *result)
{
    enum status_action action = status_of(result->status)->action;
    unsigned bucket = 0;
    if (action == STATUS_OK)
        link->stats.accepted++;
    else if (action == STATUS_SLOW)
        link->stats.throttled++;
    else
        link->stats.refused++;
    if (result->late)
        link->stats.late++;
    for (uint32_t us = result->latency_us; us > 1 && bucket + 1 < LINK_LATENCY_BUCKETS; us >>= 1)
        bucket++;
    link->stats.latency[bucket]++;
}

bool submit_answered(struct bind *b, uint32_t sequence, uint32_t status, const char *message_id)
{
    struct link *link = b->link;
    struct window_entry entry;
    enum window_kind kind = window_settle(&b->window, sequence, &entry);
    if (kind == WINDOW_FREE)
        return false;
    int64_t now = link_now();
    struct link_result result = {.tag = entry.tag,
                                 .status = status,
                                 .message_id = message_id,
                                 .late = kind == WINDOW_LATE,
                                 .latency_us = (uint32_t)(now - entry.sent)};
    if (status_of(status)->action == STATUS_SLOW)
        pace_refused(&link->pace, entry.sent, now);
    else
        pace_accepted(&link->pace, entry.sent, now);
    count(link, &result);
    if (status_of(status)->action == STATUS_LINK)
        bind_fail(b, "submit_sm answered %s", status_of(status)->name);
    if (link->events.submitted)
        link->events.submitted(link->ctx, link, &result);
    if (link->draining)
        event_active(link->wake, 0, 0);
    return true;
}

void submit_overdue(struct bind *b)
{
    struct link *link = b->link;
    struct window_entry entry;
    int64_t limit = (int64_t)link->conf->response_ms * 1000;
    int64_t now = link_now();
    while (window_expire(&b->window, now - limit, &entry)) {
        link->stats.timeouts++;
        if (link->events.in_doubt)
            link->events.in_doubt(link->ctx, link, entry.tag, "no answer in time");
    }
    if (b->window.open > 0)
        link_arm(b->overdue, window_oldest(&b->window) + limit - now);
    if (link->draining)
        event_active(link->wake, 0, 0);
    link_refresh(link);
}

void submit_lost(struct bind *b, uint64_t sent)
{
    struct link *link = b->link;
    struct window_entry entry;
    while (window_drop(&b->window, &entry)) {
        if (entry.mark <= sent && link->events.in_doubt)
            link->events.in_doubt(link->ctx, link, entry.tag, b->why);
        if (entry.mark > sent) {
            link->stats.unsent++;
            if (link->events.unsent)
                link->events.unsent(link->ctx, link, entry.tag);
        }
    }
}
