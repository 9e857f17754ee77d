/* smppd says under `alive:*` that nothing is missing (smpp/store/README.md). See lost.h. */
#include "mod_smsinteractivo/talk/lost.h"

#include <stdio.h>

enum { KEYS = 16 /* of several servers each is likely to hold some */, KEY_ROOM = 16 };

static void key_take(void *context, unsigned nth, char *value, size_t len, uint64_t cas)
{
    bool *there = context;
    (void)value; /* that it is there is all */
    (void)len;
    (void)cas;
    there[nth] = true;
}

bool lost_is(struct store *store)
{
    char key[KEYS][KEY_ROOM];
    const char *keys[KEYS] = {"alive:*"};
    bool there[KEYS] = {false}, unread[KEYS] = {false}, missing = false;
    unsigned count = store_servers(store) > 1 ? KEYS : 1;
    for (unsigned i = 1; i < count; i++) {
        (void)snprintf(key[i], KEY_ROOM, "%s:%u", keys[0], i); /* fits */
        keys[i] = key[i];
    }
    /* What went wrong is told by each key. */
    (void)store_get_each(store, keys, count, key_take, there, unread);
    for (unsigned i = 0; i < count; i++)
        missing |= !there[i] && !unread[i];
    return missing;
}
