/* Tags of submit_sm under way; see flight.h. */
#include "smpp/switch/flight.h"

#include <stdlib.h>
#include <string.h>

enum { DOUBTS_MAX = 1024 };

struct flight *flight_new(struct outbox *outbox, struct lane *lane)
{
    const struct outgoing *message = TAILQ_FIRST(&lane->messages);
    struct flight *flight = calloc(1, sizeof *flight);
    if (!flight)
        return NULL;
    flight->tag = outbox->tag++;
    flight->lane = lane;
    flight->message = message->id;
    flight->part = message->part;
    memcpy(flight->mobile, lane->mobile, sizeof flight->mobile);
    memcpy(flight->code, lane->code, sizeof flight->code);
    if (index_put(&outbox->flights, &flight->hook,
                  index_hash(0, &flight->tag, sizeof flight->tag)) < 0) {
        free(flight);
        return NULL;
    }
    return flight;
}

struct flight *flight_find(const struct outbox *outbox, uint64_t tag)
{
    struct index_hook *hook = index_first(&outbox->flights, index_hash(0, &tag, sizeof tag));
    for (; hook; hook = index_next(hook)) {
        struct flight *flight = index_thing(hook, struct flight, hook);
        if (flight->tag == tag)
            return flight;
    }
    return NULL;
}

void flight_doubt(struct outbox *outbox, struct flight *flight)
{
    flight->lane = NULL;
    TAILQ_INSERT_TAIL(&outbox->doubts, flight, in_doubts);
    if (++outbox->doubt_count > DOUBTS_MAX)
        flight_free(outbox, TAILQ_FIRST(&outbox->doubts));
}

void flight_free(struct outbox *outbox, struct flight *flight)
{
    if (!flight->lane) {
        TAILQ_REMOVE(&outbox->doubts, flight, in_doubts);
        outbox->doubt_count--;
    }
    index_drop(&outbox->flights, &flight->hook);
    free(flight);
}

void flights_free(struct outbox *outbox)
{
    for (unsigned i = 0; i < outbox->flights.buckets; i++)
        for (struct index_hook *hook = outbox->flights.bucket[i], *next; hook; hook = next) {
            next = hook->next;
            free(index_thing(hook, struct flight, hook));
        }
    index_free(&outbox->flights);
}
