/*
 * Messages that wait for a receipt, the oldest first: for "no confirmation came". There may be
 * very many, most of them for a moment; so they stand in one table that grows by doubling, and are
 * linked by their places in it.
 */
#ifndef SMPP_SWITCH_AWAITED_H
#define SMPP_SWITCH_AWAITED_H

#include <stdbool.h>
#include <stdint.h>

enum { AWAITED_MAX = 50000 };

/* All 0: empty. */
struct awaited {
    struct awaited_place *place; /* the first is the ends of the row */
    uint32_t *bucket;            /* places by message; as many as places */
    uint32_t room;               /* a power of two; 0 before the first message */
    uint32_t used;               /* places that were taken once */
    uint32_t left;               /* the first of those given back, linked by `next`; 0: none */
    uint32_t count;
};

void awaited_free(struct awaited *awaited);

/* `message` is not 0; `at` (ms) is never before that of an earlier one, nor weeks from now. One
 * that is there already stays as it is. False where AWAITED_MAX wait or without memory. */
bool awaited_put(struct awaited *awaited, uint64_t message, int64_t at);

/* Nothing happens where it is not there. */
void awaited_drop(struct awaited *awaited, uint64_t message);

/* The oldest whose time has come, or 0; it stays. Asked more often than every three weeks. */
uint64_t awaited_due(const struct awaited *awaited, int64_t now);

#endif
