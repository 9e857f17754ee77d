/* An open table: sequence numbers rise by one, so sequence & mask is a perfect hash but for
 * stragglers, which are stepped over. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "smpp/link/window.h"
#include "smpp/pdu/pdu.h"

enum { NONE = UINT32_MAX, SLACK = 4, SMALLEST = 256 };

static uint32_t table_size(unsigned limit)
{
    uint32_t size = SMALLEST;
    while (size < limit * SLACK)
        size *= 2;
    return size;
}

int window_init(struct window *w, unsigned limit, uint32_t first)
{
    uint32_t size = table_size(limit);
    *w = (struct window){.mask = size - 1, .limit = limit, .oldest = NONE, .newest = NONE};
    w->table = calloc(size, sizeof *w->table);
    window_restart(w, first);
    return w->table ? 0 : -ENOMEM;
}

void window_free(struct window *w)
{
    free(w->table);
    w->table = NULL;
}

void window_restart(struct window *w, uint32_t first)
{
    w->next = first >= 1 && first <= PDU_SEQUENCE_MAX ? first : 1;
}

unsigned window_room(const struct window *w)
{
    return w->open < w->limit ? w->limit - w->open : 0;
}

static uint32_t sequence_after(uint32_t sequence)
{
    return sequence >= PDU_SEQUENCE_MAX ? 1 : sequence + 1;
}

uint32_t window_sequence(struct window *w)
{
    while (w->table[w->next & w->mask].kind == WINDOW_OPEN)
        w->next = sequence_after(w->next);
    uint32_t sequence = w->next;
    w->next = sequence_after(sequence);
    return sequence;
}

static void list_append(struct window *w, uint32_t at)
{
    w->table[at].older = w->newest;
    w->table[at].newer = NONE;
    if (w->newest != NONE)
        w->table[w->newest].newer = at;
    else
        w->oldest = at;
    w->newest = at;
    w->open++;
}

static void list_remove(struct window *w, const struct window_entry *e)
{
    if (e->older != NONE)
        w->table[e->older].newer = e->newer;
    else
        w->oldest = e->newer;
    if (e->newer != NONE)
        w->table[e->newer].older = e->older;
    else
        w->newest = e->older;
    w->open--;
}

struct window_entry *window_open(struct window *w, uint64_t tag, int64_t now)
{
    uint32_t sequence = window_sequence(w);
    uint32_t at = sequence & w->mask;
    w->table[at] =
        (struct window_entry){.tag = tag, .sent = now, .sequence = sequence, .kind = WINDOW_OPEN};
    list_append(w, at);
    return &w->table[at];
}

enum window_kind window_settle(struct window *w, uint32_t sequence, struct window_entry *out)
{
    struct window_entry *e = &w->table[sequence & w->mask];
    if (e->kind == WINDOW_FREE || e->sequence != sequence)
        return WINDOW_FREE;
    *out = *e;
    if (e->kind == WINDOW_OPEN)
        list_remove(w, e);
    e->kind = WINDOW_FREE;
    return out->kind;
}

bool window_expire(struct window *w, int64_t before, struct window_entry *out)
{
    if (w->oldest == NONE || w->table[w->oldest].sent > before)
        return false;
    struct window_entry *e = &w->table[w->oldest];
    list_remove(w, e);
    e->kind = WINDOW_LATE;
    *out = *e;
    return true;
}

bool window_drop(struct window *w, struct window_entry *out)
{
    if (w->oldest == NONE) {
        memset(w->table, 0, (w->mask + 1u) * sizeof *w->table);
        return false;
    }
    struct window_entry *e = &w->table[w->oldest];
    *out = *e;
    list_remove(w, e);
    e->kind = WINDOW_FREE;
    return true;
}

int64_t window_oldest(const struct window *w)
{
    return w->table[w->oldest].sent;
}

/* Open requests whose slots fall together in a smaller table would be lost: it then stays as large
 * as it is. */
int window_resize(struct window *w, unsigned limit)
{
    uint32_t size = table_size(limit);
    struct window bigger = *w;
    if (size <= w->mask + 1u) {
        w->limit = limit;
        return 0;
    }
    bigger.table = calloc(size, sizeof *w->table);
    if (!bigger.table)
        return -ENOMEM;
    bigger.mask = size - 1;
    bigger.limit = limit;
    bigger.open = 0;
    bigger.oldest = bigger.newest = NONE;
    for (uint32_t at = w->oldest; at != NONE; at = w->table[at].newer) {
        uint32_t to = w->table[at].sequence & bigger.mask;
        bigger.table[to] = w->table[at];
        list_append(&bigger, to);
    }
    free(w->table);
    *w = bigger;
    return 0;
}
