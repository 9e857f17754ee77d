/* Keys that tell whether memcached still holds what was put there; see alive.h. */
#include "smpp/storer/alive.h"

#include <stdio.h>
#include <string.h>

#include "smpp/store/store.h"

static unsigned servers_count(const char *servers)
{
    unsigned count = 0;
    for (const char *at = servers; *at; at += strcspn(at, ", \t")) {
        at += strspn(at, ", \t");
        count += *at != '\0';
    }
    return count;
}

void alive_start(struct alive *alive, const char *servers, const char *instance)
{
    alive->keys = servers_count(servers) > 1 ? ALIVE_KEYS : 1;
    (void)snprintf(alive->instance, sizeof alive->instance, "%s", instance); /* conf bounds it */
}

void alive_key(const struct alive *alive, unsigned nth, char key[STORER_KEY_ROOM])
{
    (void)snprintf(key, STORER_KEY_ROOM, nth ? "alive:%s:%u" : "alive:%s", alive->instance, nth);
}

bool alive_is(const struct storer_value *value)
{
    return value->e == 0 && strcmp(value->octets, ALIVE_FILLING) != 0;
}

int alive_set(const struct alive *alive, struct store *store, const char *value)
{
    char key[STORER_KEY_ROOM];
    int e = 0;
    for (unsigned i = 0; i < alive->keys && e == 0; i++) {
        alive_key(alive, i, key);
        e = store_set(store, key, value, strlen(value), 0);
    }
    return e;
}

int alive_look(const struct alive *alive, struct store *store)
{
    char key[STORER_KEY_ROOM], value[STORER_KEY_ROOM];
    struct storer_value there;
    int e = 0;
    for (unsigned i = 0; i < alive->keys && e == 0; i++) {
        alive_key(alive, i, key);
        e = storer_again(store, key, value, sizeof value, &there);
    }
    return e;
}
