/* Keys that tell whether memcached still holds what was put there; see alive.h. */
#include "smpp/storer/alive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "smpp/store/store.h"
#include "smpp/wire/copy.h"

void alive_start(struct alive *alive, unsigned servers, const char *instance)
{
    alive->keys = servers > 1 ? ALIVE_KEYS : 1;
    copy_put(alive->instance, sizeof alive->instance, instance); /* conf bounds it */
}

void alive_key(const struct alive *alive, unsigned nth, char key[STORER_KEY_ROOM])
{
    (void)snprintf(key, STORER_KEY_ROOM, nth ? "alive:%s:%u" : "alive:%s", alive->instance, nth);
}

bool alive_is_missed(const struct storer_value *value)
{
    return value->e == -ENOENT || (value->e == 0 && strcmp(value->octets, ALIVE_FILLING) == 0);
}

bool alive_is_lost(const struct storer_value *value)
{
    return alive_is_missed(value) || (value->e == 0 && strcmp(value->octets, ALIVE_WAITING) == 0);
}

int alive_set(const struct alive *alive, struct store *store, const char *value)
{
    char key[STORER_KEY_ROOM];
    unsigned set = 0;
    for (unsigned i = 0; i < alive->keys; i++) {
        alive_key(alive, i, key);
        set += store_set(store, key, value, strlen(value), 0) == 0;
    }
    return set ? 0 : -EAGAIN;
}

int alive_confirm(const struct alive *alive, struct store *store, const char *value)
{
    char key[STORER_KEY_ROOM], room[STORER_KEY_ROOM];
    struct storer_value there;
    unsigned confirmed = 0, missing = 0;
    for (unsigned i = 0; i < alive->keys; i++) {
        alive_key(alive, i, key);
        int e = storer_again(store, key, room, sizeof room, &there);
        if (e == 0)
            e = store_cas(store, key, value, strlen(value), 0, there.cas);
        confirmed += e == 0;
        missing += e == -ENOENT;
    }
    return missing ? -ENOENT : confirmed ? 0 : -EAGAIN;
}
