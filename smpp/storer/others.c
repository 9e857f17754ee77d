/* Names kept under `smppds`, and what their alive: keys say; see others.h. */
#include "smpp/storer/others.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "smpp/logbook/clock.h"
#include "smpp/logbook/log.h"
#include "smpp/store/store.h"

enum {
    NAMES_ROOM = (OTHERS_MAX + 1) * STORER_KEY_ROOM,
    PATIENCE_US = 3000000,
    PAUSE_NS = 20000000
};

static const char names_key[] = "smppds";

void others_start(struct others *others, const struct alive *own)
{
    *others = (struct others){.own = own};
}

static void name_take(struct others *others, const char *name)
{
    for (unsigned i = 0; i < others->count; i++)
        if (strcmp(others->name[i].instance, name) == 0)
            return;
    if (others->count == OTHERS_MAX)
        return;
    struct alive *more = &others->name[others->count++];
    more->keys = others->own->keys;                                    /* the same servers */
    (void)snprintf(more->instance, sizeof more->instance, "%s", name); /* conf bounds it */
    log_info("SD0353", "another smppd shares memcached: instance=%s", more->instance);
}

/* Whether the own name is among them; `names` is spoiled. */
static bool names_take(struct others *others, char *names)
{
    bool own = false;
    for (char *name; (name = strsep(&names, " "));)
        if (strcmp(name, others->own->instance) == 0)
            own = true;
        else if (*name)
            name_take(others, name);
    return own;
}

void others_meet(struct others *others, struct store *store)
{
    char read[NAMES_ROOM], names[NAMES_ROOM];
    struct storer_value there;
    int e = storer_again(store, names_key, read, sizeof read - STORER_KEY_ROOM, &there);
    if (e < 0 && e != -ENOENT)
        return;
    int len = snprintf(names, sizeof names, "%s%s%s", e == 0 ? read : "", e == 0 ? " " : "",
                       others->own->instance);
    if (e == 0 && names_take(others, read))
        return;
    /* Who was faster stands there at the next look, and the own name is added then. */
    if (e == 0)
        (void)store_cas(store, names_key, names, (size_t)len, 0, there.cas);
    else
        (void)store_add(store, names_key, names, (size_t)len, 0);
}

static void lost_count(void *ctx, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct storer_value there = {.octets = value, .len = len, .cas = cas};
    bool *lost = ctx;
    lost[nth] = alive_is_lost(&there);
}

static bool is_missed(const struct alive *other, struct store *store)
{
    char key[ALIVE_KEYS][STORER_KEY_ROOM];
    const char *keys[ALIVE_KEYS];
    bool lost[ALIVE_KEYS], unread[ALIVE_KEYS] = {false}, missed = false;
    for (unsigned i = 0; i < other->keys; i++) {
        alive_key(other, i, key[i]);
        keys[i] = key[i];
        lost[i] = true;
    }
    /* What went wrong is told by each key. */
    (void)store_get_each(store, keys, other->keys, lost_count, lost, unread);
    for (unsigned i = 0; i < other->keys; i++)
        missed |= lost[i] && !unread[i];
    return missed;
}

/* They are met again when they come back. */
static void missed_forget(struct others *others, struct store *store)
{
    for (unsigned i = 0; i < others->count;) {
        if (!is_missed(&others->name[i], store)) {
            i++;
            continue;
        }
        log_notice("SD0354", "another smppd is not waited for: instance=%s",
                   others->name[i].instance);
        others->name[i] = others->name[--others->count];
    }
}

bool others_are_missed(struct others *others, struct store *store)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    bool missed = false;
    if (!others->until) {
        others_meet(others, store); /* those that came back before us */
        others->until = clock_us() + PATIENCE_US;
    }
    for (unsigned i = 0; i < others->count && !missed; i++)
        missed = is_missed(&others->name[i], store);
    if (missed && clock_us() < others->until) {
        (void)nanosleep(&pause, NULL); /* a signal only shortens it */
        return true;
    }
    if (missed)
        missed_forget(others, store);
    others->until = 0;
    return false;
}
