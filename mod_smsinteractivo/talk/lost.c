/* smppd says under `alive:*` that nothing is missing (smpp/store/README.md). See lost.h. */
#include "mod_smsinteractivo/talk/lost.h"

#include <stdio.h>

enum { KEYS = 16, KEY_ROOM = 16 };

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
    bool there[KEYS] = {false}, unread[KEYS] = {false}, some = false, missing = false;
    for (unsigned i = 1; i < KEYS; i++) {
        (void)snprintf(key[i], KEY_ROOM, "%s:%u", keys[0], i); /* fits */
        keys[i] = key[i];
    }
    /* What went wrong is told by each key. */
    (void)store_get_each(store, keys, KEYS, key_take, there, unread);
    for (unsigned i = 1; i < KEYS; i++) {
        some |= there[i];
        missing |= !there[i] && !unread[i];
    }
    /* A lone server has the first only; of several each is likely to hold some. */
    return (!there[0] && !unread[0]) || (some && missing);
}
