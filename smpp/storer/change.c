/* The compare-and-swap loops; see change.h. */
#include "smpp/storer/change.h"

#include <errno.h>
#include <stdio.h>

#include "smpp/logbook/counters.h"
#include "smpp/store/store.h"
#include "smpp/storer/swaps.h"
#include "smpp/wire/copy.h"

/* Each try loses only to somebody who won. */
enum { TRIES = 64, LIFE_MAX_S = 30 * 24 * 3600 - 1 };
/* Pieces are given more life than their transcript, so that they are touched seldom. */
static const int64_t piece_more_ms = 600000, piece_least_ms = 60000;

static void key_put(char key[STORER_KEY_ROOM], char kind, const char *name)
{
    key[0] = kind;
    key[1] = ':';
    copy_put(key + 2, STORER_KEY_ROOM - 2, name);
}

void routes_key(char key[STORER_KEY_ROOM], const char *mobile)
{
    key_put(key, 'r', mobile);
}

void transcript_key(char key[STORER_KEY_ROOM], const char *session)
{
    key_put(key, 't', session);
}

bool transcript_is_key(const char *key)
{
    return key[0] == 't';
}

void piece_key(char key[STORER_KEY_ROOM], const char *session, unsigned nth)
{
    (void)snprintf(key, STORER_KEY_ROOM, "o:%s:%u", session, nth);
}

void optout_key(char key[STORER_KEY_ROOM], const char *mobile)
{
    key_put(key, 'b', mobile);
}

/* memcached drops a key up to a second early. */
static unsigned life_until(int64_t until, int64_t now)
{
    int64_t seconds = until > now ? (until - now + 999) / 1000 + 1 : 2;
    return seconds > LIFE_MAX_S ? LIFE_MAX_S : (unsigned)seconds;
}

/* Stores by what was read: add where nothing was there. */
static int swap(struct store *store, const char *key, struct storer_value *read, const char *octets,
                size_t len, unsigned life)
{
    if (read->swaps)
        return swaps_put(read->swaps, read, key, octets, len, life);
    int e = read->e == -ENOENT ? store_add(store, key, octets, len, life)
                               : store_cas(store, key, octets, len, life, read->cas);
    if (e == -ENOENT) /* it expired between reading and storing */
        e = -EEXIST;
    return e;
}

int routes_change(struct store *store, const char *mobile, struct storer_value *read, int64_t now,
                  int64_t memory, routes_edit *edit, void *ctx)
{
    char key[STORER_KEY_ROOM], octets[ROUTE_VALUE_MAX + 2];
    struct storer_value again = {.e = -EEXIST};
    struct routes routes;
    routes_key(key, mobile);
    if (read && read->e == -EEXIST) /* in a batch */
        counter_add(COUNTER_ROUTES_LOST, 1);
    for (int turn = 0; turn < TRIES; turn++) {
        bool changed = read && (turn > 0 || read->e == -EEXIST);
        if (changed || !read) {
            (void)storer_again(store, key, octets, sizeof octets - 1, &again); /* told by again.e */
            read = &again;
        }
        /* Nobody deletes routes: memcached has lost them, and others' with them. */
        if (changed && read->e == -ENOENT)
            return -EAGAIN;
        if (read->e < 0 && read->e != -ENOENT)
            return read->e;
        /* What is not there or cannot be understood is no routes. */
        (void)route_read(&routes, read->octets, read->e == -ENOENT ? 0 : read->len);
        route_forget(&routes, now, memory);
        int e = edit(&routes, ctx);
        if (e != 0)
            return e;
        int len = route_write(&routes, octets, sizeof octets);
        if (len < 0)
            return len;
        e = swap(store, key, read, octets, (size_t)len,
                 life_until(route_last_until(&routes) + memory, now));
        if (e != -EEXIST)
            return e;
        counter_add(COUNTER_ROUTES_LOST, 1);
    }
    return -EAGAIN;
}

/* Moves old events into pieces, and renews the life of those there are. 0 or an error
 * of the store. */
static int pieces_spill(struct store *store, const char *session, struct transcript_book *book,
                        int64_t now)
{
    char key[STORER_KEY_ROOM], piece[TRANSCRIPT_PIECE];
    unsigned before = book->pieces, life = life_until(book->until + piece_more_ms, now);
    size_t len;
    int e = 0;
    while (e == 0 && (len = transcript_spill(book, piece, sizeof piece)) > 0) {
        piece_key(key, session, book->pieces);
        e = store_set(store, key, piece, len, life);
    }
    if (e < 0 || (book->pieces == before && book->until + piece_least_ms < book->pieces_until))
        return e;
    book->pieces_until = book->until + piece_more_ms;
    for (unsigned nth = 1; nth <= before; nth++) {
        piece_key(key, session, nth);
        (void)store_touch(store, key, life); /* a piece that is lost only shortens the past */
    }
    return 0;
}

int transcript_change(struct store *store, const char *session, struct storer_value *read,
                      int64_t now, transcript_edit *edit, void *ctx)
{
    char key[STORER_KEY_ROOM], octets[TRANSCRIPT_MAX + TRANSCRIPT_EVENT], there[sizeof octets];
    struct storer_value again = {.e = -EEXIST};
    struct transcript_book book;
    transcript_key(key, session);
    for (int turn = 0; turn < TRIES; turn++) {
        if (turn > 0 || !read || read->e == -EEXIST) {
            (void)storer_again(store, key, there, sizeof there, &again); /* told by again.e */
            read = &again;
        }
        if (read->e < 0 && read->e != -ENOENT)
            return read->e;
        if (read->e == -ENOENT || transcript_open(&book, read->octets, read->len) < 0)
            transcript_new(&book);
        int e = edit(&book, ctx);
        if (e != 0)
            return e;
        unsigned life = life_until(book.until, now);
        e = pieces_spill(store, session, &book, now);
        if (e < 0)
            return e;
        int len = transcript_close(&book, octets, sizeof octets);
        if (len < 0)
            return len;
        e = swap(store, key, read, octets, (size_t)len, life);
        if (e != -EEXIST)
            return e;
    }
    return -EAGAIN;
}
