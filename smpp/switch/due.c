/* A binary heap in which each conversation knows its place; see due.h. */
#include "smpp/switch/due.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "smpp/switch/conversation.h"

enum { FIRST_ROOM = 64 };

/* Of one moment the older one, so that they end in the order in which they began. */
static bool comes_before(const struct conversation *a, const struct conversation *b)
{
    return a->check != b->check ? a->check < b->check : a->id < b->id;
}

static void place(struct due *due, unsigned at, struct conversation *conversation)
{
    due->at[at] = conversation;
    conversation->place = at;
}

static void rise(struct due *due, struct conversation *conversation)
{
    unsigned at = conversation->place;
    for (; at > 0 && comes_before(conversation, due->at[(at - 1) / 2]); at = (at - 1) / 2)
        place(due, at, due->at[(at - 1) / 2]);
    place(due, at, conversation);
}

static void sink(struct due *due, struct conversation *conversation)
{
    unsigned at = conversation->place;
    for (unsigned below; (below = 2 * at + 1) < due->count; at = below) {
        below += below + 1 < due->count && comes_before(due->at[below + 1], due->at[below]);
        if (!comes_before(due->at[below], conversation))
            break;
        place(due, at, due->at[below]);
    }
    place(due, at, conversation);
}

void due_move(struct due *due, struct conversation *conversation)
{
    rise(due, conversation);
    sink(due, conversation);
}

int due_put(struct due *due, struct conversation *conversation)
{
    if (due->count == due->room) {
        unsigned room = due->room ? 2 * due->room : FIRST_ROOM;
        struct conversation **at = realloc(due->at, room * sizeof(struct conversation *));
        if (!at)
            return -ENOMEM;
        due->at = at;
        due->room = room;
    }
    place(due, due->count++, conversation);
    rise(due, conversation);
    return 0;
}

void due_drop(struct due *due, struct conversation *conversation)
{
    if (conversation->place >= due->count || due->at[conversation->place] != conversation)
        return;
    struct conversation *last = due->at[--due->count];
    if (last == conversation)
        return;
    place(due, conversation->place, last);
    due_move(due, last);
}

void due_free(struct due *due)
{
    free(due->at);
    *due = (struct due){0};
}
