/* Names kept under `smppds`, and what their alive: keys say; see others.h. */
#include "smpp/storer/others.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "smpp/logbook/clock.h"
#include "smpp/logbook/log.h"
#include "smpp/store/store.h"
#include "smpp/wire/copy.h"

enum {
    NAMES_ROOM = (OTHERS_MAX + 1) * STORER_KEY_ROOM,
    PATIENCE_US = 3000000,
    PAUSE_NS = 20000000,
    HERE_LIFE_S = 5
};

static const char names_key[] = "smppds";

void others_here_key(char key[STORER_KEY_ROOM], const char *instance)
{
    (void)snprintf(key, STORER_KEY_ROOM, "here:%s", instance);
}

/* `here`: as far as is known. */
static bool name_take(struct others *others, const char *name, bool here)
{
    for (unsigned i = 0; i < others->count; i++)
        if (strcmp(others->other[i].alive.instance, name) == 0)
            return false;
    if (others->count == OTHERS_MAX)
        return false;
    struct other *more = &others->other[others->count++];
    *more = (struct other){.alive.keys = others->own->keys, /* the same servers */
                           .here = here,
                           .unheard = clock_us() + others->patience};
    copy_put(more->alive.instance, sizeof more->alive.instance, name); /* conf bounds it */
    return true;
}

/* Whether the own name is among them; `names` is spoiled. */
static bool names_take(struct others *others, char *names)
{
    bool own = false;
    for (char *name; (name = strsep(&names, " "));)
        if (strcmp(name, others->own->instance) == 0)
            own = true;
        else if (*name && name_take(others, name, true)) /* the next look will tell */
            log_info("SD0353", "another smppd shares memcached: instance=%s", name);
    return own;
}

void others_start(struct others *others, const struct alive *own, const char *run,
                  const char *names, int64_t patience)
{
    char copy[NAMES_ROOM];
    *others = (struct others){.own = own, .patience = patience};
    copy_put(others->run, sizeof others->run, run);
    copy_put(copy, sizeof copy, names); /* others_here wrote it */
    char *rest = copy;
    for (char *name; (name = strsep(&rest, " "));)
        if (*name && strcmp(name, own->instance) != 0)
            (void)name_take(others, name, false);
}

/* What one look finds: the names, and who is here. */
struct meeting {
    struct others *others;
    int e; /* of the names */
    char names[NAMES_ROOM];
    uint64_t cas;
};

static void meeting_found(void *ctx, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct meeting *meeting = ctx;
    struct others *others = meeting->others;
    if (nth == 0) {
        meeting->e = len < sizeof meeting->names - STORER_KEY_ROOM ? 0 : -E2BIG;
        copy_put(meeting->names, sizeof meeting->names, value);
        meeting->cas = cas;
    } else if (nth == 1) {
        others->twice = others->told && strcmp(value, others->run) != 0;
    } else {
        others->other[nth - 2].here = true;
    }
}

static void meeting_look(struct meeting *meeting, struct store *store)
{
    struct others *others = meeting->others;
    char key[OTHERS_MAX + 1][STORER_KEY_ROOM];
    const char *keys[OTHERS_MAX + 2] = {names_key, key[0]};
    bool unread[OTHERS_MAX + 2] = {false};
    others_here_key(key[0], others->own->instance);
    for (unsigned i = 0; i < others->count; i++) {
        others_here_key(key[i + 1], others->other[i].alive.instance);
        keys[i + 2] = key[i + 1];
        others->other[i].here = false;
    }
    others->twice = false;
    meeting->e = -ENOENT;
    /* What went wrong is told by each key. */
    (void)store_get_each(store, keys, others->count + 2, meeting_found, meeting, unread);
    if (unread[0])
        meeting->e = -EAGAIN;
}

static void here_tell(struct others *others, struct store *store)
{
    char key[STORER_KEY_ROOM];
    others_here_key(key, others->own->instance);
    others->told =
        store_set(store, key, others->run, strlen(others->run), HERE_LIFE_S) == 0 || others->told;
}

static void names_meet(struct others *others, struct store *store)
{
    struct meeting meeting = {.others = others};
    char names[NAMES_ROOM + STORER_KEY_ROOM];
    meeting_look(&meeting, store);
    if (others->twice)
        log_error("SD0355",
                  "another smppd has the same name, and each hides what memcached loses from the "
                  "other; give each its own `instance` and restart: instance=%s",
                  others->own->instance);
    here_tell(others, store);
    if (meeting.e < 0 && meeting.e != -ENOENT)
        return;
    int len = snprintf(names, sizeof names, "%s%s%s", meeting.names, *meeting.names ? " " : "",
                       others->own->instance);
    if (names_take(others, meeting.names))
        return;
    /* Who was faster stands there at the next look, and the own name is added then. */
    if (meeting.e == 0)
        (void)store_cas(store, names_key, names, (size_t)len, 0, meeting.cas);
    else
        (void)store_add(store, names_key, names, (size_t)len, 0);
}

void others_here(const struct others *others, char *names, size_t room)
{
    size_t len = 0;
    *names = '\0';
    for (unsigned i = 0; i < others->count && len < room; i++)
        if (others->other[i].here)
            len += (size_t)snprintf(names + len, room - len, "%s%s", len ? " " : "",
                                    others->other[i].alive.instance);
}

static void key_found(void *ctx, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct storer_value there = {.octets = value, .len = len, .cas = cas};
    bool *lost = ctx;
    lost[nth] = alive_is_missed(&there);
}

/* Whether it has still to put back what it holds; -EAGAIN where a server does not answer. */
static int is_missed(const struct alive *other, struct store *store)
{
    char key[ALIVE_KEYS][STORER_KEY_ROOM];
    const char *keys[ALIVE_KEYS];
    bool lost[ALIVE_KEYS], unread[ALIVE_KEYS] = {false}, missed = false, away = false;
    for (unsigned i = 0; i < other->keys; i++) {
        alive_key(other, i, key[i]);
        keys[i] = key[i];
        lost[i] = true;
    }
    /* What went wrong is told by each key. */
    (void)store_get_each(store, keys, other->keys, key_found, lost, unread);
    for (unsigned i = 0; i < other->keys; i++) {
        missed |= lost[i] && !unread[i];
        away |= unread[i];
    }
    return missed ? 1 : away ? -EAGAIN : 0;
}

/* Asks those that may have something to put back. */
static void others_hear(struct others *others, struct store *store)
{
    int64_t now = clock_us();
    for (unsigned i = 0; i < others->count; i++) {
        struct other *other = &others->other[i];
        if (other->unheard && is_missed(&other->alive, store) == 0) {
            other->unheard = 0;
            other->forgotten = false;
        } else if (now >= other->unheard) {
            other->unheard = 0;
        }
        if (other->forgotten && !other->unheard)
            others->other[i--] = others->other[--others->count];
    }
}

void others_meet(struct others *others, struct store *store)
{
    names_meet(others, store);
    others_hear(others, store);
}

bool others_are_heard(const struct others *others)
{
    for (unsigned i = 0; i < others->count; i++)
        if (others->other[i].unheard)
            return false;
    return true;
}

/* Added, not set: memcached flushes nothing that was set within the same second. */
void others_whole(const struct others *others, struct store *store, bool whole)
{
    const struct alive all = {.instance = OTHERS_ALL, .keys = others->own->keys};
    char key[STORER_KEY_ROOM];
    for (unsigned i = 0; i < all.keys; i++) {
        alive_key(&all, i, key);
        (void)(whole ? store_add(store, key, "1", 1, 0) /* mostly it is there */
                     : store_delete(store, key));       /* mostly it is gone */
    }
}

/* They are met again when they come back. */
static void missed_forget(struct others *others, struct store *store)
{
    for (unsigned i = 0; i < others->count; i++) {
        struct other *other = &others->other[i];
        if (other->forgotten || is_missed(&other->alive, store) <= 0)
            continue;
        log_notice("SD0354", "another smppd is not waited for: instance=%s", other->alive.instance);
        other->forgotten = true;
        other->unheard = clock_us() + others->patience;
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
        missed = !others->other[i].forgotten && is_missed(&others->other[i].alive, store) > 0;
    if (missed && clock_us() < others->until) {
        (void)nanosleep(&pause, NULL); /* a signal only shortens it */
        return true;
    }
    if (missed)
        missed_forget(others, store);
    others_hear(others, store);
    others->until = 0;
    return false;
}

void others_lost(struct others *others)
{
    others->until = 0;
}
