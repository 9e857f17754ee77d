/* Many compare-and-swaps, one round trip; see swaps.h. */
#include "smpp/storer/swaps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)STORER_BATCH <= (int)STORE_SWAPS, "a batch is swapped at once");

int swaps_put(struct swaps *swaps, struct storer_value *read, const char *key, const char *octets,
              size_t len, unsigned life)
{
    size_t size = strlen(key) + 1;
    char *copy = malloc(size + len);
    if (!copy)
        return -EAGAIN;
    memcpy(copy, key, size);
    memcpy(copy + size, octets, len);
    swaps->read[swaps->count] = read;
    swaps->swap[swaps->count++] = (struct store_swap){.key = copy,
                                                      .value = copy + size,
                                                      .len = len,
                                                      .life = life,
                                                      .cas = read->e == -ENOENT ? 0 : read->cas};
    return -EINPROGRESS;
}

void swaps_settle(struct swaps *swaps, struct store *store)
{
    store_swap_many(store, swaps->swap, swaps->count);
    for (unsigned i = 0; i < swaps->count; i++) {
        int e = swaps->swap[i].e;
        swaps->read[i]->e = e == -ENOENT ? -EEXIST : e; /* it expired between reading and storing */
        free((char *)(uintptr_t)swaps->swap[i].key);
    }
    swaps->count = 0;
}
