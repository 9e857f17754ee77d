/* A table of places linked into a row, into chains by message, and into those free;
 * see awaited.h. */
#include "smpp/switch/awaited.h"

#include <stdlib.h>

#include "smpp/switch/index.h"

enum { FIRST_ROOM = 256, ENDS = 0 /* the place whose `newer` is the oldest */ };

struct awaited_place {
    uint64_t message;
    uint32_t at;           /* ms, but for whole rounds of seven weeks */
    uint32_t older, newer; /* in the row */
    uint32_t next;         /* in its chain; 0: the last */
};

void awaited_free(struct awaited *awaited)
{
    free(awaited->place);
    free(awaited->bucket);
    *awaited = (struct awaited){0};
}

static uint32_t *chain_of(const struct awaited *awaited, uint64_t message)
{
    return &awaited->bucket[index_hash_id(message) & (awaited->room - 1)];
}

/* Where the place of a message is noted, or the 0 at the end of its chain. */
static uint32_t *noted(const struct awaited *awaited, uint64_t message)
{
    uint32_t *at = chain_of(awaited, message);
    while (*at && awaited->place[*at].message != message)
        at = &awaited->place[*at].next;
    return at;
}

static void chain_put(struct awaited *awaited, uint32_t nth)
{
    uint32_t *chain = chain_of(awaited, awaited->place[nth].message);
    awaited->place[nth].next = *chain;
    *chain = nth;
}

static bool grow(struct awaited *awaited)
{
    uint32_t room = awaited->room ? awaited->room * 2 : FIRST_ROOM;
    uint32_t *bucket = calloc(room, sizeof *bucket);
    struct awaited_place *place = bucket ? realloc(awaited->place, room * sizeof *place) : NULL;
    if (!place) {
        free(bucket);
        return false;
    }
    if (!awaited->room) {
        place[ENDS] = (struct awaited_place){0};
        awaited->used = 1;
    }
    free(awaited->bucket);
    awaited->bucket = bucket;
    awaited->place = place;
    awaited->room = room;
    for (uint32_t nth = place[ENDS].newer; nth != ENDS; nth = place[nth].newer)
        chain_put(awaited, nth);
    return true;
}

/* 0 without memory. */
static uint32_t place_take(struct awaited *awaited)
{
    uint32_t nth = awaited->left;
    if (nth) {
        awaited->left = awaited->place[nth].next;
        return nth;
    }
    if (awaited->used == awaited->room && !grow(awaited))
        return 0;
    return awaited->used++;
}

bool awaited_put(struct awaited *awaited, uint64_t message, int64_t at)
{
    if (awaited->count && *noted(awaited, message))
        return true;
    uint32_t nth = awaited->count < AWAITED_MAX ? place_take(awaited) : 0;
    if (!nth)
        return false;
    struct awaited_place *ends = &awaited->place[ENDS];
    awaited->place[nth] = (struct awaited_place){
        .message = message, .at = (uint32_t)at, .older = ends->older, .newer = ENDS};
    awaited->place[ends->older].newer = nth;
    ends->older = nth;
    chain_put(awaited, nth);
    awaited->count++;
    return true;
}

void awaited_drop(struct awaited *awaited, uint64_t message)
{
    uint32_t *at = awaited->count ? noted(awaited, message) : NULL;
    if (!at || !*at)
        return;
    uint32_t nth = *at;
    struct awaited_place *gone = &awaited->place[nth];
    *at = gone->next;
    awaited->place[gone->older].newer = gone->newer;
    awaited->place[gone->newer].older = gone->older;
    gone->next = awaited->left;
    awaited->left = nth;
    awaited->count--;
}

uint64_t awaited_due(const struct awaited *awaited, int64_t now)
{
    const struct awaited_place *oldest =
        awaited->count ? &awaited->place[awaited->place[ENDS].newer] : NULL;
    return oldest && (uint32_t)now - oldest->at <= INT32_MAX ? oldest->message : 0;
}
