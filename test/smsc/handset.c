// A hash table of handsets in the order they were last touched; the oldest give way.
#include "test/smsc/handset.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int handsets_open(struct handsets *h, size_t most)
{
    *h = (struct handsets){.most = most, .slots = 1024};
    while (h->slots < most && h->slots < 1u << 20)
        h->slots *= 2;
    TAILQ_INIT(&h->recent);
    h->table = calloc(h->slots, sizeof(struct handset *));
    return h->table ? 0 : -ENOMEM;
}

void handsets_close(struct handsets *h)
{
    struct handset *handset;

    while ((handset = TAILQ_FIRST(&h->recent)))
        handset_forget(h, handset);
    free(h->table);
}

bool number_clean(const char *address, char *room)
{
    size_t length = 0;

    for (; *address && length < 20; address++)
        if (isalnum((unsigned char)*address))
            room[length++] = *address;
    room[length] = 0;
    if (length == 11 && room[0] == '1')
        memmove(room, room + 1, 11);
    return length > 0;
}

// FNV-1a
static struct handset **slot_of(struct handsets *h, const char *number)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *number; number++)
        hash = (hash ^ (uint8_t)*number) * 0x100000001B3u;
    return &h->table[(hash ^ hash >> 32) & (h->slots - 1)];
}

struct handset *handset_find(struct handsets *h, const char *number)
{
    struct handset *handset = *slot_of(h, number);

    while (handset && strcmp(handset->number, number))
        handset = handset->chain;
    return handset;
}

static bool handset_is_set(const struct handset *handset)
{
    return handset->off || handset->not_claro || handset->no_receipts;
}

// Those somebody has switched stay; a run of them is passed over, not searched for ever.
static void handsets_trim(struct handsets *h)
{
    for (int tries = 16; tries && (h->count > h->most || h->octets > HANDSETS_OCTETS); tries--) {
        struct handset *oldest = TAILQ_FIRST(&h->recent);
        if (!oldest || oldest == TAILQ_LAST(&h->recent, handset_list))
            return;
        if (handset_is_set(oldest) && tries > 1) {
            TAILQ_REMOVE(&h->recent, oldest, recent);
            TAILQ_INSERT_TAIL(&h->recent, oldest, recent);
        } else {
            handset_forget(h, oldest);
            h->evicted++;
        }
    }
}

struct handset *handset_need(struct handsets *h, const char *number)
{
    struct handset *handset = handset_find(h, number), **slot = slot_of(h, number);

    if (handset) {
        TAILQ_REMOVE(&h->recent, handset, recent);
        TAILQ_INSERT_TAIL(&h->recent, handset, recent);
        handsets_trim(h); // never the last one, which this now is
        return handset;
    }
    handset = calloc(1, sizeof *handset);
    if (!handset)
        return NULL;
    snprintf(handset->number, sizeof handset->number, "%s", number);
    TAILQ_INIT(&handset->messages);
    TAILQ_INIT(&handset->groups);
    TAILQ_INIT(&handset->held);
    handset->chain = *slot;
    *slot = handset;
    TAILQ_INSERT_TAIL(&h->recent, handset, recent);
    h->count++;
    h->octets += sizeof *handset;
    handsets_trim(h);
    return handset;
}

static size_t message_size(const struct message *message)
{
    return sizeof *message + strlen(message->text) + 1;
}

static void message_drop(struct handsets *h, struct handset *handset, struct message *message)
{
    TAILQ_REMOVE(&handset->messages, message, link);
    handset->count--;
    h->octets -= message_size(message);
    free(message);
}

void handset_forget(struct handsets *h, struct handset *handset)
{
    struct handset **at = slot_of(h, handset->number);
    struct message *message;
    struct parts *parts;
    struct held *held;

    while (*at != handset)
        at = &(*at)->chain;
    *at = handset->chain;
    TAILQ_REMOVE(&h->recent, handset, recent);
    while ((message = TAILQ_FIRST(&handset->messages)))
        message_drop(h, handset, message);
    while ((parts = TAILQ_FIRST(&handset->groups))) {
        TAILQ_REMOVE(&handset->groups, parts, link);
        parts_free(parts);
    }
    while ((held = TAILQ_FIRST(&handset->held))) {
        TAILQ_REMOVE(&handset->held, held, link);
        free(held->copy);
        free(held);
    }
    h->count--;
    h->octets -= sizeof *handset;
    free(handset);
}

uint64_t handset_keep(struct handsets *h, struct handset *handset, bool mine, const char *peer,
                      const char *text, unsigned parts, unsigned missing, const char *coding)
{
    size_t length = strlen(text) + 1;
    struct message *message = malloc(sizeof *message + length);
    struct timespec now;

    if (!message)
        return 0;
    clock_gettime(CLOCK_REALTIME, &now);
    *message =
        (struct message){.serial = ++h->serial,
                         .wall_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000,
                         .mine = mine,
                         .parts = parts,
                         .missing = missing,
                         .coding = coding};
    snprintf(message->peer, sizeof message->peer, "%s", peer);
    memcpy(message->text, text, length);
    TAILQ_INSERT_TAIL(&handset->messages, message, link);
    h->octets += message_size(message);
    if (++handset->count > HANDSET_MESSAGES)
        message_drop(h, handset, TAILQ_FIRST(&handset->messages));
    return h->serial;
}

void handset_answer_acked(struct handsets *h, const char *number, uint64_t serial, uint32_t status)
{
    struct handset *handset = handset_find(h, number);
    struct message *message;

    if (!handset)
        return;
    TAILQ_FOREACH_REVERSE(message, &handset->messages, message_list, link)
    if (message->serial == serial) {
        message->acked += status == 0;
        message->status = status ? status : message->status;
        return;
    }
}
