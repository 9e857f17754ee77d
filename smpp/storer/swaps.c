/* Many compare-and-swaps, one look; see swaps.h. */
#include "smpp/storer/swaps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/store/store.h"

int swaps_put(struct swaps *swaps, struct store *store, struct storer_value *read, const char *key,
              const char *octets, size_t len, unsigned life)
{
    struct swap *swap = &swaps->swap[swaps->count];
    char *copy = malloc(len);
    int e =
        copy ? store_swap_unheard(store, key, octets, len, life, read->e == -ENOENT ? 0 : read->cas)
             : -EAGAIN;
    if (e < 0) {
        free(copy);
        return e;
    }
    memcpy(copy, octets, len);
    memcpy(swap->key, key, sizeof swap->key);
    swap->read = read;
    swap->octets = copy;
    swap->len = len;
    swaps->count++;
    return -EINPROGRESS;
}

/* The first of several of one key is the one that went by what was read. */
static bool is_first(const struct swaps *swaps, unsigned nth)
{
    for (unsigned i = 0; i < nth; i++)
        if (strcmp(swaps->swap[i].key, swaps->swap[nth].key) == 0)
            return false;
    return true;
}

static void found_compare(void *ctx, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct swaps *swaps = ctx;
    struct swap *swap = &swaps->swap[nth];
    (void)cas; /* of what stands there now */
    /* Two may have written the same, and only one of them counts. */
    if (len == swap->len && memcmp(value, swap->octets, len) == 0 && is_first(swaps, nth))
        swap->read->e = 0;
}

void swaps_settle(struct swaps *swaps, struct store *store)
{
    const char *keys[STORER_BATCH];
    bool unread[STORER_BATCH] = {false};
    for (unsigned i = 0; i < swaps->count; i++) {
        keys[i] = swaps->swap[i].key;
        swaps->swap[i].read->e = -EEXIST;
    }
    /* What went wrong is told by each key. */
    (void)store_get_each(store, keys, swaps->count, found_compare, swaps, unread);
    for (unsigned i = 0; i < swaps->count; i++) {
        if (unread[i])
            swaps->swap[i].read->e = -EAGAIN;
        free(swaps->swap[i].octets);
    }
    swaps->count = 0;
}
