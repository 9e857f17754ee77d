/* The text of a receipt and the ids in it, over arbitrary octets. */
#include <assert.h>
#include <string.h>
#include "smpp/pdu/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void keys_check(const char *id)
{
    char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX], again[RECEIPT_KEYS][RECEIPT_KEY_MAX];
    size_t count = receipt_id_keys(id, keys);
    assert(count <= RECEIPT_KEYS);
    for (size_t i = 0; i < count; i++)
        assert(memchr(keys[i], 0, RECEIPT_KEY_MAX));
    if (count > 0) { /* a key is its own key, or a message kept under it would never be found */
        assert(receipt_id_keys(keys[0], again) == count);
        assert(strcmp(keys[0], again[0]) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct receipt r;
    struct message m = {.octets = data, .length = size, .esm_class = size ? data[0] : 0};
    bool bare = receipt_take(&m, &r) && r.bare;
    assert(memchr(r.id, 0, sizeof r.id));
    assert(memchr(r.err, 0, sizeof r.err));
    assert(!bare || (r.id[0] && r.state != MESSAGE_STATE_NONE));
    keys_check(r.id);
    receipt_reason(&r);
    return 0;
}
