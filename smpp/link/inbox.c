/* A slot table with a free list; a token is a count that never repeats and the number
 * of its slot. */
#include <errno.h>
#include <stdlib.h>
#include "smpp/link/inbox.h"

enum { SLOT_BITS = 16, SLOT_MASK = (1 << SLOT_BITS) - 1 };

int inbox_init(struct inbox *in, uint32_t limit)
{
    *in = (struct inbox){.limit = limit};
    in->slots = calloc(limit, sizeof *in->slots);
    if (!in->slots)
        return -ENOMEM;
    for (uint32_t i = 0; i < limit; i++)
        in->slots[i].next_free = i + 1;
    return 0;
}

void inbox_free(struct inbox *in)
{
    free(in->slots);
    in->slots = NULL;
}

bool inbox_is_full(const struct inbox *in)
{
    return in->used == in->limit;
}

uint64_t inbox_put(struct inbox *in, uint32_t connection, uint32_t command, uint32_t sequence)
{
    uint32_t at = in->first_free;
    struct inbox_slot *slot = &in->slots[at];
    in->first_free = slot->next_free;
    in->used++;
    in->count++;
    slot->token = in->count << SLOT_BITS | at;
    slot->connection = connection;
    slot->command = command;
    slot->sequence = sequence;
    return slot->token;
}

static void slot_release(struct inbox *in, uint32_t at)
{
    in->slots[at].token = 0;
    in->slots[at].next_free = in->first_free;
    in->first_free = at;
    in->used--;
}

bool inbox_take(struct inbox *in, uint64_t token, struct inbox_slot *out)
{
    uint32_t at = (uint32_t)(token & SLOT_MASK);
    if (token == 0 || at >= in->limit || in->slots[at].token != token)
        return false;
    *out = in->slots[at];
    slot_release(in, at);
    return true;
}

void inbox_forget(struct inbox *in, uint32_t connection)
{
    for (uint32_t at = 0; at < in->limit; at++)
        if (in->slots[at].token && in->slots[at].connection == connection)
            slot_release(in, at);
}
