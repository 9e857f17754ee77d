/* One mget for many jobs; see reading.h. */
#include "smpp/storer/reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/store/store.h"

static void found_take(void *ctx, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct reading *reading = ctx;
    struct storer_value *into = reading->into[nth];
    if (into->octets) /* a key asked for twice is told twice, and always as the first one */
        return;
    /* libmemcached's octets live until the next call; two jobs may want the same key. */
    into->octets = malloc(len + 2);
    if (!into->octets)
        return;
    memcpy(into->octets, value, len);
    into->octets[len] = '\0';
    into->len = len;
    into->cas = cas;
    into->e = 0;
}

void reading_add(struct reading *reading, const char *key, struct storer_value *into)
{
    *into = (struct storer_value){.e = -ENOENT};
    reading->keys[reading->count] = key;
    reading->into[reading->count++] = into;
}

/* The same key twice in one mget is reported once: the second reader gets a copy. */
static void reading_share(struct reading *reading)
{
    for (unsigned j = 0; j < reading->count; j++)
        for (unsigned i = j + 1; i < reading->count && reading->into[j]->e == 0; i++)
            if (reading->into[i]->e == -ENOENT && strcmp(reading->keys[i], reading->keys[j]) == 0)
                found_take(&(struct reading){.into = {reading->into[i]}}, 0,
                           reading->into[j]->octets, reading->into[j]->len, reading->into[j]->cas);
}

void reading_free(struct reading *reading)
{
    for (unsigned i = 0; i < reading->count; i++) {
        free(reading->into[i]->octets);
        reading->into[i]->octets = NULL;
    }
}

int reading_do(struct reading *reading, struct store *store)
{
    bool unread[READING_KEYS] = {false};
    int e = store_get_each(store, reading->keys, reading->count, found_take, reading, unread);
    unsigned lost = 0;
    for (unsigned i = 0; i < reading->count; i++) {
        if (unread[i] && reading->into[i]->e == -ENOENT)
            reading->into[i]->e = -EAGAIN;
        lost += unread[i];
    }
    reading_share(reading);
    return e == -EAGAIN && lost > 0 && lost < reading->count ? 0 : e;
}

int storer_again(struct store *store, const char *key, char *octets, size_t room,
                 struct storer_value *value)
{
    *value = (struct storer_value){.octets = octets};
    value->e = store_get(store, key, octets, room, &value->len, &value->cas);
    if (value->e < 0)
        value->octets = NULL;
    return value->e;
}
